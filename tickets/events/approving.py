"""What can happen to time on its way to a bill and after it."""

from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class TimeApproved(Event):
    kind: ClassVar[str] = "tickets.time_approved"
    sentence: ClassVar[str] = "approved {many} entries of time"
    client_id: int
    many: int


@dataclass(frozen=True)
class ApprovalWithdrawn(Event):
    kind: ClassVar[str] = "tickets.time_approval_withdrawn"
    sentence: ClassVar[str] = "took back the approval of an entry of time"
    client_id: int
    entry_id: int


@dataclass(frozen=True)
class TimeVoided(Event):
    kind: ClassVar[str] = "tickets.time_voided"
    sentence: ClassVar[str] = "voided billed time on #{number}: {why}"
    ticket_id: int
    client_id: int
    number: int
    entry_id: int
    why: str
