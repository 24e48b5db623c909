"""Monit's report to a collector: a host, its services, and the event that made it report.

The host's heartbeat comes at Monit's own pace. Each service Monit watches is a check of its own for
which nothing is waited: when the host falls silent, it is the host that is missing. `incarnation`
is Monit's own start and tells one life of it from the next.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from math import isfinite
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from monitoring.rules.envelope import milliseconds
from monitoring.rules.sources.naming import host_of, series_of, slug_of, words_of
from monitoring.rules.sources.report import Decoded, Invalid, Report, Sample

MOST_SERVICES = 200
LONGEST = 86_400
_FILESYSTEM, _SYSTEM = "0", "5"
_FAILED, _CHANGED = "1", "2"
_OWN = "Monit"  # what it calls itself in an event
_CPU = ("user", "system", "nice", "hardirq", "softirq", "steal", "guest")


def decode(body: bytes, received_at: datetime) -> Decoded:
    """The reports of one POST to a collector."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise Invalid(f"The body is not XML that can be read: {error}", status=400) from None
    if root.tag != "monit":
        raise Invalid("The document is none of Monit's.", field=str(root.tag)[:40])
    host = host_of(_text(root, "server/localhostname"))
    services = root.findall("services/service")
    if len(services) > MOST_SERVICES:
        raise Invalid(f"At most {MOST_SERVICES} services are taken.", field="services")
    reports = [_host(root, services, host, received_at)]
    reports += [made for one in services if (made := _service(one, host, received_at))]
    events = [_event(one, host, received_at) for one in root.findall("event")[:MOST_SERVICES]]
    return Decoded(reports + events, once=any(one.since for one in events))


def _host(root: Element, services: list[Element], host: str, at: datetime) -> Report:
    poll = int(min(max(10.0, _number(root, "server/poll") or 60.0), LONGEST))
    facts = {
        "os": f"{_text(root, 'platform/name')} {_text(root, 'platform/release')}".strip(),
        "arch": _text(root, "platform/machine"),
        "monit": root.get("version", ""),
    }
    samples = [sample for one in services for sample in _samples(one, at)]
    uptime = _number(root, "server/uptime")
    if uptime is not None:
        samples.append(("monit.uptime", milliseconds(at), uptime))
    return Report(
        at, host, period=poll, grace=max(60, 2 * poll),
        boot_id=words_of(root.get("incarnation", ""), 64),
        facts={name: words_of(text, 200) for name, text in facts.items() if text}, samples=samples,
    )  # fmt: skip


def _samples(service: Element, at: datetime) -> Iterator[Sample]:
    when = milliseconds(_instant(service) or at)
    found: dict[str, float | None] = {}
    if service.get("type", _text(service, "type")) == _SYSTEM:
        parts = [_number(service, f"system/cpu/{part}") for part in _CPU]
        known = [part for part in parts if part is not None]
        found["cpu"] = min(100.0, sum(known)) if known else None
        found["load"] = _number(service, "system/load/avg01")
        found["memory"] = _number(service, "system/memory/percent")
        found["swap"] = _number(service, "system/swap/percent")
    elif _text(service, "type") == _FILESYSTEM:
        found["disk"] = _number(service, "block/percent")
        found["inodes"] = _number(service, "inode/percent")
    else:
        found["process.memory"] = _number(service, "memory/percent")
        found["process.cpu"] = _number(service, "cpu/percent")
    apart = [] if "load" in found else [service.get("name", "")]
    for name, value in found.items():
        if value is not None:
            yield series_of(name, apart), when, value


def _service(service: Element, host: str, at: datetime) -> Report | None:
    """How a watched service stands; one that is not watched says nothing."""
    name = service.get("name", "")
    if not name or _text(service, "monitor") != "1" or not _text(service, "status").isdecimal():
        return None
    failed = _text(service, "status").strip("0") != ""
    return _check(name, host, at, _instant(service), "fail" if failed else "ok", "")


def _event(event: Element, host: str, at: datetime) -> Report:
    """What happened. Monit keeps events while we are away, and sends each with the present state;
    the instant it names puts them in order.
    """
    name, state = _text(event, "service"), _text(event, "state")
    text = words_of(_text(event, "message"), 2000)
    if name == _OWN or state == _CHANGED:
        return Report(at, host, signal="log", text=f"{name}: {text}" if name != _OWN else text)
    signal = "fail" if state == _FAILED else "ok"
    return _check(name, host, at, _instant(event), signal, text)


def _check(
    name: str, host: str, at: datetime, since: datetime | None, signal: str, text: str
) -> Report:
    sequence = (since or at).timestamp() * 1_000_000
    return Report(
        at, host, check=slug_of("monit", name), name=words_of(name, 80), signal=signal, period=0,
        grace=0, boot_id="monit", sequence=int(sequence), since=since, text=text,
    )  # fmt: skip


def _instant(part: Element) -> datetime | None:
    seconds, micros = _number(part, "collected_sec"), _number(part, "collected_usec") or 0.0
    if seconds is None or not 0 <= seconds < 1e11 or not 0 <= micros < 1e6:
        return None
    return datetime.fromtimestamp(seconds + micros / 1e6, UTC)


def _text(part: Element, path: str) -> str:
    return (part.findtext(path) or "").strip()


def _number(part: Element, path: str) -> float | None:
    try:
        value = float(_text(part, path))
    except ValueError:
        return None
    return value if isfinite(value) else None
