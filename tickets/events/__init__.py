"""What this room can tell. Portal pages never read these; they show messages."""

from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event
from tickets.events.approving import ApprovalWithdrawn as ApprovalWithdrawn
from tickets.events.approving import TimeApproved as TimeApproved
from tickets.events.approving import TimeVoided as TimeVoided


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
class TicketHanded(Event):
    """A team was given the ticket, or none; whoever owns it keeps it."""

    kind: ClassVar[str] = "tickets.handed"
    sentence: ClassVar[str] = "handed #{number} to {name}"
    ticket_id: int
    client_id: int
    number: int
    team_id: int | None
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
    cause: str = ""


@dataclass(frozen=True)
class ClockWarned(Event):
    """A share of a promised time is used; `share` is in percent."""

    kind: ClassVar[str] = "tickets.clock_warned"
    sentence: ClassVar[str] = "noticed that {share} % of the time for #{number} is used: {promise}"
    ticket_id: int
    client_id: int
    number: int
    clock_id: int
    target: str
    promise: str
    share: int
    due_at: str


@dataclass(frozen=True)
class WaitEnded(Event):
    kind: ClassVar[str] = "tickets.wait_ended"
    sentence: ClassVar[str] = "put #{number} back to work: {because}"
    ticket_id: int
    client_id: int
    number: int
    because: str
    resumed_at: str


@dataclass(frozen=True)
class WaitContested(Event):
    kind: ClassVar[str] = "tickets.wait_contested"
    sentence: ClassVar[str] = "does not agree that #{number} waits: {reason}"
    ticket_id: int
    client_id: int
    number: int
    reason: str


@dataclass(frozen=True)
class WaitVoided(Event):
    """A wait counted as if it had not been; the promises are judged anew."""

    kind: ClassVar[str] = "tickets.wait_voided"
    sentence: ClassVar[str] = "counted the wait of #{number} after all: {because}"
    ticket_id: int
    client_id: int
    number: int
    since: str
    until: str
    because: str


@dataclass(frozen=True)
class TicketSplit(Event):
    """A part of the conversation became a ticket of its own."""

    kind: ClassVar[str] = "tickets.split"
    sentence: ClassVar[str] = "split #{into_number} off #{number}"
    ticket_id: int
    client_id: int
    number: int
    into_id: int
    into_number: int
    message_id: int


@dataclass(frozen=True)
class TicketBundled(Event):
    kind: ClassVar[str] = "tickets.bundled"
    sentence: ClassVar[str] = "put #{number} under #{parent_number}"
    ticket_id: int
    client_id: int
    number: int
    parent_id: int
    parent_number: int


@dataclass(frozen=True)
class TicketUnbundled(Event):
    kind: ClassVar[str] = "tickets.unbundled"
    sentence: ClassVar[str] = "took #{number} out from under #{parent_number}"
    ticket_id: int
    client_id: int
    number: int
    parent_id: int
    parent_number: int


@dataclass(frozen=True)
class TicketAssessed(Event):
    """Impact and urgency were weighed; the priority they give is told on its own."""

    kind: ClassVar[str] = "tickets.assessed"
    sentence: ClassVar[str] = "weighed #{number}: impact {impact}, urgency {urgency}"
    ticket_id: int
    client_id: int
    number: int
    impact: int
    urgency: int


@dataclass(frozen=True)
class TicketMoved(Event):
    """It is about another client or device than was thought, and held to what covers those."""

    kind: ClassVar[str] = "tickets.moved"
    sentence: ClassVar[str] = "moved #{number} from {before} to {after}"
    ticket_id: int
    client_id: int
    number: int
    before: str
    after: str
    before_client_id: int


@dataclass(frozen=True)
class TicketHeldTo(Event):
    """Another service level was chosen for this one ticket."""

    kind: ClassVar[str] = "tickets.held_to"
    sentence: ClassVar[str] = "held #{number} to {level}: {because}"
    ticket_id: int
    client_id: int
    number: int
    level: str
    because: str


@dataclass(frozen=True)
class TicketMerged(Event):
    kind: ClassVar[str] = "tickets.merged"
    sentence: ClassVar[str] = "merged #{number} into #{into_number}"
    ticket_id: int
    client_id: int
    number: int
    into_id: int
    into_number: int


@dataclass(frozen=True)
class TicketTookOver(Event):
    """Another ticket was merged into this one."""

    kind: ClassVar[str] = "tickets.took_over"
    sentence: ClassVar[str] = "took over #{merged_number} into #{number}{since}"
    ticket_id: int
    client_id: int
    number: int
    merged_number: int
    since: str


@dataclass(frozen=True)
class TimerStarted(Event):
    kind: ClassVar[str] = "tickets.timer_started"
    sentence: ClassVar[str] = "started a timer on #{number}"
    ticket_id: int
    client_id: int
    number: int
    entry_id: int


@dataclass(frozen=True)
class TimeLogged(Event):
    kind: ClassVar[str] = "tickets.time_logged"
    sentence: ClassVar[str] = "logged {words} on #{number}"
    ticket_id: int
    client_id: int
    number: int
    entry_id: int
    minutes: int
    words: str


@dataclass(frozen=True)
class TimeChanged(Event):
    kind: ClassVar[str] = "tickets.time_changed"
    sentence: ClassVar[str] = "corrected {before} to {words} on #{number}"
    ticket_id: int
    client_id: int
    number: int
    entry_id: int
    minutes: int
    before: str
    words: str


@dataclass(frozen=True)
class TimeRemoved(Event):
    kind: ClassVar[str] = "tickets.time_removed"
    sentence: ClassVar[str] = "took {words} off #{number}"
    ticket_id: int
    client_id: int
    number: int
    entry_id: int
    minutes: int
    words: str


@dataclass(frozen=True)
class TimeBound(Event):
    """Entries stand on an approved bill and are kept as they are."""

    kind: ClassVar[str] = "tickets.time_bound"
    sentence: ClassVar[str] = "put {count} entries of time on {ref}"
    client_id: int
    count: int
    ref: str


@dataclass(frozen=True)
class TimeFreed(Event):
    """Their bill is a draft again, so that entries may be corrected."""

    kind: ClassVar[str] = "tickets.time_freed"
    sentence: ClassVar[str] = "took {count} entries of time off {ref} again"
    client_id: int
    count: int
    ref: str


@dataclass(frozen=True)
class TicketPaidBy(Event):
    """Work on it is paid by something else than its time, or by its time again."""

    kind: ClassVar[str] = "tickets.paid_by"
    sentence: ClassVar[str] = "let its work be paid by {paid_by}"
    ticket_id: int
    client_id: int
    paid_by: str
