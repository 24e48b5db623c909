"""What follows from an incident, and what its ticket says back."""

from contextlib import suppress
from datetime import datetime, timedelta

import redis
from django.db import transaction
from django.urls import reverse

from contracts.clients.events import DeviceAdded, DeviceChanged, DeviceReturned
from contracts.clients.models import Client, Device
from contracts.events import AgreementEnded, AgreementPublished
from monitoring import actions, events, queries
from monitoring.models import Check, CheckTemplate, Incident
from monitoring.queries import canary
from monitoring.queries.calling import case_of
from monitoring.queries.checks import HEARTBEAT
from monitoring.rules.canary import proven_until
from msp.kit import proof
from msp.kit.refs import system
from tenants.context import address, current_schema
from tenants.journal.registry import Told, reacts_to
from tenants.notices import actions as notices
from tenants.people.models import Person
from tenants.work import hint
from tickets import actions as tickets
from tickets.dispatch import actions as dispatch
from tickets.dispatch import queries as oncall
from tickets.dispatch.events import CallLetGo, CallTaken
from tickets.events import TicketResolved
from tickets.models import Ticket
from tickets.rules.states import pauses

BY = system("Monitoring")
PRIORITIES = {
    "critical": Ticket.Priority.CRITICAL,
    "major": Ticket.Priority.HIGH,
    "warning": Ticket.Priority.MEDIUM,
}
REOPEN_WITHIN = timedelta(hours=24)
SAID = {
    events.FlappingBegan.kind: "It goes and comes. Its ends are told again once it is calm.",
    events.FlappingEnded.kind: "It is calm again.",
    events.SnoozeEnded.kind: "The snooze is over and it is not well yet.",
    events.IncidentLetGo.kind: "Whoever was on it said nothing more. People are called again.",
}


@reacts_to(events.IncidentOpened)
def open_ticket(event: events.IncidentOpened, told: Told) -> None:
    """Open the ticket, its clock running since the deadline passed.

    One that is over before anybody could be called gets none.
    """
    incident = Incident.objects.select_for_update(of=("self",)).get(pk=event.incident_id)
    if incident.ticket_id is not None or incident.resolved_at is not None:
        return
    if canary.is_canary(incident):
        _prove(told.at)
        return
    before = _ticket_before(incident)
    if before is not None and _is_recent(before, incident):
        tickets.reopen(ticket=before, by=BY, at=told.at)
        words = f"{incident.title}. It is back; this is incident {incident.number}."
        tickets.note(ticket=before, body=words, key=f"again:{incident.pk}", by=BY, at=told.at)
        _link(incident, before, told)
        return
    ticket = tickets.open_ticket(
        client=Client.objects.get(pk=incident.client_id),
        device=Device.objects.get(pk=incident.device_id),
        subject=incident.title,
        body=queries.told_to_technicians(incident),
        channel=Ticket.Channel.MONITORING,
        priority=PRIORITIES[incident.severity],
        source_key=f"incident:{incident.pk}",
        opened_at=_counts_from(event, incident, told.at),
        owner=incident.owner,
        follows=before,
        by=BY,
        at=told.at,
    )
    _link(incident, ticket, told)


def _prove(at: datetime) -> None:
    """The canary's silence came as far as a ticket would: alerting works. A hint without Valkey."""
    with suppress(redis.RedisError):
        proof.prove(current_schema(), proven_until(current_schema(), at))


def _link(incident: Incident, ticket: Ticket, told: Told) -> None:
    actions.link_ticket(
        incident=incident, ticket_id=ticket.pk, ticket_number=ticket.number, by=BY, at=told.at
    )


def _ticket_before(incident: Incident) -> Ticket | None:
    """The ticket of the incident this one is a recurrence of."""
    if incident.follows is None or incident.follows.ticket_id is None:
        return None
    return Ticket.objects.filter(pk=incident.follows.ticket_id).first()


def _is_recent(ticket: Ticket, incident: Incident) -> bool:
    """Whether the work goes on where it was left: within a day, and nobody filed it away (K3)."""
    before = incident.follows
    if ticket.closed_at is not None or before is None:
        return False
    return before.resolved_at is None or incident.opened_at - before.resolved_at <= REOPEN_WITHIN


def _counts_from(event: events.IncidentOpened, incident: Incident, at: datetime) -> datetime:
    """When the promise begins: with the problem, after an agreed maintenance with its end."""
    begins = datetime.fromisoformat(event.counts_from) if event.counts_from else incident.opened_at
    return min(begins, at)


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


@reacts_to(events.IncidentWorsened)
def raise_priority(event: events.IncidentWorsened, told: Told) -> None:
    """It got worse: the same ticket, with the priority that follows (E4)."""
    ticket = _ticket_of(event.incident_id)
    if ticket is None:
        return
    priority = PRIORITIES[event.severity]
    if priority < ticket.priority:
        tickets.set_priority(ticket=ticket, priority=priority, by=BY, at=told.at)
    key = f"worse:{event.incident_id}:{event.severity}"
    words = f"It got worse: incident {event.number} is {event.severity} now."
    tickets.note(ticket=ticket, body=words, key=key, by=BY, at=told.at)


@reacts_to(events.FlappingBegan, events.FlappingEnded, events.SnoozeEnded, events.IncidentLetGo)
def say_on_ticket(
    event: events.FlappingBegan | events.FlappingEnded | events.SnoozeEnded | events.IncidentLetGo,
    told: Told,
) -> None:
    """One word on the ticket when it begins to flap, when it is calm, when a snooze is over, and
    when nobody is on it any more."""
    ticket = _ticket_of(event.incident_id)
    if ticket is not None:
        key = f"{event.kind}:{told.entry_id}"[:80]
        tickets.note(ticket=ticket, body=SAID[event.kind], key=key, by=BY, at=told.at)


@reacts_to(events.IncidentHeld)
def let_the_ticket_wait(event: events.IncidentHeld, told: Told) -> None:
    """In agreed maintenance the promise waits too, until its end (K5)."""
    ticket = _ticket_of(event.incident_id)
    if ticket is None or event.why != events.WHY["maintenance"] or pauses(ticket.status):
        return
    until = Incident.objects.values_list("wake_at", flat=True).get(pk=event.incident_id)
    if until is not None and until > told.at:
        tickets.set_status(
            ticket=ticket, status="scheduled", pause_reason="Agreed maintenance",
            resumes_at=until, by=BY, at=told.at,
        )  # fmt: skip


@reacts_to(events.IncidentAssigned)
def assign_ticket(event: events.IncidentAssigned, told: Told) -> None:
    """Whose the incident is, theirs is its ticket."""
    ticket = _ticket_of(event.incident_id)
    if ticket is not None:
        owner = Person.objects.filter(pk=event.person_id).first() if event.person_id else None
        tickets.assign(ticket=ticket, owner=owner, by=told.by, at=told.at)


@reacts_to(events.IncidentReopened)
def reopen_ticket(event: events.IncidentReopened, told: Told) -> None:
    """It was not over: neither is the work."""
    if event.ticket_id is None:
        return
    ticket = Ticket.objects.filter(pk=event.ticket_id, closed_at__isnull=True).first()
    if ticket is not None and ticket.resolved_at is not None:
        tickets.reopen(ticket=ticket, by=told.by, at=told.at)


@reacts_to(events.CostAnswered)
def tell_answer(event: events.CostAnswered, told: Told) -> None:
    """The client's answer stands on the ticket, where whoever works on it reads it."""
    ticket = _ticket_of(event.incident_id)
    if ticket is not None:
        words = f"About work that no agreement covers, {told.by.name} answered: {event.words}."
        tickets.note(ticket=ticket, body=words, key=f"cost:{told.entry_id}", by=told.by, at=told.at)


@reacts_to(events.CheckAdded, DeviceAdded, DeviceChanged, DeviceReturned)
def give_checks(
    event: events.CheckAdded | DeviceAdded | DeviceChanged | DeviceReturned, told: Told
) -> None:
    """A device gets what is asked of its class when it comes, changes or first reports."""
    if isinstance(event, events.CheckAdded) and not _is_heartbeat(event.check_id):
        return
    device = Device.objects.filter(pk=event.device_id).first()
    if device is not None and CheckTemplate.objects.exists():
        actions.follow_templates(device=device, by=BY, at=told.at)


def _is_heartbeat(check_id: int) -> bool:
    return Check.objects.filter(pk=check_id, slug=HEARTBEAT).exists()


@reacts_to(AgreementPublished, AgreementEnded)
def follow_offers(event: AgreementPublished | AgreementEnded, told: Told) -> None:
    """Devices get and lose a tier's or bundle's checks, each in a transaction of its own.

    What begins later is looked at hourly, and so is what no worker was told of.
    """
    if CheckTemplate.objects.filter(offer__isnull=False).exists():
        transaction.on_commit(lambda: hint("monitoring.tasks.follow_client", event.client_id))


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


@reacts_to(
    events.IncidentOpened, events.IncidentWorsened, events.SnoozeEnded, events.IncidentReopened
)
def call_people(
    event: events.IncidentOpened
    | events.IncidentWorsened
    | events.SnoozeEnded
    | events.IncidentReopened,
    told: Told,
) -> None:
    """Begin the escalation that is for it; nobody is called about what somebody took on.

    A snooze that is over, or an incident opened again, is called about anew.
    """
    rows = Incident.objects.select_for_update(of=("self",))
    incident = rows.select_related("device", "level_version").get(pk=event.incident_id)
    if canary.is_canary(incident):
        return
    anew = isinstance(event, events.SnoozeEnded | events.IncidentReopened)
    if incident.resolved_at is not None or (incident.acknowledged_at is not None and not anew):
        return
    policy = oncall.policy_for(case_of(incident))
    if policy is None:
        return
    source_key = f"incident:{incident.pk}"
    if anew:
        dispatch.end_call(source_key=source_key, why="it is called anew", by=BY, at=told.at)
    dispatch.begin_call(
        source_key=source_key, subject=f"{incident.title} ({incident.client.name})",
        url=reverse("incident", args=[incident.number]), policy=policy,
        refs={
            "incident_id": incident.pk, "device_id": incident.device_id,
            "client_id": incident.client_id,
        },
        began_at=incident.opened_at, by=BY, at=told.at,
    )  # fmt: skip


@reacts_to(CallTaken)
def acknowledge_incident(event: CallTaken, told: Told) -> None:
    """Who takes on the call has taken on the incident, unless they let go of it meanwhile."""
    if event.incident_id is None:
        return
    incident = Incident.objects.filter(pk=event.incident_id, resolved_at=None).first()
    if incident is not None and not oncall.is_called_about(event.source_key):
        actions.acknowledge(incident=incident, by=told.by, at=told.at)


@reacts_to(CallLetGo)
def open_it_to_others(event: CallLetGo, told: Told) -> None:
    """Who does not say that they still are on it is not: it is nobody's again."""
    if event.incident_id is None:
        return
    incident = Incident.objects.filter(pk=event.incident_id, resolved_at=None).first()
    if incident is not None and oncall.is_called_about(event.source_key):
        actions.let_go(incident=incident, name=event.name, by=told.by, at=told.at)


FEEDS = {
    events.IncidentOpened.kind: "incident.opened",
    events.IncidentAcknowledged.kind: "incident.acknowledged",
    events.IncidentRecovered.kind: "incident.over",
    events.IncidentResolved.kind: "incident.over",
}


@reacts_to(
    events.IncidentOpened, events.IncidentAcknowledged, events.IncidentRecovered,
    events.IncidentResolved,
)  # fmt: skip
def tell_webhooks(event: events.IncidentOpened, told: Told) -> None:
    """Owe it to the MSP's own programs, where they asked for it."""
    rows = Incident.objects.select_related("device", "client")
    incident = rows.get(pk=event.incident_id)
    if canary.is_canary(incident):
        return
    notices.publish(
        kind=FEEDS[event.kind], key=f"entry:{told.entry_id}",
        payload={
            "number": incident.number, "title": incident.title, "severity": incident.severity,
            "device": incident.device.name, "client": incident.client.name,
            "opened_at": incident.opened_at.isoformat(),
            "resolved_at": incident.resolved_at.isoformat() if incident.resolved_at else None,
            "by": told.by.name,
            "url": address(reverse("incident", args=[incident.number])),
        },
        at=told.at,
    )  # fmt: skip


def _ticket_of(incident_id: int) -> Ticket | None:
    """The incident's ticket while it is open."""
    ticket_id = Incident.objects.values_list("ticket_id", flat=True).get(pk=incident_id)
    return Ticket.objects.filter(pk=ticket_id, resolved_at__isnull=True).first()
