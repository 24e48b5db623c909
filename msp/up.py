"""What `manage.py up` does in which order, and the block it prints when a newcomer may start."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from msp.supervise import PartFailed, Stopped, Supervisor, free_port, parts_of

ALL = ("web", "worker", "sender", "owner", "beat")
ASKED_FOR = ("mail", "fleet")  # parts that do not run by themselves


def up(arguments: list[str]) -> int:
    """Servers run already (manage.py saw to it); 1 = something failed, 0 = stopped as asked."""
    parser = argparse.ArgumentParser(prog="manage.py up", description=__doc__)
    parser.add_argument("--demo", action="store_true", help="with the demo MSP and its devices")
    parser.add_argument("--parts", default="", help=f"only these, of {','.join(ALL)}")
    asked = parser.parse_args(arguments)
    names = [name for name in asked.parts.split(",") if name] or [*ALL, *_mail()]
    if asked.demo:
        os.environ["STEWARD_DEMO"] = "1"
        names.append("fleet")
    supervisor = Supervisor(Path(os.environ["STEWARD_DATA"]))
    supervisor.listen()
    try:
        _run(supervisor, names, demo=asked.demo)
    except Stopped:
        print("\nStopping ...", flush=True)
        return 0
    except PartFailed as failure:
        print(f"\n{failure}\n", file=sys.stderr, flush=True)
        return 1
    finally:
        supervisor.stop()
    return 0


def _mail() -> list[str]:
    """The intake by mail, where somebody said at which address."""
    return ["mail"] if os.environ.get("INTAKE_SMTP") else []


def _run(supervisor: Supervisor, names: list[str], *, demo: bool) -> None:
    began = time.monotonic()
    unknown = [name for name in names if name not in (*ALL, *ASKED_FOR)]
    if unknown:
        raise PartFailed(f"There is no part called {', '.join(unknown)}.")
    for name in names:
        supervisor.claim(name)
    port = _port(choose="web" in names)
    os.environ["PORT"] = str(port)
    parts = parts_of(port)
    supervisor.note(address(port))
    print("Preparing the database ...", flush=True)
    supervisor.run("prepare", "owner", "manage.py", "prepare")
    if demo:
        print("Preparing the demo MSP ...", flush=True)
        supervisor.run("demo", "manage", "manage.py", "demo")
    print("Starting " + ", ".join(names) + " ...", flush=True)
    for name in names:
        if name != "fleet":
            supervisor.start(parts[name])
    if "web" in names:
        supervisor.wait_ready(f"http://127.0.0.1:{port}/readyz")
    if "fleet" in names:
        supervisor.start(parts["fleet"])
    print(
        block(port if "web" in names else 0, supervisor.data, time.monotonic() - began, demo=demo),
        flush=True,
    )
    supervisor.watch()


def _port(*, choose: bool) -> int:
    """The given port; the web part passes over one that is taken, and says so."""
    given = os.environ.get("PORT") or "8000"
    if not given.isdigit() or not 0 < int(given) < 65536:
        raise PartFailed(f"PORT is {given!r}; it must be a number from 1 to 65535.")
    port = free_port(int(given)) if choose else int(given)
    if port != int(given):
        print(f"Port {given} is taken; taking {port}.", flush=True)
    return port


def address(port: int, host: str = "localhost") -> str:
    return f"http://{host}" + ("" if port == 80 else f":{port}")


def block(port: int, data: Path, seconds: float, *, demo: bool) -> str:
    """Addresses, sign-ins and what to watch; the demo wrote down what only it knows."""
    lines = ["", f"Steward is ready after {seconds:.0f} s.", ""]
    if port:
        lines.append(f"  Sign up a new MSP   {address(port)}")
    notes = data / "demo.json"
    if demo and notes.exists():
        lines += story_of(json.loads(notes.read_text()), port)
    lines += ["", f"  Logs                {data / 'logs'}", "  Stop                Ctrl-C"]
    if demo:
        lines.append("  Forget the demo     make demo-reset")
    return "\n".join([*lines, ""])


def story_of(story: dict[str, Any], port: int) -> list[str]:
    """The demo MSP: where it is, who signs in where with what, what will happen."""
    home = address(port, f"{story['slug']}.localhost")
    people: list[dict[str, str]] = story["sign_ins"]
    widths = [max(len(person[word]) for person in people) for word in ("who", "email")]
    lines: list[str] = []
    for path in dict.fromkeys(person.get("path", "/") for person in people):
        lines += ["", f"  {story['name'] if path == '/' else 'The client portal'}", ""]
        lines.append(f"    {home}{path}")
        for person in people:
            if person.get("path", "/") == path:
                who, email = person["who"].ljust(widths[0]), person["email"].ljust(widths[1])
                lines.append(f"    {who}  {email}  {person['password']}")
    return [*lines, "", "  In the next minute", "", *(f"    {said}" for said in story["watch"])]
