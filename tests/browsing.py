"""The whole product for browser tests: its parts over a database of their own, and Chromium."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from msp.supervise import parts_of

CHROMIUM = (os.environ.get("CHROMIUM_PATH"), "/usr/bin/chromium")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
)  # fmt: skip
# Without fetching styles and sounds once more for rules we have no use for: a third of the time.
AXE = {"resultTypes": ["violations"], "preload": False}
COLOURS = ("color-contrast", "link-in-text-block")  # all that a theme alone can break
# The first of all texts that look alike: same ink, same size, same grounds behind it.
KINDS_OF_TEXT = """() => {
  const kinds = new Map();
  const grounds = (at) => {
    let said = "";
    for (; at; at = at.parentElement) {
      const {backgroundColor, backgroundImage, opacity} = getComputedStyle(at);
      said += backgroundColor + backgroundImage + opacity + "|";
    }
    return said;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const at = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !at.checkVisibility()) continue;
    const {color, fontSize, fontWeight, textShadow, textDecoration} = getComputedStyle(at);
    const kind = [color, fontSize, fontWeight, textShadow, textDecoration, grounds(at)].join();
    if (!kinds.has(kind)) kinds.set(kind, at);
  }
  return [...kinds.values()];
}"""
SIZES = {"desktop": (1440, 900), "phone": (390, 844), "narrow": (320, 640)}


@dataclass
class Product:
    """Running processes and where they answer."""

    port: int
    folder: Path
    environment: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def home(self, slug: str = "alpha") -> str:
        return f"http://{slug}.localhost:{self.port}"

    def start(self, name: str) -> subprocess.Popen[bytes]:
        os.environ.setdefault("STEWARD_DATA", str(self.folder))
        part = parts_of(self.port)[name]
        environment = {**self.environment, "STEWARD_ROLE": part.role}
        if part.role != "owner":  # as the supervisor does: only one part may create schemas
            environment.pop("DATABASE_OWNER_URL")
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, *part.command],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self.running[name]

    def stop(self, *names: str) -> None:
        """These parts, side by side."""
        ending = [self.running.pop(name) for name in names]
        for process in ending:
            process.terminate()
        for process in ending:
            try:
                process.wait(timeout=25)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait()

    def wait_ready(self, seconds: float = 180) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            try:
                request = urllib.request.Request(
                    f"http://127.0.0.1:{self.port}/readyz", headers={"Host": "localhost"}
                )
                with urllib.request.urlopen(request, timeout=5):  # noqa: S310
                    return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError((self.folder / "web.log").read_text()[-4000:])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def product(
    environment: dict[str, str], folder: Path, *parts: str, settings: str = "tests.settings"
) -> Iterator[Product]:
    """Start the parts over the database of `environment`; stop them and show logs on failure."""
    port = free_port()
    surroundings = {
        **os.environ, **environment, "PORT": str(port), "WEB_WORKERS": "1",
        "STEWARD_DATA": str(folder), "DJANGO_SETTINGS_MODULE": settings, "LOG_LEVEL": "WARNING",
    }  # fmt: skip
    made = Product(port, folder, surroundings)
    try:
        for name in parts:
            made.start(name)
        made.wait_ready()
        yield made
    finally:
        made.stop(*made.running)


@contextmanager
def chromium() -> Iterator[Browser]:
    path = next((p for p in CHROMIUM if p and Path(p).exists()), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def sign_in(page: Page, home: str, email: str, password: str) -> None:
    page.goto(f"{home}/accounts/login/")
    page.get_by_label("Work e-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/accounts/" not in url)


def violations(page: Page, *, colours: bool = False) -> list[str]:
    """What axe finds wrong, a line each; an empty list is the aim.

    `colours` asks only what another theme can change, of one text of each kind.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    options = AXE | ({"runOnly": list(COLOURS)} if colours else {})
    where = f"{{include: ({KINDS_OF_TEXT})()}}" if colours else "document"
    run = f"options => axe.run({where}, options).then(all => all.violations)"
    found = page.evaluate(run, options)
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"][:3]]


def overflow(page: Page) -> int:
    """How many pixels the page can be scrolled sideways."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )
