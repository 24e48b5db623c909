"""What follows from an incident, and what its ticket says back."""

from contracts.clients.models import Client, Device
from monitoring import actions, events, queries
from monitoring.models import Incident
from msp.kit.refs import system
from tenants.journal.registry import Told, reacts_to
from tickets import actions as tickets
from tickets.events import TicketResolved
from tickets.models import Ticket

BY = system("Monitoring")


@reacts_to(events.IncidentOpened)
def open_ticket(event: events.IncidentOpened, told: Told) -> None:
    """Open the ticket, its clock running since the deadline passed.

    One that is over before anybody could be called gets none.
    """
    incident = Incident.objects.select_for_update(of=("self",)).get(pk=event.incident_id)
    if incident.ticket_id is not None or incident.resolved_at is not None:
        return
    ticket = tickets.open_ticket(
        client=Client.objects.get(pk=incident.client_id),
        device=Device.objects.get(pk=incident.device_id),
        subject=incident.title,
        body=queries.told_to_technicians(incident),
        channel=Ticket.Channel.MONITORING,
        priority=Ticket.Priority.CRITICAL if incident.severity == "critical" else 2,
        source_key=f"incident:{incident.pk}",
        opened_at=incident.opened_at,
        by=BY,
        at=told.at,
    )
    actions.link_ticket(
        incident=incident, ticket_id=ticket.pk, ticket_number=ticket.number, by=BY, at=told.at
    )


@reacts_to(events.IncidentRecovered)
def close_or_comment(event: events.IncidentRecovered, told: Told) -> None:
    """A ticket nobody touched is done with the recovery; one that was is a person's to close."""
    ticket = _ticket_of(event.incident_id)
    if ticket is None:
        return
    words = f"{event.title}: heard from it again. Recovered, please verify."
    if ticket.touched_at is None:
        tickets.resolve(ticket=ticket, by=BY, at=told.at)
    else:
        key = f"recovered:{event.incident_id}"
        tickets.note(ticket=ticket, body=words, key=key, by=BY, at=told.at)


@reacts_to(events.IncidentAcknowledged)
def answer_ticket(event: events.IncidentAcknowledged, told: Told) -> None:
    """Somebody said they are on it: that answers the ticket's first promise too (K5)."""
    ticket = _ticket_of(event.incident_id)
    if ticket is not None:
        tickets.acknowledge(ticket=ticket, by=told.by, at=told.at)


@reacts_to(TicketResolved)
def stand_by(event: TicketResolved, told: Told) -> None:
    """A person closed the ticket while the device is still silent: the incident waits for it (K4).

    It is marked as taken notice of, and ends with the next beat.
    """
    if told.by.kind == "system" or not (event.source_key or "").startswith("incident:"):
        return
    incident = Incident.objects.filter(ticket_id=event.ticket_id, resolved_at=None).first()
    if incident is not None:
        actions.acknowledge(incident=incident, by=told.by, at=told.at)


def _ticket_of(incident_id: int) -> Ticket | None:
    """The incident's ticket while it is open."""
    ticket_id = Incident.objects.values_list("ticket_id", flat=True).get(pk=incident_id)
    return Ticket.objects.filter(pk=ticket_id, resolved_at__isnull=True).first()
