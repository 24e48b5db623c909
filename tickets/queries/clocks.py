"""A ticket's clocks as the rules see them, and what a page shows of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from contracts import queries as contracts
from contracts.rules.calendar import SupportCalendar
from tickets.models import Clock, Ticket
from tickets.rules import clock as rules
from tickets.rules.face import Face, Look, face


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


def calendar_of(ticket: Ticket) -> SupportCalendar | None:
    """The hours its promise counts; None where nothing was promised."""
    if ticket.level_version_id is None:
        return None
    return contracts.level(ticket.level_version_id).calendar


def targets_of(ticket: Ticket, priority: int) -> dict[str, int]:
    """The seconds promised for each target at a priority; what is not promised is left out."""
    if ticket.level_version_id is None:
        return {}
    level = contracts.level(ticket.level_version_id)
    promised: Mapping[str, int | None] = level.targets.get(str(priority)) or {}
    found = {str(target): promised.get(str(target)) for target in Clock.Target.values}
    return {target: int(seconds) for target, seconds in found.items() if seconds}


def pausing_of(ticket: Ticket) -> tuple[str, ...]:
    """The targets that stand still while we wait; the first reply only where it was agreed."""
    if ticket.level_version_id and contracts.level(ticket.level_version_id).pauses_response:
        return (Clock.Target.RESPONSE.value, Clock.Target.RESOLUTION.value)
    return (Clock.Target.RESOLUTION.value,)


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


def clocks_of(ticket: Ticket, at: datetime) -> list[Shown]:
    """What the ticket's clocks say at an instant, response first."""
    calendar = calendar_of(ticket)
    if calendar is None:
        return []
    rows = sorted(ticket.clocks.all(), key=lambda row: row.target != Clock.Target.RESPONSE)
    return [_shown(row, calendar, at) for row in rows]


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
    )


def over_at(at: datetime) -> QuerySet[Clock]:
    """The clocks to be marked as missed: kept to the second, over from the next one on (S4)."""
    whole = at - at.microsecond * timedelta(microseconds=1)
    return Clock.objects.filter(met_at__isnull=True, missed_at__isnull=True, due_at__lt=whole)


def is_breach_due(at: datetime) -> bool:
    """Whether the sweep has something to do; one look into a partial index."""
    return over_at(at).exists()
