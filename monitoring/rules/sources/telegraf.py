"""Telegraf's figures, as JSON of its HTTP output or as InfluxDB's line protocol.

Whatever writes to InfluxDB writes lines, so Proxmox, Icinga and a script with echo are read here
too. A line that cannot be read is told by its number; the good ones beside it are kept.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from math import isfinite
from typing import Annotated

import msgspec
from msgspec import Meta

from monitoring.rules.envelope import milliseconds
from monitoring.rules.sources.naming import host_of, series_of
from monitoring.rules.sources.report import Decoded, Invalid, Report, Sample

MOST_POINTS = 10_000
PERIOD, GRACE = 60, 120
FAR = 10**14  # epoch milliseconds no clock shows
_HOST = ("host", "hostname", "nodename")
_OURS = {
    ("mem", "used_percent"): "memory",
    ("swap", "used_percent"): "swap",
    ("disk", "used_percent"): "disk",
    ("system", "load1"): "load",
    ("system", "uptime"): "uptime",
    ("temp", "temp"): "temperature",
}
_TO_MS = {"ns": 1e-6, "n": 1e-6, "us": 1e-3, "u": 1e-3, "µ": 1e-3, "ms": 1, "s": 1e3, "m": 6e4,
          "h": 3.6e6}  # fmt: skip
# Each alternative begins with another character, so a line is read once from left to right.
_LINE = re.compile(
    r'((?:[^\\ ]|\\.)+) +((?:[^" \\]|\\.|"(?:[^"\\]|\\.)*")+)(?: +(-?[0-9]{1,20}))?[ \r]*\Z', re.S
)
_TAG = re.compile(r",((?:[^\\,= ]|\\.)+)=((?:[^\\,= ]|\\.)+)", re.S)
_FIELD = re.compile(r'((?:[^\\,= ]|\\.)+)=("(?:[^"\\]|\\.)*"|[^,"]+)(?:,|\Z)', re.S)
_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_ESCAPED = re.compile(r"\\(.)", re.S)

Tags = dict[str, str]
Point = tuple[str, Tags, dict[str, float], int]  # measurement, tags, numbers, epoch milliseconds


class Metric(msgspec.Struct, gc=False):
    """One metric of the JSON form."""

    name: Annotated[str, Meta(max_length=200)]
    fields: Annotated[dict[str, float | str | bool | None], Meta(max_length=1000)]
    tags: Annotated[dict[str, str], Meta(max_length=100)] = {}
    timestamp: float = 0.0


class Metrics(msgspec.Struct, gc=False):
    """A batch of them."""

    metrics: Annotated[list[Metric], Meta(max_length=MOST_POINTS)]


_batch = msgspec.json.Decoder(Metrics)
_single = msgspec.json.Decoder(Metric)


def decode_json(body: bytes, received_at: datetime) -> Decoded:
    """The reports of a JSON body: a batch, or one metric."""
    try:
        if b'"metrics"' in body[:200]:
            found = _batch.decode(body).metrics
        else:
            found = [_single.decode(body)]
    except msgspec.ValidationError as error:
        raise Invalid.of(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"The body is not JSON that can be read: {error}", status=400) from None
    points = [(one.name, one.tags, _numbers(one), _guessed(one.timestamp)) for one in found]
    return _read(points, received_at)


def decode_lines(body: bytes, received_at: datetime, precision: str = "ns") -> Decoded:
    """The reports of line protocol. `precision` is the unit its timestamps count in."""
    if precision not in _TO_MS:
        raise Invalid("precision is ns, us, ms or s.", field="precision", status=400)
    points: list[Point] = []
    wrong: list[str] = []
    for number, line in enumerate(body.decode("utf-8", "replace").split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if len(points) >= MOST_POINTS:
            raise Invalid(f"At most {MOST_POINTS} lines are taken at once.", status=413)
        point = _line(line, _TO_MS[precision])
        if point:
            points.append(point)
        else:
            wrong.append(f"line {number}: {line[:60]!r} is no measurement with fields")
    if wrong and not points:
        raise Invalid(wrong[0], field=wrong[0].partition(":")[0], status=400)
    decoded = _read(points, received_at)
    decoded.rejected, decoded.reason = len(wrong), wrong[0] if wrong else ""
    return decoded


def _line(line: str, to_ms: float) -> Point | None:
    found = _LINE.match(line)
    if found is None:
        return None
    key, fields, stamp = found.groups()
    cut = re.match(r"(?:[^\\,]|\\.)+", key, re.S)
    if cut is None or not _FIELD.match(fields):
        return None
    tags = {_plain(name): _plain(value) for name, value in _TAG.findall(key[cut.end() :])}
    numbers = {}
    for name, value in _FIELD.findall(fields):
        text = value[:-1] if value[-1] in "iu" else value
        if _NUMBER.match(text):
            numbers[_plain(name)] = float(text)
    return _plain(cut.group()), tags, numbers, int(int(stamp) * to_ms) if stamp else 0


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def _numbers(one: Metric) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in one.fields.items()
        if isinstance(value, float | int) and not isinstance(value, bool)
    }


def _guessed(stamp: float) -> int:
    """Epoch milliseconds of a stamp whose unit is not said: its size says it."""
    if not isfinite(stamp) or stamp <= 0:
        return 0
    for limit, to_ms in ((1e11, 1e3), (1e14, 1.0), (1e17, 1e-3)):
        if stamp < limit:
            return int(stamp * to_ms)
    return int(stamp * 1e-6)


def _read(points: list[Point], at: datetime) -> Decoded:
    hosts: dict[str, list[Sample]] = {}
    for measurement, tags, numbers, stamp in points:
        host = host_of(next((tags[key] for key in _HOST if tags.get(key)), ""))
        samples = hosts.setdefault(host, [])
        when = stamp if 0 < stamp < FAR else milliseconds(at)
        samples += [(name, when, value) for name, value in _named(measurement, tags, numbers)]
    return Decoded([
        Report(at, host, period=PERIOD, grace=GRACE, samples=samples)
        for host, samples in hosts.items()
    ])  # fmt: skip


def _named(measurement: str, tags: Tags, numbers: dict[str, float]) -> Iterator[tuple[str, float]]:
    """The series of one point. Processor time is told as what was not idle, over all cores."""
    core = tags.get("cpu", "cpu-total")
    if measurement == "cpu" and core != "cpu-total":
        return
    apart = [tags[key] for key in sorted(tags) if key not in _HOST and key != "cpu"]
    for field, value in numbers.items():
        if not isfinite(value):
            continue
        ours = _OURS.get((measurement, field))
        if (measurement, field) == ("cpu", "usage_idle"):
            yield "cpu", round(100 - value, 2)
        elif ours == "disk":
            yield series_of("disk", [tags.get("path", "")]), value
        elif ours == "temperature":
            yield series_of(ours, [tags.get("sensor", "")]), value
        elif ours:
            yield ours, value
        else:
            yield series_of(f"{measurement}.{field}", apart), value
