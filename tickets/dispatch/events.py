"""What this room can tell."""

from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class ScheduleMade(Event):
    kind: ClassVar[str] = "dispatch.schedule_made"
    sentence: ClassVar[str] = "made the on-call schedule {name}"
    schedule_id: int
    name: str


@dataclass(frozen=True)
class ScheduleChanged(Event):
    kind: ClassVar[str] = "dispatch.schedule_changed"
    sentence: ClassVar[str] = "changed the on-call schedule {name}: {what}"
    schedule_id: int
    name: str
    what: str


@dataclass(frozen=True)
class ScheduleRemoved(Event):
    kind: ClassVar[str] = "dispatch.schedule_removed"
    sentence: ClassVar[str] = "removed the on-call schedule {name}"
    schedule_id: int
    name: str


@dataclass(frozen=True)
class TakenOver(Event):
    """Somebody is on call for a stretch, whatever the rotation says."""

    kind: ClassVar[str] = "dispatch.taken_over"
    sentence: ClassVar[str] = "put {name} on call in {schedule} from {since} to {until}"
    schedule_id: int
    person_id: int
    name: str
    schedule: str
    since: str
    until: str


@dataclass(frozen=True)
class OverrideCancelled(Event):
    kind: ClassVar[str] = "dispatch.override_cancelled"
    sentence: ClassVar[str] = "took back that {name} is on call in {schedule} from {since}"
    schedule_id: int
    person_id: int
    name: str
    schedule: str
    since: str


@dataclass(frozen=True)
class SwapAsked(Event):
    kind: ClassVar[str] = "dispatch.swap_asked"
    sentence: ClassVar[str] = "asked {name} to take over in {schedule} from {since} to {until}"
    schedule_id: int
    person_id: int
    name: str
    schedule: str
    since: str
    until: str


@dataclass(frozen=True)
class SwapAnswered(Event):
    kind: ClassVar[str] = "dispatch.swap_answered"
    sentence: ClassVar[str] = "{answer} the swap in {schedule} from {since}"
    schedule_id: int
    person_id: int
    schedule: str
    since: str
    answer: str


@dataclass(frozen=True)
class PolicyKept(Event):
    kind: ClassVar[str] = "dispatch.policy_kept"
    sentence: ClassVar[str] = "saved the escalation {name}"
    policy_id: int
    name: str


@dataclass(frozen=True)
class PolicyEnded(Event):
    kind: ClassVar[str] = "dispatch.policy_ended"
    sentence: ClassVar[str] = "ended the escalation {name}"
    policy_id: int
    name: str


@dataclass(frozen=True)
class CallBegan(Event):
    kind: ClassVar[str] = "dispatch.call_began"
    sentence: ClassVar[str] = "began to call people by {policy}"
    call_id: int
    policy: str
    incident_id: int | None = None
    ticket_id: int | None = None
    device_id: int | None = None
    client_id: int | None = None


@dataclass(frozen=True)
class PeopleCalled(Event):
    """A turn of a call was done: who was told, or why nobody was."""

    kind: ClassVar[str] = "dispatch.people_called"
    sentence: ClassVar[str] = "{outcome}"
    call_id: int
    number: int
    outcome: str
    incident_id: int | None = None
    ticket_id: int | None = None
    device_id: int | None = None
    client_id: int | None = None


@dataclass(frozen=True)
class CallTaken(Event):
    kind: ClassVar[str] = "dispatch.call_taken"
    sentence: ClassVar[str] = "took it on; nobody else is called"
    call_id: int
    source_key: str
    incident_id: int | None = None
    ticket_id: int | None = None
    device_id: int | None = None
    client_id: int | None = None


@dataclass(frozen=True)
class CallKept(Event):
    kind: ClassVar[str] = "dispatch.call_kept"
    sentence: ClassVar[str] = "is still on it"
    call_id: int
    incident_id: int | None = None
    ticket_id: int | None = None
    device_id: int | None = None
    client_id: int | None = None


@dataclass(frozen=True)
class CallLetGo(Event):
    """Whoever took it on did not answer whether they still are on it: people are called anew."""

    kind: ClassVar[str] = "dispatch.call_let_go"
    sentence: ClassVar[str] = "heard nothing more from {name}; people are called anew"
    call_id: int
    source_key: str
    name: str
    incident_id: int | None = None
    ticket_id: int | None = None
    device_id: int | None = None
    client_id: int | None = None


@dataclass(frozen=True)
class CallEnded(Event):
    kind: ClassVar[str] = "dispatch.call_ended"
    sentence: ClassVar[str] = "called nobody any more: {why}"
    call_id: int
    why: str
    incident_id: int | None = None
    ticket_id: int | None = None
    device_id: int | None = None
    client_id: int | None = None
