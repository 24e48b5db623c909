"""Glances' restful export: everything its plugins know of one machine, in one object."""

from collections.abc import Iterator
from datetime import datetime
from math import isfinite
from typing import Any

import msgspec

from monitoring.rules.envelope import milliseconds
from monitoring.rules.sources.naming import host_of, series_of, words_of
from monitoring.rules.sources.report import Decoded, Invalid, Report, Sample

PERIOD, GRACE = 60, 120
MOST_SAMPLES = 500
_PLAIN = {
    ("cpu", "total"): "cpu",
    ("mem", "percent"): "memory",
    ("memswap", "percent"): "swap",
    ("load", "min1"): "load",
    ("uptime", "seconds"): "uptime",
    ("processcount", "total"): "processes",
}
_PARTED = {  # a plugin of many things: the ending of the key, and our name
    "fs": (".percent", "disk"),
    "network": (".bytes_recv_rate_per_sec", "net.in_bytes"),
    "sensors": (".value", "temperature"),
}
_SENT = (".bytes_sent_rate_per_sec", "net.out_bytes")


def decode(body: bytes, received_at: datetime) -> Decoded:
    """The report of one export."""
    try:
        sent = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"The body is not JSON that can be read: {error}", status=400) from None
    if not isinstance(sent, dict):
        raise Invalid("An export of Glances is an object.")
    system = _part(sent, "system")
    facts = {
        "os": str(system.get("hr_name") or system.get("os_name") or ""),
        "address": str(_part(sent, "ip").get("address") or ""),
    }
    when = milliseconds(received_at)
    samples: list[Sample] = []
    for name, value in _values(sent):
        if len(samples) < MOST_SAMPLES:
            samples.append((name, when, value))
    return Decoded([Report(
        received_at, host_of(str(system.get("hostname") or "")), period=PERIOD, grace=GRACE,
        facts={name: words_of(text, 200) for name, text in facts.items() if text}, samples=samples,
    )])  # fmt: skip


def _values(sent: dict[str, Any]) -> Iterator[tuple[str, float]]:
    for (plugin, key), name in _PLAIN.items():
        value = _number(_part(sent, plugin).get(key))
        if value is not None:
            yield name, value
    endings = [(plugin, *rule) for plugin, rule in _PARTED.items()] + [("network", *_SENT)]
    for plugin, ending, name in endings:
        for key, found in _part(sent, plugin).items():
            value = _number(found)
            if key.endswith(ending) and value is not None:
                yield series_of(name, [key.removesuffix(ending)]), value


def _part(sent: dict[str, Any], name: str) -> dict[str, Any]:
    part = sent.get(name)
    return part if isinstance(part, dict) else {}


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None
