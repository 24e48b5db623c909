"""Incidents as people read them: the wall, the list, one incident and its story."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from contracts.queries import Level, level
from monitoring.models import Check, Flip, Incident, Signal
from monitoring.queries.history import Strip, down_time, last_hour, pasts
from monitoring.queries.standing import Pulse, with_state
from monitoring.rules import judging
from monitoring.rules.canary import SLUG
from tenants.journal.queries import Line, about
from tenants.people.rules.viewer import Viewer
from tickets.models import Ticket

MOST_CARDS = 60
MOST_FOUND = 6
STORM = 20
OPEN = Q(resolved_at__isnull=True)
_CANARY = Q(check_row__slug=SLUG)  # a proof that incidents open, and nobody's problem
_IN_WAKE = Count("in_its_wake", filter=Q(in_its_wake__resolved_at__isnull=True))
_WITH = ("device", "client", "agreement", "check_row", "site", "owner")


@dataclass(frozen=True)
class Card:
    """An incident with what its card, its row and its page show beside it."""

    incident: Incident
    what: str
    hour: Strip | None
    ticket: Ticket | None
    down_for: timedelta

    @property
    def grave(self) -> bool:
        """Nobody has taken it on yet, and somebody should."""
        return self.incident.state == Incident.State.OPEN and bool(self.incident.told)

    @property
    def state(self) -> str:
        """How it is shown: what is held back in a window is maintenance, and no alarm."""
        if self.incident.quiet == "maintenance":
            return "maintenance"
        return "degraded" if self.incident.severity == "warning" else "down"


def what_of(incident: Incident) -> str:
    """The title where the device stands beside it already: `No heartbeat`."""
    for joint in (" from ", " on "):
        begun, found, rest = incident.title.partition(f"{joint}{incident.device.name}")
        if found:
            return f"{begun}{rest}"
    return incident.title


def list_incidents(viewer: Viewer, *, state: str = "", q: str = "") -> QuerySet[Incident]:
    """Incidents by state (none: all that are not over), the newest first."""
    rows = Incident.objects.visible_to(viewer).select_related(*_WITH).exclude(_CANARY)
    rows = rows.filter(state=state) if state in Incident.State.values else rows.filter(OPEN)
    if q:
        number = q.removeprefix("#").strip()
        found = Q(title__icontains=q) | Q(device__name__icontains=q) | Q(client__name__icontains=q)
        by_number = number.isascii() and number.isdigit() and len(number) < 19
        rows = rows.filter(found | Q(number=int(number)) if by_number else found)
    newest = "-resolved_at" if state == Incident.State.RESOLVED else "-opened_at"
    return rows.order_by(newest, "-pk")


def wall(viewer: Viewer, now: Pulse, q: str = "") -> list[Card]:
    """What is not over: what nobody took on first, then by severity, the newest on top."""
    rows = list_incidents(viewer, q=q).filter(behind__isnull=True)
    found = list(rows.annotate(in_wake=_IN_WAKE)[: MOST_CARDS + 1])
    found.sort(key=lambda one: (one.state != Incident.State.OPEN, not one.told, _rank(one)))
    return cards(found, now)


def _rank(incident: Incident) -> int:
    return -judging.SEVERITIES.index(incident.severity)


def folded(shown: Sequence[Card]) -> list[tuple[str, list[Card]]]:
    """In a storm the cards by client, most first; nothing while they can be taken in at once."""
    if len(shown) <= STORM:
        return []
    groups: dict[str, list[Card]] = {}
    for card in shown:
        groups.setdefault(card.incident.client.name, []).append(card)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def cards(incidents: Sequence[Incident], now: Pulse, bars: int = 60) -> list[Card]:
    """The incidents with their last hour and their ticket, read for all of them at once."""
    hours = last_hour(_checks(incidents, now), now, bars)
    tickets = Ticket.objects.select_related("owner").in_bulk(
        [one.ticket_id for one in incidents if one.ticket_id]
    )
    return [
        Card(
            one, what_of(one), hours.get(one.check_row_id), tickets.get(one.ticket_id),
            (one.resolved_at or now.at) - one.opened_at,
        )
        for one in incidents
    ]  # fmt: skip


def _checks(incidents: Iterable[Incident], now: Pulse) -> list[Check]:
    ids = {one.check_row_id for one in incidents if one.check_row_id}
    return list(with_state(Check.objects.filter(pk__in=ids), now))


def state_counts(viewer: Viewer) -> dict[str, int]:
    """How many incidents are open and acknowledged."""
    rows = Incident.objects.visible_to(viewer).filter(OPEN, behind__isnull=True).exclude(_CANARY)
    rows = rows.values("state").annotate(n=Count("pk"))
    return dict.fromkeys(Incident.State.values, 0) | {row["state"]: row["n"] for row in rows}


def open_incidents(viewer: Viewer, limit: int = MOST_FOUND, **which: object) -> list[Incident]:
    """The incidents that are not over, for a panel."""
    rows = list_incidents(viewer).filter(**which)
    return list(rows[:limit])


def recent_incidents(viewer: Viewer, device_id: int, limit: int = MOST_FOUND) -> list[Incident]:
    """A device's incidents, the newest first."""
    rows = Incident.objects.visible_to(viewer).filter(device_id=device_id)
    return list(rows.select_related("device").order_by("-opened_at", "-pk")[:limit])


def last_end() -> datetime | None:
    """When the last incident ended: since when nothing is wrong."""
    over = Incident.objects.filter(resolved_at__isnull=False).exclude(_CANARY)
    rows = over.order_by("-resolved_at")
    return rows.values_list("resolved_at", flat=True).first()


# -- one incident ----------------------------------------------------------------------------------

_LOOKS = {  # kind of entry: icon, tone
    "monitoring.incident_opened": ("siren", "danger"),
    "monitoring.incident_recovered": ("circle-check", "ok"),
    "monitoring.incident_acknowledged": ("hand", "warn"),
    "monitoring.incident_resolved": ("circle-check", "ok"),
    "monitoring.incident_linked": ("inbox", ""),
    "monitoring.incident_held": ("bell-off", ""),
    "monitoring.incident_worsened": ("triangle-alert", "danger"),
    "monitoring.signal_joined": ("activity", "warn"),
    "monitoring.flapping_began": ("activity", "warn"),
    "monitoring.incident_snoozed": ("clock", ""),
    "monitoring.incident_assigned": ("user", ""),
    "monitoring.cause_found": ("search", ""),
    "monitoring.cost_answered": ("message-square", ""),
}
NOTE = "monitoring.incident_noted"
_FLIPS = {  # status: sentence, icon, tone
    Check.Status.DOWN: ("went down", "octagon-x", "danger"),
    Check.Status.UP: ("reported again", "heart-pulse", "ok"),
    Check.Status.PAUSED: ("was paused", "pause", ""),
    Check.Status.NEW: ("waits for its first beat", "circle-dashed", ""),
}


@dataclass(frozen=True)
class Moment:
    """One line of an incident's story. `note` is what a person wrote."""

    at: datetime
    who: str
    sentence: str
    icon: str
    tone: str
    note: str = ""
    noticed_after: timedelta = timedelta()


@dataclass(frozen=True)
class Facts:
    """What an incident's page says beside its story."""

    down: timedelta
    noticed_after: timedelta
    level: Level | None
    promised: dict[str, int]


def incident_by_number(viewer: Viewer, number: int) -> QuerySet[Incident]:
    """The incident of an address with all its page shows, or none the viewer may not see."""
    return (
        Incident.objects.visible_to(viewer)
        .select_related(*_WITH, "device__site", "device__owner")
        .filter(number=number)
    )


@dataclass(frozen=True)
class Around:
    """What an incident is part of and what is part of it."""

    signals: list[Signal]
    wake: list[Incident]
    before: list[Incident]


def around(incident: Incident) -> Around:
    """Its signals, the incidents behind it, and those of the same check before it."""
    signals = incident.signals.select_related("check_row__device").order_by("began_at", "pk")
    wake = incident.in_its_wake.select_related("device").order_by("-resolved_at", "device__name")
    before = Incident.objects.filter(
        check_row=incident.check_row_id, opened_at__lt=incident.opened_at
    )
    return Around(
        list(signals[:50]), list(wake[:60]),
        list(before.order_by("-opened_at")[:3]) if incident.check_row_id else [],
    )  # fmt: skip


def story(incident: Incident, now: Pulse) -> list[Moment]:
    """What was told of an incident and what its check went through meanwhile, oldest first."""
    moments = [_told(line) for line in about("incident", incident.pk)]
    if incident.check_row is not None:
        until = incident.resolved_at or now.at
        flips = incident.check_row.flips.filter(at__gte=incident.opened_at, at__lte=until)
        moments += [_flipped(flip, incident.check_row) for flip in flips.order_by("at")[:200]]
    return sorted(moments, key=lambda one: one.at)


def _told(line: Line) -> Moment:
    icon, tone = _LOOKS.get(line.kind, ("circle-dot", ""))
    note = str(line.facts.get("note", "")) if line.kind == NOTE else ""
    return Moment(line.at, line.actor_name, line.sentence, icon, tone, note)


def _flipped(flip: Flip, check: Check) -> Moment:
    sentence, icon, tone = _FLIPS.get(flip.status, (f"is {flip.status}", "circle-dot", ""))
    late = max(flip.noticed_at - flip.at, timedelta())
    return Moment(flip.at, check.name, sentence, icon, tone, noticed_after=late)


def facts(card: Card, now: Pulse) -> Facts:
    """How long it was down in fact, how late we noticed, and what was promised."""
    incident = card.incident
    promise = level(incident.level_version_id) if incident.level_version_id else None
    urgency = str(card.ticket.priority if card.ticket else 1)
    return Facts(
        _down(incident, now) or card.down_for,
        incident.detected_at - incident.opened_at,
        promise,
        promise.targets.get(urgency, {}) if promise else {},
    )


def _down(incident: Incident, now: Pulse) -> timedelta:
    """Down time while it lasted, by the changes of its check."""
    if incident.check_row is None:
        return timedelta()
    end = Pulse(incident.resolved_at or now.at, None)
    past = pasts([incident.check_row], incident.opened_at, end)[incident.check_row_id]
    return down_time(past)


# -- the client's side -----------------------------------------------------------------------------


def problems_of(viewer: Viewer, device_ids: Iterable[int]) -> list[Incident]:
    """What is wrong with these devices now, for the people who use them."""
    rows = Incident.objects.visible_to(viewer).filter(OPEN, device_id__in=list(device_ids))
    return list(rows.select_related("device", "site").order_by("opened_at", "pk")[:20])


def lately(
    viewer: Viewer, device_ids: Iterable[int], at: datetime, days: int = 30
) -> list[tuple[Incident, timedelta]]:
    """What was wrong in the last weeks and somebody was told of, with how long it lasted."""
    rows = Incident.objects.visible_to(viewer).filter(
        device_id__in=list(device_ids), resolved_at__gte=at - timedelta(days=days)
    )
    rows = rows.exclude(told="").select_related("device").order_by("-opened_at", "-pk")[:20]
    return [(one, (one.resolved_at or at) - one.opened_at) for one in rows]
