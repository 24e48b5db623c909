"""Where a ticket stands: waiting and going on, resolved, reopened, closed."""

from datetime import datetime

from django.db import transaction

from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.people.models import Person
from tickets import events
from tickets.actions._held import Held
from tickets.actions.opening import open_ticket
from tickets.models import Message, Ticket
from tickets.rules import states
from tickets.rules.promises import What
from tickets.rules.states import Status, Verb
from tickets.rules.words import one_line


@transaction.atomic
def set_status(
    *, ticket: Ticket, status: str, by: Actor, at: datetime, pause_reason: str = "",
    resumes_at: datetime | None = None,
) -> Ticket:  # fmt: skip
    """Put the ticket into a status. One that stops the clock needs the reason (S13).

    A wait ends by itself at `resumes_at`, or when the longest one that was agreed is over.
    """
    if status not in set(Status):
        raise Refused(f"There is no status {status!r}.", field="status")
    if status == Status.RESOLVED:
        return resolve(ticket=ticket, by=by, at=at)
    if status == Status.CLOSED:
        return close(ticket=ticket, by=by, at=at)
    held = Held(ticket, by=by, at=at)
    if _stands_so(ticket, status, pause_reason, resumes_at):
        return ticket
    if held.ended:
        _demand_reopenable(held)
        held.back_to_work()
    if ticket.status != status or states.pauses(status):
        held.move(status, pause_reason, resumes_at)
    return ticket


def _stands_so(ticket: Ticket, status: str, reason: str, resumes_at: datetime | None) -> bool:
    same = ticket.status == status and ticket.pause_reason == reason.strip()
    return same and resumes_at in (None, ticket.resumes_at)


@transaction.atomic
def resolve(*, ticket: Ticket, by: Actor, at: datetime, text: str = "") -> Ticket:
    """The work is done. Solving without a word before counts as the response too (S10, S12).

    What is under the ticket is solved with it, with the same words (S16).
    """
    Held.lock_family(ticket.pk)
    held = Held(ticket, by=by, at=at)
    if ticket.status == Status.RESOLVED:
        return ticket
    status = states.after(ticket.status, Verb.RESOLVE)
    said = None
    if text.strip():
        kind = Message.Kind.CLIENT if by.kind == "contact" else Message.Kind.REPLY
        said, _is_new = held.say(kind, text)
    ticket.status, ticket.pause_reason = status.value, ""
    ticket.resolved_at, ticket.client_wrote_at = at, None
    ticket.responded_at = ticket.responded_at or at
    ticket.resumes_at, ticket.resume_cause, ticket.contested_at = None, "", None
    held.clocks.tell(What.RESOLVED, at)
    held.save()
    held.announce(
        events.TicketResolved,
        message_id=said.pk if said else None,
        device_id=ticket.device_id,
        source_key=ticket.source_key,
    )
    for child in ticket.children.exclude(status__in=states.ENDED).order_by("pk"):
        resolve(ticket=child, by=by, at=at, text=text)  # each is judged by its own clocks
    return ticket


@transaction.atomic
def reopen(*, ticket: Ticket, by: Actor, at: datetime) -> Ticket:
    """It was not done: what was left of the promise runs again (S14).

    Too long after the end a new ticket follows it; the answer is the one that goes on.
    """
    held = Held(ticket, by=by, at=at)
    if ticket.merged_into is not None:
        return ticket.merged_into
    if held.ended and not held.reopenable:
        return _follow(held)
    if held.ended:
        held.back_to_work()
    return ticket


def _follow(held: Held) -> Ticket:
    """One follower for each end, however often it is asked for and whoever began it."""
    ended = held.ticket
    known = ended.followers.filter(resolved_at__isnull=True).order_by("-pk").first()
    if known is not None:
        return known
    return open_ticket(
        client=ended.client, contact=ended.contact, device=ended.device, site=ended.site,
        subject=one_line(f"Again: {ended.subject}"), channel=ended.channel,
        priority=ended.priority or Ticket.Priority.CRITICAL, owner=_still_here(ended.owner),
        source_key=f"follows:{ended.pk}:{ended.resolved_at:%Y%m%dT%H%M%S}", follows=ended,
        by=held.by, at=held.at,
    )  # fmt: skip


def _still_here(owner: Person | None) -> Person | None:
    return owner if owner is not None and owner.is_active else None


def _demand_reopenable(held: Held) -> None:
    if not held.reopenable:
        raise Refused(
            f"It was resolved more than {held.reopen_days} days ago. "
            "Open a new ticket that follows it.",
            field="status",
            code="too_late",
        )


@transaction.atomic
def close(*, ticket: Ticket, by: Actor, at: datetime) -> Ticket:
    """File a resolved ticket away. No clock minds (S12)."""
    held = Held(ticket, by=by, at=at)
    if ticket.status == Status.CLOSED:
        return ticket
    ticket.status = states.after(ticket.status, Verb.CLOSE).value
    ticket.closed_at = at
    held.save()
    held.announce(events.TicketClosed)
    return ticket
