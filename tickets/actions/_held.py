"""A ticket somebody holds: locked, seen as it is now, and changed by one actor at one instant."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.journal.announce import announce
from tenants.journal.registry import Event
from tenants.people.models import Person
from tickets import events
from tickets.actions._clocks import RESOLUTION, Clocks
from tickets.models import Message, Ticket
from tickets.rules import states
from tickets.rules.clock import Kind, may_reopen
from tickets.rules.states import Status, Verb
from tickets.rules.words import LONGEST, html_of

REOPEN_DAYS = 7
_VERBS = {
    Status.OPEN: Verb.OPEN,
    Status.IN_PROGRESS: Verb.START,
    Status.SCHEDULED: Verb.SCHEDULE,
    Status.WAITING_CLIENT: Verb.WAIT_CLIENT,
    Status.WAITING_VENDOR: Verb.WAIT_VENDOR,
}


class Held:
    """One verb's hold on a ticket, until its transaction ends (S21)."""

    def __init__(self, ticket: Ticket, *, by: Actor, at: datetime, fresh: bool = False) -> None:
        """`fresh` is for a row this transaction made itself; nobody else can see it yet."""
        if not fresh:
            ticket.refresh_from_db(from_queryset=Ticket.objects.select_for_update(of=("self",)))
        self.ticket, self.by, self.at = ticket, by, at
        self.clocks = Clocks(ticket)

    @property
    def human(self) -> bool:
        return self.by.kind != "system"

    @property
    def ended(self) -> bool:
        return self.ticket.status in states.ENDED

    @property
    def reopenable(self) -> bool:
        """Whether the same ticket may go on, or a new one has to follow it (S14)."""
        ended_at = self.ticket.resolved_at
        return ended_at is None or may_reopen(ended_at, self.at, REOPEN_DAYS)

    def save(self) -> None:
        """Keep the ticket; a person's hand on it keeps a recovery from resolving it (K2)."""
        self.ticket.updated_at = max(self.ticket.updated_at, self.at)
        if self.human:
            self.ticket.touched_at = self.at
        self.ticket.save()

    def announce(self, event: Callable[..., Event], **facts: Any) -> None:
        """Tell what happened to this ticket."""
        ticket = self.ticket
        told = event(ticket_id=ticket.pk, client_id=ticket.client_id, number=ticket.number, **facts)
        announce(told, by=self.by, at=self.at)

    def say(self, kind: str, body: str, key: str | None = None) -> tuple[Message, bool]:
        """Add a message, once per key; the second value tells whether it is new."""
        if key:
            said = Message.objects.filter(ticket=self.ticket, key=key).first()
            if said is not None:
                return said, False
        text = _text(body)
        message = Message.objects.create(
            ticket=self.ticket,
            kind=kind,
            author_kind=self.by.kind,
            author_id=self.by.id,
            author_name=self.by.name[:120],
            body=text,
            html=html_of(text),
            key=key or None,
            at=self.at,
        )
        return message, True

    def respond(self) -> bool:
        """Meet the response promise if nobody has; True the first time (S10)."""
        if not self.human or self.ticket.responded_at is not None:
            return False
        self.ticket.responded_at = self.at
        self.clocks.tell(Kind.FULFILLED, self.at, ["response"])
        return True

    def move(self, status: str, pause_reason: str = "") -> None:
        """Between statuses in which the work goes on; some stop the clock."""
        before = Status(self.ticket.status)
        verb = _VERBS.get(Status(status))
        if verb is None:
            raise Refused("A ticket is new only once.", field="status", code="wrong_status")
        after = states.after(before, verb)
        reason = _reason(after, pause_reason)
        self.ticket.status, self.ticket.pause_reason = after.value, reason
        if states.pauses(after) and not states.pauses(before):
            self.clocks.pause(self.at)
        elif states.pauses(before) and not states.pauses(after):
            self.clocks.resume(self.at)
        self.save()
        self.announce(
            events.TicketStatusChanged,
            before=before.value,
            after=after.value,
            before_words=before.words.lower(),
            after_words=after.words.lower(),
            because=f": {reason}" if reason else "",
        )

    def back_to_work(self) -> None:
        """An ended ticket is open again and what was left of its promise runs on (S14)."""
        self.ticket.status = states.after(self.ticket.status, Verb.REOPEN).value
        self.ticket.resolved_at = self.ticket.closed_at = None
        self.ticket.reopens += 1
        self.clocks.tell(Kind.REOPENED, self.at, RESOLUTION)
        self.save()
        self.announce(
            events.TicketReopened,
            device_id=self.ticket.device_id,
            source_key=self.ticket.source_key,
        )

    @staticmethod
    def demand_staff(person: Person) -> None:
        """Only an active person of the MSP can own work."""
        if person.kind != Person.Kind.STAFF or not person.is_active:
            raise Refused(f"{person.name} cannot be given tickets.", field="owner")


def _text(body: str) -> str:
    text = body.replace("\r\n", "\n").strip()
    if not text:
        raise Refused("Write something first.", field="body")
    if "\x00" in text:
        raise Refused("The text holds a character that cannot be kept.", field="body")
    if len(text) > LONGEST:
        raise Refused(f"At most {LONGEST:,} characters fit into one message.", field="body")
    return text


def _reason(after: Status, given: str) -> str:
    """Why the clock stops, for ourselves and the client (S13)."""
    reason = " ".join(given.replace("\x00", " ").split())
    if not states.pauses(after):
        return ""
    if not reason:
        raise Refused(
            f'Say why it is "{after.words.lower()}": the clock stops and the client sees it.',
            field="pause_reason",
        )
    if len(reason) > 200:
        raise Refused("The reason has at most 200 characters.", field="pause_reason")
    return reason
