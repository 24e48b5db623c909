"""OpenTelemetry metrics as OTLP sends them over HTTP: protobuf, or its JSON form.

Each resource is a host, which has thereby reported. What every collector measures of a machine is
kept under our own names (cpu, memory, disk:/var); the rest under its own, with what tells points
apart behind a colon. A histogram leaves its count and its sum. Fields we do not know are ignored,
as the protocol wants.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from math import isfinite
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsPartialSuccess,
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)

from monitoring.rules.envelope import milliseconds
from monitoring.rules.sources.naming import host_of, series_of, words_of
from monitoring.rules.sources.report import OLDEST, Decoded, Invalid, Report, Sample

MOST_POINTS = 10_000
PERIOD, GRACE = 60, 120  # what an exporter does where nobody says otherwise
_NO_VALUE = 1  # the flag of a point that says only that there is none
_HOST = ("host.name", "host.id", "k8s.node.name", "service.instance.id")
_FACTS = {
    "os.type": "os", "os.description": "os", "host.arch": "arch", "service.name": "service",
    "service.version": "service version", "telemetry.sdk.version": "OpenTelemetry",
}  # fmt: skip
_SHARES = {  # a part of one, told by an attribute: its name with us
    ("system.memory.utilization", "used"): "memory",
    ("system.swap.utilization", "used"): "swap",
    ("system.paging.utilization", "used"): "swap",
}
_PLAIN = {
    "system.cpu.load_average.1m": "load",
    "system.uptime": "uptime",
}


def decode_protobuf(body: bytes, received_at: datetime) -> Decoded:
    """The reports of a protobuf body."""
    try:
        request = ExportMetricsServiceRequest.FromString(body)
    except DecodeError as error:
        raise Invalid(f"This is no ExportMetricsServiceRequest: {error}.", status=400) from None
    return _read(request, received_at)


def decode_json(body: bytes, received_at: datetime) -> Decoded:
    """The reports of a JSON body; whole numbers may be written as text."""
    request = ExportMetricsServiceRequest()
    try:
        json_format.Parse(body, request, ignore_unknown_fields=True)
    except (json_format.ParseError, UnicodeDecodeError, RecursionError) as error:
        reason = f"This is no ExportMetricsServiceRequest: {str(error)[:200]}"
        raise Invalid(reason, status=400) from None
    return _read(request, received_at)


def response(rejected: int = 0, reason: str = "") -> ExportMetricsServiceResponse:
    """What is answered; empty where everything was taken."""
    if not rejected:
        return ExportMetricsServiceResponse()
    partial = ExportMetricsPartialSuccess(rejected_data_points=rejected, error_message=reason)
    return ExportMetricsServiceResponse(partial_success=partial)


class _Host:
    """One host's points on their way into a report."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self.idle: list[tuple[int, float]] = []
        self.facts: dict[str, Any] = {}

    def report(self, host: str, at: datetime) -> Report:
        """The host is alive; processor time is told as what was not idle, over all cores."""
        if self.idle:
            share = sum(value for _at, value in self.idle) / len(self.idle)
            self.samples.append(("cpu", self.idle[0][0], round(100 * (1 - share), 2)))
        return Report(at, host, period=PERIOD, grace=GRACE, facts=self.facts, samples=self.samples)


class _Reading:
    """One body, read once; what cannot be taken is counted."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.now = milliseconds(at)
        self.oldest = milliseconds(at - OLDEST)
        self.points = self.rejected = 0
        self.reason = ""

    def refuse(self, count: int, reason: str) -> None:
        self.rejected += count
        self.reason = self.reason or reason

    def take(self, found: _Host, metric: Any) -> None:
        """The points of one metric."""
        kind = metric.WhichOneof("data")
        if kind is None:
            return
        for point in getattr(metric, kind).data_points:
            self.points += 1
            if self.points > MOST_POINTS:
                raise Invalid(f"At most {MOST_POINTS} points are taken at once.", status=413)
            if point.flags & _NO_VALUE:
                continue
            at = point.time_unix_nano // 1_000_000 or self.now
            if at < self.oldest:
                self.refuse(1, "A point is older than seven days.")
                continue
            self._keep(found, metric.name, point, kind, at)

    def _keep(self, found: _Host, name: str, point: Any, kind: str, at: int) -> None:
        marks = _text_of(point.attributes)
        for ending, value in _values(point, kind):
            if not isfinite(value):
                self.refuse(1, f"{name[:80]} is not a finite number.")
                continue
            state = marks.get("state") or marks.get("cpu.mode") or ""
            if name == "system.cpu.utilization" and state:
                if state == "idle":
                    found.idle.append((at, value))
                continue
            ours, value = _ours(name, marks, state, value)
            found.samples.append((ours or series_of(name + ending, _told_apart(marks)), at, value))


def _read(request: ExportMetricsServiceRequest, at: datetime) -> Decoded:
    reading = _Reading(at)
    hosts: dict[str, _Host] = {}
    for of_resource in request.resource_metrics:
        marks = _text_of(of_resource.resource.attributes)
        found = hosts.setdefault(_host(marks), _Host())
        found.facts |= {_FACTS[key]: words_of(marks[key]) for key in _FACTS if marks.get(key)}
        for of_scope in of_resource.scope_metrics:
            for metric in of_scope.metrics:
                reading.take(found, metric)
    reports = [found.report(host, at) for host, found in hosts.items()]
    return Decoded(reports, reading.rejected, reading.reason)


def _host(marks: dict[str, str]) -> str:
    return next((host for key in _HOST if (host := host_of(marks.get(key, "")))), "")


def _text_of(attributes: Iterable[Any]) -> dict[str, str]:
    """Attributes by name, every scalar as text; the order of the sender's."""
    found = {}
    for one in attributes:
        kind = one.value.WhichOneof("value")
        if kind in ("string_value", "int_value", "bool_value", "double_value"):
            found[one.key] = str(getattr(one.value, kind))
    return found


def _values(point: Any, kind: str) -> Iterator[tuple[str, float]]:
    """The numbers of a point, each with what its series' name ends in."""
    if kind in ("gauge", "sum"):
        value = point.WhichOneof("value")
        if value is not None:
            yield "", float(getattr(point, value))
    else:
        yield ".count", float(point.count)
        if kind == "summary" or point.HasField("sum"):
            yield ".sum", float(point.sum)


def _ours(name: str, marks: dict[str, str], state: str, value: float) -> tuple[str, float]:
    """The name every device's page knows, and the value in its unit; else nothing."""
    if (name, state) in _SHARES:
        return _SHARES[(name, state)], round(100 * value, 2)
    if name == "system.filesystem.utilization" and marks.get("mountpoint"):
        return series_of("disk", [marks["mountpoint"]]), round(100 * value, 2)
    return _PLAIN.get(name, ""), value


def _told_apart(marks: dict[str, str]) -> list[str]:
    return [marks[key] for key in sorted(marks)]
