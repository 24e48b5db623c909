"""What a measured quantity is called, its unit, and the instant a value belongs to."""

import re
from datetime import UTC, datetime, timedelta

from monitoring.rules.sources.report import OLDEST, Report

MOST_SERIES = 500  # of one device
BUCKET = timedelta(minutes=5)
THIN_AFTER = timedelta(seconds=30)  # a bucket that is over waits for stragglers
PACKED_AFTER = timedelta(days=1)
FINE, HOURLY, DAILY = 300, 3600, 86400  # seconds of a bucket
# What each wider bucket is computed from, the finest first.
LEVELS = (
    (BUCKET, timedelta(seconds=HOURLY)),
    (timedelta(seconds=HOURLY), timedelta(seconds=DAILY)),
)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

_NAMES = {
    "cpu": ("CPU", "%"),
    "memory": ("Memory", "%"),
    "disk": ("Disk", "%"),
    "swap": ("Swap", "%"),
    "load": ("Load", ""),
    "temperature": ("Temperature", "°C"),
    "battery": ("Battery", "%"),
    "uptime": ("Uptime", "s"),
    "latency": ("Latency", "ms"),
    "cert": ("Certificate", " days"),
    "certificate": ("Certificate", " days"),
}
_UNITS = {
    "percent": "%", "pct": "%", "bytes": "B", "seconds": "s", "ms": "ms", "celsius": "°C",
    "volts": "V", "watts": "W", "rpm": "rpm", "count": "",
}  # fmt: skip


def unit_of(name: str) -> str:
    """The unit a name implies, or none: `cpu`, `disk:/`, `net.in_bytes`."""
    root = re.split(r"[:./]", name, maxsplit=1)[0].lower()
    if root in _NAMES:
        return _NAMES[root][1]
    return _UNITS.get(re.split(r"[._]", name)[-1].lower(), "")


def place_of(name: str) -> tuple[bool, str]:
    """Which series come first where there is not room for all: those every page knows."""
    return (re.split(r"[:./]", name, maxsplit=1)[0].lower() not in _NAMES, name)


def label_of(name: str) -> str:
    """How people call it: `disk:/var` is Disk /var."""
    root, mark, rest = name.partition(":")
    known = _NAMES.get(root.lower())
    if known:
        return f"{known[0]} {rest}".rstrip()
    words = re.sub(r"[._]+", " ", f"{root}{mark}{rest}").strip()
    return words[:1].upper() + words[1:]


def measured_at(report: Report) -> datetime:
    """The sender's instant where it is believable, else ours.

    A clock that runs ahead would put values into the future, and one that is a year behind under
    what is rolled up and gone: those are taken as of their arrival.
    """
    sent = report.sent_at
    if sent is None or sent > report.at or report.at - sent > OLDEST:
        return report.at
    return sent


def bucket_of(at: datetime, width: timedelta = BUCKET) -> datetime:
    """The start of the bucket an instant lies in."""
    return at - (at - _EPOCH) % width


def day_of(at: datetime) -> datetime:
    """The start of the day in UTC an instant lies in."""
    return bucket_of(at, timedelta(days=1))
