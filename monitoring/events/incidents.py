"""Incidents: what happens to a problem from its first instant to its last."""

from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class IncidentOpened(Event):
    """Somebody is to be called. `opened_at` is the deadline that passed, `detected_at` when we
    noticed; `counts_from` is when the promise begins to run, after an agreed maintenance its end.
    """

    kind: ClassVar[str] = "monitoring.incident_opened"
    sentence: ClassVar[str] = "opened incident {number}: {title}"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    check_id: int | None
    title: str
    opened_at: str
    detected_at: str
    counts_from: str = ""


WHY = {
    "maintenance": "it is in an agreed maintenance window",
    "flapping": "it goes and comes",
    "behind": "what it stands behind is down",
    "settling": "what it stands behind may be down",
}


@dataclass(frozen=True)
class IncidentHeld(Event):
    """Written down, and nobody is called for the time being."""

    kind: ClassVar[str] = "monitoring.incident_held"
    sentence: ClassVar[str] = "noticed it and called nobody: {why}"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    why: str


@dataclass(frozen=True)
class SignalJoined(Event):
    """Another check of the device speaks of the same fault."""

    kind: ClassVar[str] = "monitoring.signal_joined"
    sentence: ClassVar[str] = "counted {name} to it as well"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    check_id: int
    name: str
    began_at: str


@dataclass(frozen=True)
class IncidentWorsened(Event):
    kind: ClassVar[str] = "monitoring.incident_worsened"
    sentence: ClassVar[str] = "raised incident {number} to {severity}"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    ticket_id: int | None
    severity: str


@dataclass(frozen=True)
class FlappingBegan(Event):
    kind: ClassVar[str] = "monitoring.flapping_began"
    sentence: ClassVar[str] = "found it flapping; its ends are told again when it is calm"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    ticket_id: int | None


@dataclass(frozen=True)
class FlappingEnded(Event):
    kind: ClassVar[str] = "monitoring.flapping_ended"
    sentence: ClassVar[str] = "found it calm again"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    ticket_id: int | None


@dataclass(frozen=True)
class SnoozeEnded(Event):
    kind: ClassVar[str] = "monitoring.snooze_ended"
    sentence: ClassVar[str] = "ended the snooze of incident {number}"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    ticket_id: int | None


@dataclass(frozen=True)
class IncidentRecovered(Event):
    kind: ClassVar[str] = "monitoring.incident_recovered"
    sentence: ClassVar[str] = "heard from it again; incident {number} is over"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    check_id: int | None
    title: str
    recovered_at: str


@dataclass(frozen=True)
class IncidentAcknowledged(Event):
    kind: ClassVar[str] = "monitoring.incident_acknowledged"
    sentence: ClassVar[str] = "acknowledged incident {number}"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    ticket_id: int | None


@dataclass(frozen=True)
class IncidentLetGo(Event):
    """Nobody is on it any more: whoever was did not say so when asked."""

    kind: ClassVar[str] = "monitoring.incident_let_go"
    sentence: ClassVar[str] = "opened incident {number} to others; {name} said nothing more"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    ticket_id: int | None
    name: str


@dataclass(frozen=True)
class IncidentResolved(Event):
    """Closed by a person, whatever the device says."""

    kind: ClassVar[str] = "monitoring.incident_resolved"
    sentence: ClassVar[str] = "closed incident {number}: {note}"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    ticket_id: int | None
    note: str


@dataclass(frozen=True)
class IncidentNoted(Event):
    kind: ClassVar[str] = "monitoring.incident_noted"
    sentence: ClassVar[str] = "noted: {note}"

    incident_id: int
    device_id: int
    client_id: int
    note: str


@dataclass(frozen=True)
class IncidentLinked(Event):
    """The ticket for it is open."""

    kind: ClassVar[str] = "monitoring.incident_linked"
    sentence: ClassVar[str] = "opened ticket {ticket_number} for it"

    incident_id: int
    device_id: int
    client_id: int
    ticket_id: int
    ticket_number: int


@dataclass(frozen=True)
class IncidentReopened(Event):
    kind: ClassVar[str] = "monitoring.incident_reopened"
    sentence: ClassVar[str] = "opened incident {number} again"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    ticket_id: int | None


@dataclass(frozen=True)
class IncidentSnoozed(Event):
    kind: ClassVar[str] = "monitoring.incident_snoozed"
    sentence: ClassVar[str] = "left incident {number} alone until {until}"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    ticket_id: int | None
    until: str


@dataclass(frozen=True)
class IncidentAssigned(Event):
    kind: ClassVar[str] = "monitoring.incident_assigned"
    sentence: ClassVar[str] = "gave incident {number} to {name}"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    ticket_id: int | None
    person_id: int | None
    name: str


@dataclass(frozen=True)
class CauseFound(Event):
    kind: ClassVar[str] = "monitoring.cause_found"
    sentence: ClassVar[str] = "said what it was: {cause}"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    cause: str


@dataclass(frozen=True)
class CostAnswered(Event):
    """A client answered to work that no agreement covers."""

    kind: ClassVar[str] = "monitoring.cost_answered"
    sentence: ClassVar[str] = "answered to the work being charged: {words}"

    incident_id: int
    number: int
    device_id: int
    client_id: int
    ticket_id: int | None
    consent: str
    words: str
