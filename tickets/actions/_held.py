"""A ticket somebody holds: locked, seen as it is now, and changed by one actor at one instant."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from msp.kit.refs import Actor, system
from msp.kit.refusals import Refused
from tenants.journal.announce import announce
from tenants.journal.registry import Event
from tenants.people.models import Person
from tickets import events
from tickets.actions._clocks import Clocks
from tickets.models import Message, Ticket
from tickets.queries.clocks import policy_of
from tickets.rules import states
from tickets.rules.promises import What, may_reopen
from tickets.rules.states import Status, Verb
from tickets.rules.words import LONGEST, html_of

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
        """`fresh` is for a row this transaction made or locked itself."""
        if not fresh:
            ticket.refresh_from_db(from_queryset=Ticket.objects.select_for_update(of=("self",)))
        self.ticket, self.by, self.at = ticket, by, at
        self.clocks = Clocks(ticket)
        if not fresh:
            self.catch_up()

    def catch_up(self) -> bool:
        """End a wait that is over before anything else happens, at the instant it was due.

        Whoever holds the ticket first must not find it still waiting because a sweep is late.
        """
        due_at = self.ticket.resumes_at
        if due_at is None or due_at > self.at:
            return False
        self._end_wait(due_at)
        return True

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
        return ended_at is None or may_reopen(ended_at, self.at, self.reopen_days)

    @property
    def reopen_days(self) -> int:
        return policy_of(self.ticket.level_version_id).reopen_days

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

    def respond(self, *, in_words: bool = True) -> bool:
        """A person answered, or only took it up; True the first time (S10).

        A machine's words answer nothing, neither the first time nor later.
        """
        if not self.human:
            return False
        self.clocks.tell(What.ANSWERED if in_words else What.ACKNOWLEDGED, self.at)
        first = self.ticket.responded_at is None
        if first:
            self.ticket.responded_at = self.at
        if in_words:
            self.ticket.client_wrote_at = None
        return first

    def move(self, status: str, pause_reason: str = "", resumes_at: datetime | None = None) -> None:
        """Between statuses in which the work goes on; some stop the clock."""
        before = Status(self.ticket.status)
        verb = _VERBS.get(Status(status))
        if verb is None:
            raise Refused("A ticket is new only once.", field="status", code="wrong_status")
        # A wait may be told again, with another reason or another end.
        again = before == status and states.pauses(before)
        after = before if again else states.after(before, verb)
        reason = self.reason_to_wait(after, pause_reason)
        if states.pauses(after) and not states.pauses(before):
            self.clocks.tell(What.WAITED, self.at)
        elif states.pauses(before) and not states.pauses(after):
            self.clocks.tell(What.WENT_ON, self.at)
        self.ticket.status, self.ticket.pause_reason = after.value, reason
        self.ticket.contested_at = None
        self._wait_until(resumes_at)
        self.save()
        self._announce_status(before, after, f": {reason}" if reason else "")

    def _announce_status(self, before: Status, after: Status, because: str) -> None:
        self.announce(
            events.TicketStatusChanged,
            before=before.value,
            after=after.value,
            before_words=before.words.lower(),
            after_words=after.words.lower(),
            because=because,
        )

    def _wait_until(self, chosen: datetime | None) -> None:
        """A wait ends at the agreed time, and at the latest when the longest wait is over (S13)."""
        ticket = self.ticket
        ticket.resumes_at, ticket.resume_cause = None, ""
        if not states.pauses(ticket.status):
            return
        if chosen is not None and chosen <= self.at:
            raise Refused("The time it goes on must lie ahead.", field="resumes_at")
        ends = [(chosen, Ticket.ResumeCause.DATE)] if chosen else []
        days = policy_of(ticket.level_version_id).longest_pause_days
        if days:
            limit = max(self.clocks.waiting_since + timedelta(days=days), self.at)
            ends.append((limit, Ticket.ResumeCause.LIMIT))
        if ends:
            ticket.resumes_at, cause = min(ends, key=lambda end: end[0])
            ticket.resume_cause = cause.value

    def wait_from_the_start(self, resumes_at: datetime | None) -> None:
        """The end of the wait that a new ticket begins with."""
        self._wait_until(resumes_at)

    def _end_wait(self, due_at: datetime) -> None:
        ticket = self.ticket
        because = str(Ticket.ResumeCause(ticket.resume_cause).label).lower()
        self.clocks.tell(What.WENT_ON, due_at)
        ticket.status, ticket.pause_reason = Status.OPEN.value, ""
        ticket.resumes_at, ticket.resume_cause, ticket.contested_at = None, "", None
        ticket.updated_at = max(ticket.updated_at, self.at)
        ticket.save()
        told = events.WaitEnded(
            ticket_id=ticket.pk, client_id=ticket.client_id, number=ticket.number,
            because=because, resumed_at=due_at.isoformat(),
        )  # fmt: skip
        announce(told, by=system("Service levels"), at=self.at)

    def back_to_work(self) -> None:
        """An ended ticket is open again and what was left of its promise runs on (S14)."""
        self.ticket.status = states.after(self.ticket.status, Verb.REOPEN).value
        self.ticket.resolved_at = self.ticket.closed_at = None
        self.ticket.reopens += 1
        self.clocks.tell(What.REOPENED, self.at)
        self.save()
        self.announce(
            events.TicketReopened,
            device_id=self.ticket.device_id,
            source_key=self.ticket.source_key,
        )

    @staticmethod
    def reason_to_wait(after: Status, given: str) -> str:
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

    @staticmethod
    def lock_family(*pks: int) -> None:
        """Lock tickets and those under them, always in the same order (S16)."""
        rows = Ticket.objects.select_for_update(of=("self",))
        list(rows.filter(Q(pk__in=pks) | Q(parent__in=pks)).order_by("pk"))

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
