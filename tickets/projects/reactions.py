"""What follows from projects, and what of the rooms below concerns them. Each may run twice."""

from django.urls import reverse

from contracts import events as contracts
from contracts.clients.models import Contact
from contracts.models import Quote
from msp.kit.refs import system
from tenants import context
from tenants.journal.registry import Told, reacts_to
from tenants.notices import actions as notices
from tenants.people.rules.roles import PortalRight, portal_roles
from tickets import events as tickets
from tickets.projects import actions, events
from tickets.projects.models import Milestone, Project, ProjectTicket

BY = system("Projects")


@reacts_to(contracts.QuoteAccepted)
def adopt_the_quote(event: contracts.QuoteAccepted, told: Told) -> None:
    """An accepted quote becomes the project it was for, or changes the one it is about."""
    actions.adopt_quote(quote=Quote.objects.get(pk=event.quote_id), by=BY, at=told.at)


@reacts_to(events.MilestoneDone)
def ask_for_acceptance(event: events.MilestoneDone, told: Told) -> None:
    """Whoever may answer for the client is asked to look at what is done."""
    milestone = Milestone.objects.select_related("project").get(pk=event.milestone_id)
    if milestone.accepted_at is not None or milestone.done_at is None:
        return
    url = context.address(reverse("portal-project", args=[event.project_id]))
    for contact in _answering(event.client_id):
        notices.mail(
            key=f"milestone:{told.entry_id}:{contact.pk}", to=contact.email,
            subject=f"{event.title} is done: please have a look",
            text=f"{event.title} of {event.name} is done.\n\nPlease look at it and accept it, or"
            f" tell us what is missing:\n{url}\n",
            at=told.at,
        )  # fmt: skip


@reacts_to(events.MilestoneAccepted, events.MilestoneReturned)
def tell_who_leads(event: events.MilestoneAccepted | events.MilestoneReturned, told: Told) -> None:
    project = Project.objects.get(pk=event.project_id)
    if project.owner_id is None or (project.owner_id == told.by.id and told.by.kind == "person"):
        return
    done = isinstance(event, events.MilestoneAccepted)
    said = "accepted" if done else "gave back"
    notices.tell(
        person_id=project.owner_id, key=f"milestone:{told.entry_id}", reason="Projects",
        text=f"{told.by.name} {said} {event.title} of {event.name}.",
        url=reverse("project", args=[project.pk]), at=told.at,
    )  # fmt: skip


@reacts_to(events.MilestoneAccepted)
def tell_webhooks(event: events.MilestoneAccepted, told: Told) -> None:
    project = Project.objects.select_related("client").get(pk=event.project_id)
    notices.publish(
        kind="milestone.accepted", key=f"entry:{told.entry_id}",
        payload={
            "project": project.number, "name": project.name, "milestone": event.title,
            "client": project.client.name, "signed": event.signed,
            "url": context.address(reverse("project", args=[project.pk])),
        },
        at=told.at,
    )  # fmt: skip


@reacts_to(tickets.TicketMoved)
def leave_with_the_client(event: tickets.TicketMoved, told: Told) -> None:
    """A ticket that turned out to be another client's is no part of this one's project."""
    row = ProjectTicket.objects.select_related("project", "ticket").filter(
        ticket=event.ticket_id
    ).first()  # fmt: skip
    if row is not None and row.ticket.client_id != row.project.client_id:
        actions.remove_ticket(project=row.project, ticket=row.ticket, by=BY, at=told.at)


def _answering(client_id: int) -> list[Contact]:
    rows = Contact.objects.filter(client_id=client_id, archived_at=None).exclude(email="")
    return list(rows.filter(portal_role__in=portal_roles(PortalRight.OFFERS_ANSWER)))
