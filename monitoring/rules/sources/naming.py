"""Names out of other tools' words: of hosts, checks and series, always ones we could keep.

A name that would not fit is shortened and told apart by a digest, so that two long names that
begin alike stay two.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping

MOST = 80
_STRANGE = re.compile(r"[^\w .:@()+#/-]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_NO_SLUG = re.compile(r"[^a-z0-9_-]+")
_HERE = {"localhost", "127.0.0.1", "::1"}
_ALSO = ("host", "hostname", "nodename", "node")
_PORT = re.compile(r":\d{1,5}\Z")


def host_of(text: str) -> str:
    """A host's name as devices are called; empty where nothing of it could be one."""
    return _cut(_STRANGE.sub("-", text.strip()).lstrip("-. :@()+#/"), MOST).rstrip()


def host_in(labels: Mapping[str, str]) -> str:
    """The host Prometheus' labels are about: what was scraped, unless that is only "this machine".

    Other labels that sound like one may name anything: a disk, a virtual host, who was probed.
    """
    scraped = host_of(without_port(labels.get("instance", "")))
    if scraped and scraped not in _HERE:
        return scraped
    named = (host_of(without_port(labels.get(key, ""))) for key in _ALSO)
    return next(filter(None, named), scraped)


def without_port(address: str) -> str:
    """`nas01:9100` is nas01, `[::1]:9100` is ::1, `https://a.example/x` is a.example."""
    address = address.partition("://")[2] or address
    address = address.split("/", 1)[0]
    if address.startswith("["):
        return address[1:].partition("]")[0]
    return _PORT.sub("", address) if address.count(":") == 1 else address


def slug_of(*parts: str) -> str:
    """A check's slug of words: lower case, digits, - and _."""
    joined = _NO_SLUG.sub("-", "-".join(parts).lower()).strip("-_")
    return _cut(joined, 60) or "check"


def series_of(name: str, parts: Iterable[str] = ()) -> str:
    """A series' name, with what tells it from others of that name behind a colon."""
    rest = ",".join(part for part in parts if part)
    whole = f"{name}:{rest}" if rest else name
    return _cut(_UNPRINTABLE.sub(" ", whole).strip(), MOST) or "unnamed"


def words_of(text: str, most: int = 2000) -> str:
    """Somebody's words, without what no page could show."""
    return text[:most].replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    mark = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:8]
    return f"{text[: most - 9]}-{mark}"
