"""Prometheus remote-write 1.0: series with their labels, as a server forwards what it scraped.

A target's `instance` is the host. What Prometheus says of a scrape, `up`, is a check of its own for
each job: 1 is a sign of life, 0 a failure at once, and both only while they are news, so that a
queue sent late accuses nobody. What a node exporter measures of memory and disks is kept under our
own names too. A staleness marker ends a series: nothing is kept of it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from math import isfinite
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from monitoring.rules.envelope import milliseconds
from monitoring.rules.sources.naming import host_in, series_of, slug_of
from monitoring.rules.sources.report import OLDEST, Decoded, Invalid, Report, Sample

MOST_SAMPLES = 10_000
PERIOD, GRACE = 60, 120  # the scrape interval is not said; its default is a minute
NEWS = timedelta(minutes=5)  # an `up` older than this says nothing of now
_OURS_ALONE = {"__name__", "instance", "job", "host", "hostname", "nodename"}
_NOISE = (
    "ALERTS", "go_", "promhttp_", "process_", "python_", "scrape_", "prometheus_", "node_scrape_",
)  # fmt: skip
_PLAIN = {"node_load1": "load", "node_hwmon_temp_celsius": "temperature"}

Values = dict[tuple[str, str], tuple[int, float]]  # (name, what tells it apart): the last of each


def _write_request() -> Any:
    """prompb.WriteRequest, the part of it that is read; what is not named here is skipped."""
    field = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="steward/prompb.proto", package="steward")

    def message(name: str, *fields: tuple[str, int, int, str]) -> None:
        made = file.message_type.add(name=name)
        for label, number, kind, of in fields:
            many = field.LABEL_REPEATED if of else field.LABEL_OPTIONAL
            made.field.add(
                name=label, number=number, type=kind, label=many,
                type_name=f".steward.{of}" if of else None,
            )  # fmt: skip

    message("Label", ("name", 1, field.TYPE_BYTES, ""), ("value", 2, field.TYPE_BYTES, ""))
    message("Sample", ("value", 1, field.TYPE_DOUBLE, ""), ("at", 2, field.TYPE_INT64, ""))
    message(
        "Series", ("labels", 1, field.TYPE_MESSAGE, "Label"),
        ("samples", 2, field.TYPE_MESSAGE, "Sample"),
    )  # fmt: skip
    message("WriteRequest", ("series", 1, field.TYPE_MESSAGE, "Series"))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = pool.FindMessageTypeByName("steward.WriteRequest")
    return message_factory.GetMessageClass(found)


WriteRequest = _write_request()


class _Target:
    """One job on one host, on its way into a report."""

    def __init__(self, host: str, job: str) -> None:
        self.host, self.job = host, job
        self.samples: list[Sample] = []
        self.up: tuple[int, float] | None = None
        self.raw: Values = {}

    def keep(self, name: str, labels: dict[str, str], points: list[tuple[int, float]]) -> None:
        if name == "up":
            self.up = max([*points, *([self.up] if self.up else [])])
            return
        if name.startswith(_NOISE) or name.endswith("_bucket"):
            return
        apart = [labels[key] for key in sorted(labels) if key not in _OURS_ALONE]
        ours = _PLAIN.get(name)
        kept = series_of(ours or name, apart if ours != "load" else ())
        self.samples += [(kept, at, value) for at, value in points]
        if name.startswith(("node_memory_", "node_filesystem_")):
            self.raw[(name, labels.get("mountpoint", ""))] = points[-1]

    def report(self, at: datetime) -> Report:
        """With `up` among them a sign of life or a failure, without it only figures."""
        signal, text = "log", ""
        if self.up is not None and milliseconds(at) - self.up[0] < NEWS // timedelta(
            milliseconds=1
        ):
            signal = "ok" if self.up[1] else "fail"
        if signal == "fail":
            text = f"Prometheus could not scrape {self.job or 'it'}."
        return Report(
            at, self.host, check=slug_of("up", self.job or "target"), signal=signal,
            name=f"Scrape of {self.job}" if self.job else "Scrape", period=PERIOD, grace=GRACE,
            samples=[*self.samples, *_shares(self.raw)], text=text,
        )  # fmt: skip


def decode(body: bytes, received_at: datetime) -> Decoded:
    """The reports of an unpacked body."""
    try:
        request = WriteRequest.FromString(body)
    except DecodeError as error:
        raise Invalid(f"This is no WriteRequest: {error}.", status=400) from None
    oldest = milliseconds(received_at - OLDEST)
    targets: dict[tuple[str, str], _Target] = {}
    count = rejected = 0
    for series in request.series:
        count += len(series.samples)
        if count > MOST_SAMPLES:
            raise Invalid(f"At most {MOST_SAMPLES} samples are taken at once.", status=413)
        labels = {_text(one.name): _text(one.value) for one in series.labels}
        if "__name__" not in labels:
            raise Invalid("A series has no name.", field="__name__", status=400)
        points = [(one.at, one.value) for one in series.samples if isfinite(one.value)]
        kept = [point for point in points if point[0] >= oldest]
        rejected += len(points) - len(kept)
        if kept:
            _target(targets, labels).keep(labels["__name__"], labels, kept)
    reports = [target.report(received_at) for target in targets.values()]
    return Decoded(reports, rejected, "A sample is older than seven days." if rejected else "")


def _target(targets: dict[tuple[str, str], _Target], labels: dict[str, str]) -> _Target:
    host, job = host_in(labels), labels.get("job", "")[:60]
    found = targets.get((host, job))
    if found is None:
        found = targets[(host, job)] = _Target(host, job)
    return found


def _shares(raw: Values) -> Iterator[Sample]:
    """Memory and disks in per cent, where a request holds both of what that takes."""
    total = raw.get(("node_memory_MemTotal_bytes", ""))
    free = raw.get(("node_memory_MemAvailable_bytes", ""))
    if total and free and total[1] > 0:
        yield "memory", total[0], _used(free[1], total[1])
    for (name, mount), (at, size) in raw.items():
        left = raw.get(("node_filesystem_avail_bytes", mount))
        if name == "node_filesystem_size_bytes" and left and size > 0 and mount:
            yield series_of("disk", [mount]), at, _used(left[1], size)


def _used(free: float, whole: float) -> float:
    return round(100 * (1 - free / whole), 2)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\x00", "\ufffd")
