"""What people do with an incident, and what its ticket does to it."""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from monitoring import events
from monitoring.actions._opening import Numbers
from monitoring.actions._telling import Telling
from monitoring.models import Check, Incident, Signal
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce
from tenants.people.models import Person
from tickets.dispatch import actions as dispatch
from tickets.dispatch import queries as oncall

State = Incident.State
Consent = Incident.Consent
LONGEST_SNOOZE = timedelta(days=30)


@transaction.atomic
def acknowledge(*, incident: Incident, by: Actor, at: datetime) -> Incident:
    """Somebody is on it. Done twice, the first one counts, unless people are called about it
    again: whoever was on it said nothing more."""
    _hold_open(incident)
    source_key = f"incident:{incident.pk}"
    if incident.acknowledged_at is not None and not oncall.is_called_about(source_key):
        return incident
    incident.state, incident.acknowledged_at = State.ACKNOWLEDGED, at
    incident.acknowledged_by = by.name[:120]
    incident.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
    dispatch.take_call(source_key=source_key, by=by, at=at)
    announce(
        events.IncidentAcknowledged(
            incident.pk, incident.number, incident.device_id, incident.client_id,
            incident.ticket_id,
        ),
        by=by, at=at,
    )  # fmt: skip
    return incident


@transaction.atomic
def let_go(*, incident: Incident, name: str, by: Actor, at: datetime) -> Incident:
    """Nobody is on it any more: whoever was did not say so when asked."""
    _hold_open(incident)
    if incident.acknowledged_at is None:
        return incident
    incident.state, incident.acknowledged_at, incident.acknowledged_by = State.OPEN, None, ""
    incident.save(update_fields=["state", "acknowledged_at", "acknowledged_by"])
    announce(
        events.IncidentLetGo(
            incident.pk, incident.number, incident.device_id, incident.client_id,
            incident.ticket_id, name,
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
    Numbers.hold()  # what is done to incidents is done one after the other
    _hold_open(incident)
    if not note.strip():
        raise Refused("Say why it is over although nothing was heard.", field="note")
    incident.state, incident.resolved_at = State.RESOLVED, at
    incident.resolved_by, incident.note = by.name[:120], note.strip()[:300]
    incident.quiet, incident.wake_at, incident.snoozed_until = "", None, None
    incident.save(
        update_fields=[
            "state", "resolved_at", "resolved_by", "note", "quiet", "wake_at", "snoozed_until",
        ]
    )  # fmt: skip
    incident.signals.filter(cleared_at__isnull=True).update(cleared_at=at)
    dispatch.end_call(source_key=f"incident:{incident.pk}", why=incident.note, by=by, at=at)
    Telling.wake_those_behind(incident, at)
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


@transaction.atomic
def reopen_incident(*, incident: Incident, by: Actor, at: datetime) -> Incident:
    """It was closed by hand and is not over. What ended by itself begins anew by itself."""
    Numbers.hold()
    _hold(incident)
    if incident.resolved_at is None:
        raise Conflict("This incident is open.")
    if not incident.resolved_by:
        raise Refused("It ended by itself: the device was heard again.")
    same = Incident.objects.filter(problem_key=incident.problem_key, resolved_at__isnull=True)
    if same.exists():
        raise Conflict("The same problem has a newer incident that is open.")
    closed_at = incident.resolved_at
    incident.state = State.ACKNOWLEDGED if incident.acknowledged_at else State.OPEN
    incident.resolved_at, incident.resolved_by, incident.note = None, "", ""
    incident.save(update_fields=["state", "resolved_at", "resolved_by", "note"])
    lit = Signal.objects.filter(cleared_at__isnull=True).values("check_row_id")
    silent = [Check.Status.DOWN, Check.Status.DEGRADED, Check.Status.UNKNOWN]
    ended = incident.signals.filter(cleared_at=closed_at, check_row__status__in=silent)
    ended.exclude(check_row_id__in=lit).update(cleared_at=None)
    announce(
        events.IncidentReopened(
            incident.pk, incident.number, incident.device_id, incident.client_id,
            incident.ticket_id,
        ),
        by=by, at=at,
    )  # fmt: skip
    return incident


@transaction.atomic
def snooze(*, incident: Incident, until: datetime, by: Actor, at: datetime) -> Incident:
    """Leave it alone until an instant: then it is open again, to the minute."""
    _hold_open(incident)
    if until <= at:
        raise Refused("That is over already.", field="until")
    if until - at > LONGEST_SNOOZE:
        raise Refused("An incident sleeps 30 days at most.", field="until")
    until = until.replace(second=0, microsecond=0)
    incident.snoozed_until = until
    incident.wake_at = min(filter(None, (incident.wake_at, until)))
    if incident.acknowledged_at is None:
        incident.acknowledged_at, incident.acknowledged_by = at, by.name[:120]
    incident.state = State.ACKNOWLEDGED
    incident.save(
        update_fields=["snoozed_until", "wake_at", "state", "acknowledged_at", "acknowledged_by"]
    )
    dispatch.take_call(source_key=f"incident:{incident.pk}", for_good=True, by=by, at=at)
    announce(
        events.IncidentSnoozed(
            incident.pk, incident.number, incident.device_id, incident.client_id,
            incident.ticket_id, f"{until.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        ),
        by=by, at=at,
    )  # fmt: skip
    return incident


@transaction.atomic
def assign_incident(
    *, incident: Incident, owner: Person | None, by: Actor, at: datetime
) -> Incident:
    """Whose it is. The same owner again changes nothing."""
    _hold_open(incident)
    if incident.owner_id == (owner.pk if owner else None):
        return incident
    if owner is not None and (owner.kind != Person.Kind.STAFF or not owner.is_active):
        raise Refused("Only somebody of the team can have it.", field="owner")
    incident.owner = owner
    incident.save(update_fields=["owner"])
    announce(
        events.IncidentAssigned(
            incident.pk, incident.number, incident.device_id, incident.client_id,
            incident.ticket_id, owner.pk if owner else None, owner.name if owner else "nobody",
        ),
        by=by, at=at,
    )  # fmt: skip
    return incident


@transaction.atomic
def set_cause(*, incident: Incident, cause: str, by: Actor, at: datetime) -> Incident:
    """What it was, for the next one who meets it; also when it is over."""
    _hold(incident)
    cause = " ".join(cause.split())[:300]
    if not cause:
        raise Refused("Say in a few words what it was.", field="cause")
    if incident.cause == cause:
        return incident
    incident.cause = cause
    incident.save(update_fields=["cause"])
    announce(
        events.CauseFound(
            incident.pk, incident.number, incident.device_id, incident.client_id, cause
        ),
        by=by, at=at,
    )  # fmt: skip
    return incident


@transaction.atomic
def answer_cost(*, incident: Incident, consent: str, by: Actor, at: datetime) -> Incident:
    """What a client says to work no agreement covers: by the hour, a quote first, or no."""
    _hold_open(incident)
    if consent not in (Consent.APPROVED, Consent.QUOTE, Consent.DECLINED):
        raise Refused("Answer with approve, quote or decline.", field="consent")
    if incident.covered:
        raise Refused("An agreement covers this device; there is nothing to approve.")
    if incident.consent == consent:
        return incident
    if incident.consent == Consent.APPROVED:
        raise Conflict("The work was approved already.")
    incident.consent, incident.consent_by, incident.consent_at = consent, by.name[:120], at
    incident.save(update_fields=["consent", "consent_by", "consent_at"])
    announce(
        events.CostAnswered(
            incident.pk, incident.number, incident.device_id, incident.client_id,
            incident.ticket_id, consent, str(Consent(consent).label).lower(),
        ),
        by=by, at=at,
    )  # fmt: skip
    return incident


def _hold_open(incident: Incident) -> None:
    _hold(incident)
    if incident.resolved_at is not None:
        raise Conflict("This incident is over already.")


def _hold(incident: Incident) -> None:
    """Lock the row and read it anew into the caller's object."""
    incident.refresh_from_db(from_queryset=Incident.objects.select_for_update(of=("self",)))
