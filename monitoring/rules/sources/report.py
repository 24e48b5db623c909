"""What every wire format is turned into."""

import re
from datetime import datetime, timedelta
from typing import Any

import msgspec

OLDEST = timedelta(days=7)  # how late a measured value may be and still count where it belongs
_PLACE = re.compile(r"^(.*?)(?: - at `\$\.?(.*?)`)?$", re.S)

Sample = tuple[str, int, float]  # series, epoch milliseconds by the sender's clock, value


class Plan(msgspec.Struct, gc=False, omit_defaults=True):
    """What a job says is to be expected of it: a pace in seconds, or a cron line read in a zone."""

    period: int = 0
    grace: int = 60
    longest: int | None = None
    cron: str = ""
    zone: str = "UTC"
    failures: int | None = None


class Report(msgspec.Struct, gc=False, omit_defaults=True):
    """One signal of one host, or of one check where the address named it.

    `signal` is ok, start, fail or log; a log is kept to read and changes no state. `at` is when we
    received it and decides; `sent_at` is the sender's clock and only orders what was measured.
    `since` is when the sender says it became so: an alert's event time, which dates the incident.
    A `period` of 0 waits for nothing. `metrics` were measured at `sent_at`, `samples` each at an
    instant of its own. `name` is what people call the check, `plan` what it brings along of what
    is expected of it, `severity` how grave it calls itself: warning, major, critical or nothing.
    """

    at: datetime
    host: str = ""
    check_id: int = 0
    check: str = "heartbeat"
    signal: str = "ok"
    sent_at: datetime | None = None
    boot_id: str = ""
    sequence: int | None = None
    run_id: str = ""
    period: int | None = None
    grace: int | None = None
    kind: str = ""
    metrics: dict[str, float] = {}
    facts: dict[str, Any] = {}
    text: str = ""
    samples: list[Sample] = []
    since: datetime | None = None
    name: str = ""
    plan: Plan | None = None
    severity: str = ""


class Decoded(msgspec.Struct, gc=False):
    """What a body of many parts says; `rejected` parts could not be taken, for the reason.

    With `once` it holds what no later body says again, such as an event and its end.
    """

    reports: list[Report]
    rejected: int = 0
    reason: str = ""
    once: bool = False


class Invalid(ValueError):
    """A body that cannot be taken, with the field and the reason; `status` is the answer's."""

    def __init__(self, reason: str, *, field: str = "", status: int = 422) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
        self.status = status

    @classmethod
    def of(cls, error: msgspec.ValidationError) -> "Invalid":
        """The library's words, with the place it names as the field."""
        found = _PLACE.match(str(error))
        reason, field = (found.group(1), found.group(2) or "") if found else (str(error), "")
        return cls(f"{reason}.", field=field)
