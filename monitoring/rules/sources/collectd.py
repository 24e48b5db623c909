"""collectd's write_http: values as JSON or as PUTVAL lines. It says itself how often it comes."""

import re
from collections.abc import Iterable
from datetime import datetime
from math import ceil, isfinite
from typing import Annotated

import msgspec
from msgspec import Meta

from monitoring.rules.envelope import milliseconds
from monitoring.rules.sources.naming import host_of, series_of
from monitoring.rules.sources.report import Decoded, Invalid, Report, Sample

MOST_VALUES = 10_000
LONGEST = 86_400
_OURS = {  # (plugin, type, type's instance): the name every page knows
    ("df", "percent_bytes", "used"): "disk",
    ("memory", "percent", "used"): "memory",
    ("swap", "percent", "used"): "swap",
    ("uptime", "uptime", ""): "uptime",
    ("sensors", "temperature", ""): "temperature",
}
_PUTVAL = re.compile(
    r'PUTVAL\s+("(?:[^"\\]|\\.)+"|\S+)((?:\s+[a-z_]+="?[^\s"]*"?)*)((?:\s+(?:N|[0-9.]+)(?::[^\s:]+)+)+)\s*\Z'
)

_SOURCES = {  # what PUTVAL leaves out of types with several values
    "load": ("shortterm", "midterm", "longterm"),
    **dict.fromkeys(("if_octets", "if_packets", "if_errors"), ("rx", "tx")),
    **dict.fromkeys(("disk_octets", "disk_ops", "disk_time"), ("read", "write")),
}

Short = Annotated[str, Meta(max_length=128)]
Values = Annotated[list[float | None], Meta(max_length=64)]


class Given(msgspec.Struct, gc=False):
    """One value list, as write_http's JSON has it."""

    host: Short
    plugin: Short
    type: Short
    values: Values
    time: float
    interval: float = 10.0
    dsnames: Annotated[list[Short], Meta(max_length=64)] = []
    plugin_instance: Short = ""
    type_instance: Short = ""


_decoder = msgspec.json.Decoder(Annotated[list[Given], Meta(max_length=MOST_VALUES)])


def decode_json(body: bytes, received_at: datetime) -> Decoded:
    """The reports of a JSON body."""
    try:
        return _read(_decoder.decode(body), received_at)
    except msgspec.ValidationError as error:
        raise Invalid.of(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"The body is not JSON that can be read: {error}", status=400) from None


def decode_putval(body: bytes, received_at: datetime) -> Decoded:
    """The reports of a body of PUTVAL lines; the number of a wrong line is told."""
    given: list[Given] = []
    for number, line in enumerate(body.decode("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        if len(given) > MOST_VALUES:
            raise Invalid(f"At most {MOST_VALUES} values are taken at once.", status=413)
        given += _putval(line, number, received_at)
    return _read(given, received_at)


def _putval(line: str, number: int, at: datetime) -> list[Given]:
    found = _PUTVAL.match(line)
    parts = found.group(1).strip('"').split("/") if found else []
    if found is None or len(parts) != 3:
        raise Invalid("The line is no PUTVAL HOST/PLUGIN/TYPE TIME:VALUE.", field=f"line {number}")
    plugin, _, plugin_instance = parts[1].partition("-")
    kind, _, kind_instance = parts[2].partition("-")
    said = re.search(r'interval="?([0-9.]+)', found.group(2))
    made = []
    for group in found.group(3).split():
        when, *values = group.split(":")
        instant = _number(when, number) if when != "N" else at.timestamp()
        made.append(Given(
            parts[0], plugin, kind, [None if v == "U" else _number(v, number) for v in values],
            instant, _number(said.group(1), number) if said else 10.0, [], plugin_instance,
            kind_instance,
        ))  # fmt: skip
    return made


def _number(text: str, line: int) -> float:
    try:
        return float(text)
    except ValueError:
        raise Invalid(f"{text[:40]!r} is no number.", field=f"line {line}") from None


def _read(given: Iterable[Given], at: datetime) -> Decoded:
    hosts: dict[str, list[Sample]] = {}
    paces: dict[str, float] = {}
    for one in given:
        host = host_of(one.host)
        hosts.setdefault(host, []).extend(_samples(one, at))
        paces[host] = max(paces.get(host, 0.0), one.interval)
    return Decoded([
        Report(at, host, period=_pace(paces[host]), grace=max(60, 2 * _pace(paces[host])),
               samples=samples)
        for host, samples in hosts.items()
    ])  # fmt: skip


def _pace(interval: float) -> int:
    """The declared interval as a period; ten seconds are the shortest we wait."""
    return min(max(10, ceil(interval)), LONGEST) if isfinite(interval) else 60


def _samples(one: Given, at: datetime) -> list[Sample]:
    instant = one.time if isfinite(one.time) and 0 <= one.time < 1e11 else at.timestamp()
    when = int(instant * 1000) or milliseconds(at)
    made = []
    sources = one.dsnames or _SOURCES.get(one.type, ())
    for place, value in enumerate(one.values):
        if value is None or not isfinite(value):
            continue
        source = sources[place] if place < len(sources) else str(place)
        name, value = _named(one, source if len(one.values) > 1 else "", value)
        made.append((name, when, value))
    return made


def _named(one: Given, source: str, value: float) -> tuple[str, float]:
    ours = _OURS.get((one.plugin, one.type, one.type_instance))
    if ours:
        return series_of(ours, [one.plugin_instance]), value
    if (one.plugin, one.type) == ("load", "load") and source == "shortterm":
        return "load", value
    if (one.plugin, one.type, one.type_instance) == ("cpu", "percent", "idle"):
        return series_of("cpu", [one.plugin_instance]), 100 - value
    first = "-".join(filter(None, (one.plugin, one.plugin_instance)))
    second = "-".join(filter(None, (one.type, one.type_instance)))
    return series_of(".".join(filter(None, (first, second, source)))), value
