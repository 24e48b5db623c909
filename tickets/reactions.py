"""Who is told when something happens to a ticket. Each may run twice and tells once."""

from django.urls import reverse

from contracts.clients.models import Contact
from tenants import context
from tenants.journal.registry import Told, reacts_to
from tenants.notices import actions as notices
from tenants.people.models import Person
from tickets import events, papers
from tickets.models import Message, Ticket

WATCHERS = ("owner", "dispatcher")


@reacts_to(events.TicketAssigned)
def tell_the_new_owner(event: events.TicketAssigned, told: Told) -> None:
    """Who gets work hears of it, unless they took it themselves."""
    by_themselves = told.by.kind == "person" and told.by.id == event.person_id
    if event.person_id is not None and not by_themselves:
        _tell(
            event.person_id, f"assigned:{told.entry_id}", "Assigned to you", event.ticket_id, told
        )


@reacts_to(events.ClientWrote)
def tell_the_owner_of_an_answer(event: events.ClientWrote, told: Told) -> None:
    owner_id = _ticket(event.ticket_id).owner_id
    if owner_id is not None:
        _tell(owner_id, f"wrote:{event.message_id}", "The client wrote", event.ticket_id, told)


@reacts_to(events.ClockMissed)
def tell_of_a_missed_promise(event: events.ClockMissed, told: Told) -> None:
    _tell_those_on_it(event.ticket_id, f"missed:{event.clock_id}",
                      f"Promise missed: {event.promise}", told)  # fmt: skip


@reacts_to(events.ClockWarned)
def tell_of_time_running_out(event: events.ClockWarned, told: Told) -> None:
    """Once for each share of a target; a target that grew warns again (S15)."""
    reason = f"{event.share} % of the time is used: {event.promise}"
    _tell_those_on_it(event.ticket_id, f"warned:{told.entry_id}", reason, told)


@reacts_to(events.WaitEnded)
def tell_that_it_goes_on(event: events.WaitEnded, told: Told) -> None:
    reason = f"Back to work: {event.because}"
    _tell_those_on_it(event.ticket_id, f"goes-on:{told.entry_id}", reason, told)


@reacts_to(events.WaitContested)
def tell_of_an_objection(event: events.WaitContested, told: Told) -> None:
    _tell_those_on_it(event.ticket_id, f"contested:{told.entry_id}",
                      "The client does not agree that it waits", told)  # fmt: skip


def _tell_those_on_it(ticket_id: int, key: str, reason: str, told: Told) -> None:
    """Its owner; of a ticket nobody owns its team, else those who hand out work."""
    ticket = _ticket(ticket_id)
    for person_id in [ticket.owner_id] if ticket.owner_id else _team(ticket) or _watchers():
        _tell(person_id, key, reason, ticket_id, told)


def _team(ticket: Ticket) -> list[int]:
    people = Person.objects.filter(teams=ticket.team_id, is_active=True)
    return list(people.values_list("pk", flat=True)) if ticket.team_id else []


@reacts_to(events.TicketOpened)
def confirm_to_the_client(event: events.TicketOpened, told: Told) -> None:
    """A client who wrote to us learns that it arrived. A machine's word is no answer (S10)."""
    if event.channel in (Ticket.Channel.PORTAL, Ticket.Channel.EMAIL):
        ticket = _ticket(event.ticket_id)
        if ticket.contact is not None:
            letter = papers.received(ticket, context.current().name, _link(ticket))
            _mail(ticket.contact, f"ticket:{ticket.pk}:received", letter, told)


@reacts_to(events.TicketReplied)
def mail_the_reply(event: events.TicketReplied, told: Told) -> None:
    ticket = _ticket(event.ticket_id)
    message = Message.objects.get(pk=event.message_id)
    if ticket.contact is not None:
        letter = papers.replied(ticket, message, context.current().name, _link(ticket))
        _mail(ticket.contact, f"ticket:{ticket.pk}:message:{message.pk}", letter, told)


@reacts_to(events.TicketResolved)
def mail_that_it_is_fixed(event: events.TicketResolved, told: Told) -> None:
    ticket = _ticket(event.ticket_id)
    if ticket.contact is not None and told.by.kind != "contact":
        message = Message.objects.filter(pk=event.message_id).first()
        letter = papers.resolved(ticket, message, context.current().name, _link(ticket))
        _mail(ticket.contact, f"ticket:{ticket.pk}:resolved:{told.entry_id}", letter, told)


@reacts_to(events.TicketOpened, events.TicketResolved)
def tell_webhooks(event: events.TicketOpened | events.TicketResolved, told: Told) -> None:
    ticket = _ticket(event.ticket_id)
    opened = isinstance(event, events.TicketOpened)
    notices.publish(
        kind="ticket.opened" if opened else "ticket.resolved", key=f"entry:{told.entry_id}",
        payload={
            "number": ticket.number, "subject": ticket.subject, "client": ticket.client.name,
            "priority": ticket.priority, "channel": ticket.channel,
            "url": context.address(reverse("ticket", args=[ticket.number])),
        },
        at=told.at,
    )  # fmt: skip


def _ticket(pk: int) -> Ticket:
    return Ticket.objects.select_related("contact", "client").get(pk=pk)


def _watchers() -> list[int]:
    people = Person.objects.filter(kind=Person.Kind.STAFF, is_active=True, role__in=WATCHERS)
    return list(people.values_list("pk", flat=True))


def _tell(person_id: int, key: str, reason: str, ticket_id: int, told: Told) -> None:
    ticket = _ticket(ticket_id)
    notices.tell(
        person_id=person_id,
        key=key,
        reason=reason,
        text=f"#{ticket.number} {ticket.subject} ({ticket.client.name})",
        url=reverse("ticket", args=[ticket.number]),
        at=told.at,
    )


def _link(ticket: Ticket) -> str:
    """Where the contact reads the request; nothing for one without a way into the portal."""
    contact = ticket.contact
    if contact is None or not contact.portal_role:
        return ""
    return context.address(reverse("portal-request", args=[ticket.number]))


def _mail(contact: Contact, key: str, letter: papers.Letter, told: Told) -> None:
    if contact.email and contact.archived_at is None:
        notices.mail(
            key=key, to=contact.email, subject=letter.subject, text=letter.text, at=told.at
        )
