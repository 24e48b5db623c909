"""Passive results, as Icinga's API takes them with process-check-result, and Nagios' plugins mean
them: an exit status, a line to read, and figures behind it.

A host's result is its heartbeat, a service's a check of its own. `ttl` is a dead-man's deadline:
with it the next result is waited for, without it nothing is.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from math import isfinite
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from monitoring.rules.envelope import milliseconds
from monitoring.rules.sources.naming import host_of, series_of, slug_of, words_of
from monitoring.rules.sources.report import Decoded, Invalid, Report, Sample

MOST_FIGURES = 100
_HOST_IS = re.compile(r'host\.name\s*==\s*"([^"]{1,200})"')
_SERVICE_IS = re.compile(r'service\.name\s*==\s*"([^"]{1,200})"')
_FIGURE = re.compile(r"(?:'([^']{1,200})'|([^'=\s]{1,200}))=(-?[0-9]+(?:\.[0-9]+)?)([a-zA-Z%]*)")
_FACTORS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "B": 1.0, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
_BASES = {"s": "seconds", "ms": "seconds", "us": "seconds", "%": "percent", "c": "count"}

Text = Annotated[str, Meta(max_length=100_000)]
Name = Annotated[str, Meta(max_length=500)]


class Result(msgspec.Struct, gc=False):
    """One passive result; what Icinga knows besides is let pass."""

    exit_status: Annotated[float, Meta(ge=0, le=3)]
    plugin_output: Text = ""
    type: Literal["Host", "Service", "host", "service", ""] = ""
    filter: Name = ""
    host: Name = ""
    service: Name = ""
    performance_data: Annotated[list[Any], Meta(max_length=1000)] | Text | None = None
    check_source: Name = ""
    ttl: Annotated[float, Meta(ge=0, le=366 * 86400)] | None = None


_decoder = msgspec.json.Decoder(Result)


def decode(body: bytes, received_at: datetime) -> Decoded:
    """The report of one result."""
    try:
        sent = _decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Invalid.of(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"The body is not JSON that can be read: {error}", status=400) from None
    host, service = _about(sent)
    state = int(sent.exit_status)
    period = max(10, int(sent.ttl)) if sent.ttl else 0
    return Decoded([Report(
        received_at, host_of(host), check=slug_of(service) if service else "heartbeat",
        name=words_of(service, 80), signal="fail" if state else "ok", period=period,
        grace=60 if period else 0, severity="warning" if state == 1 else "",
        text=words_of(sent.plugin_output, 10_000),
        samples=list(_samples(sent.performance_data, service, received_at)),
    )])  # fmt: skip


def _about(sent: Result) -> tuple[str, str]:
    """The host and the service: named, or the two in a filter that asks for one of each."""
    if sent.service:
        host, _, service = sent.service.rpartition("!")
        return host or sent.host, service
    if sent.host:
        return sent.host, ""
    host_is, service_is = _HOST_IS.search(sent.filter), _SERVICE_IS.search(sent.filter)
    if host_is is None:
        raise Invalid('Say host, service ("host!service"), or a filter host.name=="…".',
                      field="filter" if sent.filter else "host", status=400)  # fmt: skip
    return host_is.group(1), service_is.group(1) if service_is else ""


def _samples(said: Any, service: str, at: datetime) -> Iterator[Sample]:
    """Figures behind a result: `'used'=40%;80;90` and so on, seconds and bytes in one unit."""
    texts: Iterable[Any] = [said] if isinstance(said, str) else said or []
    figures = [found for text in texts for found in _FIGURE.finditer(str(text)[:10_000])]
    for found in figures[:MOST_FIGURES]:
        label, unit = found.group(1) or found.group(2), found.group(4)
        value = float(found.group(3)) * _FACTORS.get(unit, 1.0)
        if not isfinite(value):
            continue
        base = _BASES.get(unit, "bytes" if unit in _FACTORS else "")
        name = ".".join(filter(None, (slug_of(service) if service else "", label, base)))
        yield series_of(name), milliseconds(at), value
