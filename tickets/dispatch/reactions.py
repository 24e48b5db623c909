"""Who hears of the schedule, and calls about promises of tickets. Each may run twice."""

from django.urls import reverse

from msp.kit.refs import system
from tenants.journal.registry import Told, reacts_to
from tenants.notices import actions as notices
from tickets import events as tickets
from tickets.dispatch import actions, events, queries
from tickets.dispatch.rules.chain import Case
from tickets.models import Ticket

BY = system("On call")
HANDLED = (
    tickets.TicketReplied, tickets.TicketAcknowledged, tickets.TicketAssigned,
    tickets.TicketResolved,
)  # fmt: skip


@reacts_to(events.SwapAsked)
def ask_them(event: events.SwapAsked, told: Told) -> None:
    """Who is asked to take over finds it in the inbox."""
    notices.tell(
        person_id=event.person_id, key=f"swap:{told.entry_id}", reason="Asked to take over",
        text=f"{told.by.name} asks you to take over in {event.schedule}",
        url=reverse("oncall", args=[event.schedule_id]), at=told.at,
    )  # fmt: skip


@reacts_to(events.SwapAnswered)
def tell_the_answer(event: events.SwapAnswered, told: Told) -> None:
    notices.tell(
        person_id=event.person_id, key=f"swap:{told.entry_id}", reason="Your swap",
        text=f"{told.by.name} {event.answer} your swap in {event.schedule}",
        url=reverse("oncall", args=[event.schedule_id]), at=told.at,
    )  # fmt: skip


@reacts_to(tickets.ClockWarned)
def call_about_a_promise(event: tickets.ClockWarned, told: Told) -> None:
    """A promise is about to be missed: call people, where an escalation is for that."""
    ticket = Ticket.objects.select_related("client", "level_version").get(pk=event.ticket_id)
    if ticket.resolved_at is not None or queries.is_called_about(ticket.source_key or ""):
        return
    level = ticket.level_version.level_id if ticket.level_version else None
    case = Case(level=level, client=ticket.client_id, site=ticket.site_id, ticket=True)
    policy = queries.policy_for(case)
    if policy is None:
        return
    actions.begin_call(
        source_key=f"ticket:{ticket.pk}",
        subject=f"{event.share} % used of {event.promise}: #{ticket.number} {ticket.subject}",
        url=reverse("ticket", args=[ticket.number]), policy=policy,
        refs={"ticket_id": ticket.pk, "client_id": ticket.client_id}, began_at=told.at,
        by=BY, at=told.at,
    )  # fmt: skip


@reacts_to(*HANDLED)
def somebody_works_on_it(event: tickets.TicketReplied, told: Told) -> None:
    """Whoever answers, takes or solves the ticket ends the call about its promise."""
    solved = isinstance(event, tickets.TicketResolved)
    if not solved and (told.by.kind == "system" or getattr(event, "person_id", 0) is None):
        return
    actions.end_call(
        source_key=f"ticket:{event.ticket_id}", why=f"{told.by.name} is on it", by=told.by,
        at=told.at,
    )  # fmt: skip
