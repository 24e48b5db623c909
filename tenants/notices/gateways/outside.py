"""Sending to a channel: a webhook's address, or whatever apprise knows."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlsplit

import requests
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings

from tenants.notices.gateways.guard import guarded

TIMEOUT = (5, 15)
READ = 400  # bytes of an answer that are kept
GROWTH = 256 * 1024 * 1024  # bytes by which apprise may make this process larger
# Kinds of apprise that speak to this machine, run threads of their own, or read files.
LOCAL = frozenset(
    """aprs dbus dot enigma2 fluxer-local gammu glib gnome growl kde macosx mqtt mqtts qt rsyslog
    smpp smpps syslog windows xmpp xmpps""".split()  # noqa: SIM905
)
# What an address may not set: how long we wait, where we are sent on, files of this machine.
OURS = re.compile(r"[+:-]*(rto|cto|redirect|template|keyfile|subfile|pgp.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Reply:
    """What came of one try; `error` is empty where it arrived."""

    error: str = ""
    status: int | None = None


class BadAddress(ValueError):
    """An address nothing can be sent to."""


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    """POST a webhook: no redirects, no proxy of the environment, no cookies, little patience."""
    try:
        demand_url(url)
        with guarded(), requests.Session() as session:
            session.trust_env = False
            with session.post(
                url, data=body, headers=dict(headers), timeout=TIMEOUT, allow_redirects=False,
                stream=True,
            ) as answer:  # fmt: skip
                if 200 <= answer.status_code < 300:
                    return Reply(status=answer.status_code)
                said = answer.raw.read(READ, decode_content=False) or b""
                words = said.decode(errors="replace").replace("\x00", "")
                return Reply(f"It answered {answer.status_code}. {words}"[:300], answer.status_code)
    except (requests.RequestException, OSError, ValueError, SoftTimeLimitExceeded) as error:
        return Reply(f"{type(error).__name__}: {error}".replace("\x00", "")[:300])


def demand_url(url: str) -> None:
    """Raise BadAddress where a webhook cannot go; plain http only where the owner allows it."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError as error:
        raise BadAddress("This is no address.") from error
    schemes = ("https", "http") if settings.OUTGOING_ALLOW else ("https",)
    if parts.scheme not in schemes or not parts.hostname:
        raise BadAddress("Give an address that begins with https://.")
    if parts.username or parts.password:
        raise BadAddress("Leave the password out; the signature proves who sends.")


def notify(url: str, subject: str, text: str) -> Reply:
    """Send by apprise. It says no more than whether it worked."""
    try:
        plugin = known(url)
        with guarded(), bounded():
            worked = plugin.notify(body=text, title=subject)
    except Exception as error:  # a hundred plugins of others; none may hold up other messages
        return Reply(f"{type(error).__name__}: {error}".replace("\x00", "")[:300])
    return Reply("" if worked else "The service did not take it.")


@contextmanager
def bounded() -> Iterator[None]:
    """In here this process grows by so much and no more: apprise reads an answer to its end.

    What has none, or unpacks into gigabytes, ends in a MemoryError. Where the system does not say
    how large we are, time alone is the bound.
    """
    size = Path("/proc/self/statm")
    if not size.exists():
        yield
        return
    import resource  # not where there is no /proc either

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = int(size.read_text().split()[0]) * resource.getpagesize() + GROWTH
    resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def known(url: str) -> Any:
    """What apprise makes of an address; raises BadAddress where it is none, or one of ours.

    Apprise is loaded when it is needed: it takes longer to load than all of Django.
    """
    import apprise

    scheme = url.partition(":")[0].strip().lower()
    if "://" not in url or scheme in LOCAL:
        raise BadAddress("Give an address as apprise has it, such as ntfys://… or slack://….")
    if option := _ours(url):
        raise BadAddress(f"Leave out {option!r:.40}; an address cannot set it here.")
    asset = apprise.AppriseAsset(async_mode=False, plugin_paths=[], http_redirects=False)
    found = apprise.Apprise.instantiate(url, asset=asset, suppress_exceptions=True)
    if not isinstance(found, apprise.NotifyBase):
        raise BadAddress("Apprise does not know an address like this.")
    found.socket_connect_timeout, found.socket_read_timeout = TIMEOUT
    return found


def _ours(url: str) -> str:
    """The first option of an address that is not its to set; read as generously as can be."""
    for piece in re.split(r"[?&;]", unquote_plus(url))[1:]:
        name = unquote_plus(piece.partition("=")[0]).strip()
        if OURS.fullmatch(name):
            return name
    return ""


def service_of(url: str) -> str:
    """The name of the service an address belongs to, for lists; nothing of the address itself."""
    return str(known(url).service_name or "a service")[:60]
