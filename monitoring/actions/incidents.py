"""What people do with an incident, and what its ticket does to it."""

from datetime import datetime

from django.db import transaction

from monitoring import events
from monitoring.models import Incident
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce

State = Incident.State


@transaction.atomic
def acknowledge(*, incident: Incident, by: Actor, at: datetime) -> Incident:
    """Somebody is on it. Done twice, the first one counts."""
    _hold(incident)
    if incident.resolved_at is not None:
        raise Conflict("This incident is over already.")
    if incident.acknowledged_at is not None:
        return incident
    incident.state, incident.acknowledged_at = State.ACKNOWLEDGED, at
    incident.acknowledged_by = by.name[:120]
    incident.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
    announce(
        events.IncidentAcknowledged(
            incident.pk, incident.number, incident.device_id, incident.client_id,
            incident.ticket_id,
        ),
        by=by, at=at,
    )  # fmt: skip
    return incident


@transaction.atomic
def resolve_incident(*, incident: Incident, by: Actor, at: datetime, note: str) -> Incident:
    """Close it by hand, whatever the device says, with the reason.

    The check stays as it is: the next incident opens only when it has come back and fallen silent
    again.
    """
    _hold(incident)
    if incident.resolved_at is not None:
        raise Conflict("This incident is over already.")
    if not note.strip():
        raise Refused("Say why it is over although nothing was heard.", field="note")
    incident.state, incident.resolved_at = State.RESOLVED, at
    incident.resolved_by, incident.note = by.name[:120], note.strip()[:300]
    incident.save(update_fields=["state", "resolved_at", "resolved_by", "note"])
    announce(
        events.IncidentResolved(
            incident.pk, incident.number, incident.device_id, incident.client_id,
            incident.ticket_id, incident.note,
        ),
        by=by, at=at,
    )  # fmt: skip
    return incident


@transaction.atomic
def note_incident(*, incident: Incident, by: Actor, at: datetime, note: str) -> None:
    """Write something down beside it, for ourselves."""
    if not note.strip():
        raise Refused("Write something first.", field="note")
    announce(
        events.IncidentNoted(
            incident.pk, incident.device_id, incident.client_id, note.strip()[:2000]
        ),
        by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def link_ticket(
    *, incident: Incident, ticket_id: int, ticket_number: int, by: Actor, at: datetime
) -> None:
    """Keep which ticket the incident's work is done on."""
    _hold(incident)
    if incident.ticket_id == ticket_id:
        return
    incident.ticket_id = ticket_id
    incident.save(update_fields=["ticket_id"])
    announce(
        events.IncidentLinked(
            incident.pk, incident.device_id, incident.client_id, ticket_id, ticket_number
        ),
        by=by, at=at,
    )  # fmt: skip


def _hold(incident: Incident) -> None:
    """Lock the row and read it anew into the caller's object."""
    incident.refresh_from_db(from_queryset=Incident.objects.select_for_update(of=("self",)))
