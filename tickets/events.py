"""What this room can tell. Portal pages never read these; they show messages."""

from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class TicketOpened(Event):
    kind: ClassVar[str] = "tickets.opened"
    sentence: ClassVar[str] = "opened #{number}: {subject}"
    ticket_id: int
    client_id: int
    number: int
    subject: str
    channel: str
    priority: int
    device_id: int | None = None
    contact_id: int | None = None
    source_key: str | None = None


@dataclass(frozen=True)
class TicketReplied(Event):
    kind: ClassVar[str] = "tickets.replied"
    sentence: ClassVar[str] = "replied on #{number}"
    ticket_id: int
    client_id: int
    number: int
    message_id: int
    first: bool


@dataclass(frozen=True)
class TicketNoted(Event):
    kind: ClassVar[str] = "tickets.noted"
    sentence: ClassVar[str] = "left a note on #{number}"
    ticket_id: int
    client_id: int
    number: int
    message_id: int


@dataclass(frozen=True)
class ClientWrote(Event):
    kind: ClassVar[str] = "tickets.client_wrote"
    sentence: ClassVar[str] = "wrote on #{number}"
    ticket_id: int
    client_id: int
    number: int
    message_id: int
    contact_id: int


@dataclass(frozen=True)
class TicketAcknowledged(Event):
    """A person said they are on it, without a word to the client."""

    kind: ClassVar[str] = "tickets.acknowledged"
    sentence: ClassVar[str] = "took notice of #{number}"
    ticket_id: int
    client_id: int
    number: int


@dataclass(frozen=True)
class TicketStatusChanged(Event):
    kind: ClassVar[str] = "tickets.status_changed"
    sentence: ClassVar[str] = "set #{number} from {before_words} to {after_words}{because}"
    ticket_id: int
    client_id: int
    number: int
    before: str
    after: str
    before_words: str
    after_words: str
    because: str = ""


@dataclass(frozen=True)
class TicketAssigned(Event):
    kind: ClassVar[str] = "tickets.assigned"
    sentence: ClassVar[str] = "assigned #{number} to {name}"
    ticket_id: int
    client_id: int
    number: int
    person_id: int | None
    name: str


@dataclass(frozen=True)
class TicketPrioritised(Event):
    kind: ClassVar[str] = "tickets.prioritised"
    sentence: ClassVar[str] = (
        "changed the priority of #{number} from {before_words} to {after_words}"
    )
    ticket_id: int
    client_id: int
    number: int
    before: int
    after: int
    before_words: str
    after_words: str


@dataclass(frozen=True)
class TicketResolved(Event):
    kind: ClassVar[str] = "tickets.resolved"
    sentence: ClassVar[str] = "resolved #{number}"
    ticket_id: int
    client_id: int
    number: int
    message_id: int | None = None
    device_id: int | None = None
    source_key: str | None = None


@dataclass(frozen=True)
class TicketReopened(Event):
    kind: ClassVar[str] = "tickets.reopened"
    sentence: ClassVar[str] = "reopened #{number}"
    ticket_id: int
    client_id: int
    number: int
    device_id: int | None = None
    source_key: str | None = None


@dataclass(frozen=True)
class TicketClosed(Event):
    kind: ClassVar[str] = "tickets.closed"
    sentence: ClassVar[str] = "closed #{number}"
    ticket_id: int
    client_id: int
    number: int


@dataclass(frozen=True)
class ClockMissed(Event):
    kind: ClassVar[str] = "tickets.clock_missed"
    sentence: ClassVar[str] = "noticed that #{number} missed its promise: {promise}"
    ticket_id: int
    client_id: int
    number: int
    clock_id: int
    target: str
    promise: str
    due_at: str
