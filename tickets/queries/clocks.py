"""A ticket's clocks as the rules see them, and what a page shows of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from contracts import queries as contracts
from contracts.rules.calendar import SupportCalendar
from contracts.rules.policy import Policy, Updates
from contracts.rules.targets import at_priority
from tickets.models import Clock, Ticket
from tickets.rules import clock as rules
from tickets.rules import states
from tickets.rules.face import Face, Look, face
from tickets.rules.promises import Counting, Promises, Terms


def rule_of(row: Clock) -> rules.Clock:
    """The clock of a row whose spans are loaded."""
    return rules.Clock(
        target=row.seconds,
        spans=tuple(rules.Span(span.started_at, span.ended_at) for span in row.spans.all()),
        carried=row.carried,
        fulfilled_at=row.met_at,
        missed_at=row.missed_at,
        stopped_at=row.stopped_at,
        raised=row.raised,
    )


def calendar_of(row: Clock, ticket: Ticket) -> SupportCalendar:
    """The hours a clock counts: those of the promise it began under."""
    return contracts.level(row.level_version_id or ticket.level_version_id or 0).calendar


def terms_of(level_version_id: int | None, priority: int) -> Terms | None:
    """What is promised at a priority and how it counts; None where nothing is."""
    if level_version_id is None:
        return None
    level = contracts.level(level_version_id)
    pausing = {Clock.Target.RESOLUTION.value}
    if level.pauses_response:
        pausing.add(Clock.Target.RESPONSE.value)
    if level.policy.pauses_update:
        pausing.add(Clock.Target.UPDATE.value)
    return Terms(
        level.calendar,
        at_priority(level.targets, priority),
        frozenset(pausing),
        every=level.policy.updates is Updates.INTERVAL,
        grace=level.policy.grace,
    )


def policy_of(level_version_id: int | None) -> Policy:
    """The rules a ticket is held to; the usual ones where nothing was promised."""
    return contracts.level(level_version_id).policy if level_version_id else Policy()


def state_of(rows: Iterable[Clock], ticket: Ticket, terms: Terms | None, **said: Any) -> Promises:
    """Where a ticket's promises stand, by its rows whose spans are loaded."""
    clocks = tuple(
        Counting(row.target, row.cycle, calendar_of(row, ticket), row.pauses, rule_of(row))
        for row in rows
    )
    return Promises(terms, clocks, **said)


def said_of(ticket: Ticket) -> dict[str, Any]:
    """What a ticket itself says of where its promises stand."""
    return {
        "answered": ticket.responded_at is not None,
        "asked_at": ticket.client_wrote_at,
        "waiting": states.pauses(ticket.status),
        "ended": ticket.status in states.ENDED,
    }


@dataclass(frozen=True)
class Shown:
    """One clock as a page draws it; `due_at` stays known once it is met."""

    target: str
    label: str
    face: Face
    due_at: datetime | None
    began_at: datetime | None
    met_at: datetime | None
    missed_at: datetime | None
    raised: bool = False

    @property
    def look(self) -> str:
        return str(self.face.look)

    @property
    def tone(self) -> str:
        """The meter's: red for late and nearly late, amber for soon."""
        tones = {Look.LATE: "danger", Look.RISK: "danger", Look.SOON: "warn"}
        return tones.get(self.face.look, "")

    @property
    def percent(self) -> int:
        return round(100 * self.face.share)

    @property
    def open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.met_at is None and self.face.look is not Look.STOPPED


_ORDER = {Clock.Target.RESPONSE: 0, Clock.Target.UPDATE: 1, Clock.Target.RESOLUTION: 2}


def clocks_of(ticket: Ticket, at: datetime) -> list[Shown]:
    """What the ticket's clocks say at an instant, response first.

    Of a promise given again only the last counts. A next word that is no longer owed is history.
    """
    latest: dict[str, Clock] = {}
    for row in ticket.clocks.all():
        if row.target not in latest or latest[row.target].cycle < row.cycle:
            latest[row.target] = row
    update = latest.get(Clock.Target.UPDATE)
    if update is not None and (update.met_at or update.stopped_at):
        del latest[Clock.Target.UPDATE]
    rows = sorted(latest.values(), key=lambda row: _ORDER[Clock.Target(row.target)])
    return [_shown(row, calendar_of(row, ticket), at) for row in rows]


def next_of(shown: Iterable[Shown]) -> Shown | None:
    """The clock to look at: the open one that is due first, a paused one if there is no other."""
    open_ones = [one for one in shown if one.open]
    running = [one for one in open_ones if one.due_at is not None]
    if running:
        return min(running, key=lambda one: one.due_at or one.face.target)
    return open_ones[0] if open_ones else None


def _shown(row: Clock, calendar: SupportCalendar, at: datetime) -> Shown:
    drawn = face(calendar, rule_of(row), at)
    spans = row.spans.all()
    return Shown(
        target=row.target,
        label=row.get_target_display(),
        face=drawn,
        due_at=row.due_at,
        began_at=spans[0].started_at if spans else None,
        met_at=row.met_at,
        missed_at=row.missed_at,
        raised=bool(row.breach_cause),
    )


def over_at(at: datetime) -> QuerySet[Clock]:
    """The clocks to be marked as missed: kept to the second, over from the next one on (S4)."""
    whole = at - at.microsecond * timedelta(microseconds=1)
    return Clock.objects.filter(met_at__isnull=True, missed_at__isnull=True, due_at__lt=whole)


def warned_at(at: datetime) -> QuerySet[Clock]:
    """The clocks of which the next share of the target is used by now (S15)."""
    return Clock.objects.filter(warn_at__lte=at)


def resuming_at(at: datetime) -> QuerySet[Ticket]:
    """The tickets whose wait is over by now (S13)."""
    return Ticket.objects.filter(resumes_at__lte=at)


def is_anything_due(at: datetime) -> bool:
    """Whether the sweep has something to do; three looks into partial indexes."""
    return any(rows(at).exists() for rows in (over_at, warned_at, resuming_at))
