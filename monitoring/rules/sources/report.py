"""What every wire format is turned into."""

from datetime import datetime
from typing import Any

import msgspec


class Report(msgspec.Struct, gc=False):
    """One signal of one host, or of one check where the address named it.

    `signal` is ok, start, fail or log; a log is kept to read and changes no state. `at` is when we
    received it and decides; `sent_at` is the sender's clock and only orders what was measured.
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


class Invalid(ValueError):
    """A body that cannot be taken, with the field and the reason; `status` is the answer's."""

    def __init__(self, reason: str, *, field: str = "", status: int = 422) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
        self.status = status
