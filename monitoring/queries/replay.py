"""The past of a check as it was, and as another rule would have made it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.clients.models import Device
from monitoring.models import Check, Flip, Pack, Reading, Series, Signal
from monitoring.queries.definitions import of_check, severity_of
from monitoring.queries.surroundings import interval_of
from monitoring.rules import replaying
from monitoring.rules.definitions import Definition
from monitoring.rules.replaying import Pair, Problem
from tenants.journal.models import Entry

DAYS = 30
MOST_SAMPLES = 200_000


@dataclass(frozen=True)
class Replay:
    """Both pasts, a sentence, and what has to be known to trust them."""

    pairs: list[Pair]
    words: str
    since: datetime
    notes: list[str]


def replay(
    check: Check, wanted: Definition, at: datetime, parent: Device | None = None
) -> Replay:  # fmt: skip
    """What the last 30 days would have raised under `wanted`, and behind `parent`."""
    since = max(at - timedelta(days=DAYS), check.created_at)
    was = raised(check, since)
    notes = _changes(check, since)
    if check.kind == Check.Kind.THRESHOLD:
        samples = samples_of(check, since)
        first = samples[0][0] if samples else at
        if first - since > timedelta(days=1):
            notes.append(
                f"Values are kept since {first:%Y-%m-%d}; before that nothing is replayed."
            )
            was = [one for one in was if one.began_at >= first]
        limits = wanted.limits
        would = replaying.values(samples, limits, severity_of(check)) if limits else []
    else:
        would = _silences(check, wanted, was, at, notes)
    if parent is not None:
        would = replaying.behind(would, downs_of(parent, since), interval_of(check))
    pairs = replaying.compared(was, would)
    return Replay(pairs, replaying.in_words(pairs), since, notes)


def raised(check: Check, since: datetime) -> list[Problem]:
    """What this check did raise: its signals, and whether their incident was told."""
    rows = Signal.objects.filter(check_row=check, began_at__gte=since).select_related("incident")
    return [
        Problem(
            row.began_at, row.cleared_at, row.severity,
            told_at=row.began_at if row.incident.told else None,
            fixed=check.period_seconds == 0 or row.incident.title.endswith(" failed"),
        )
        for row in rows.order_by("began_at", "pk")
    ]  # fmt: skip


def samples_of(check: Check, since: datetime) -> list[tuple[datetime, float]]:
    """The values the check was judged by, as far as they are kept."""
    return _samples(check.series_id, since) if check.series_id else []


def _samples(series_id: int, since: datetime) -> list[tuple[datetime, float]]:
    """A series' values in their order: days that are packed, and the newest rows."""
    packs = Pack.objects.filter(series_id=series_id, day__gte=since - timedelta(days=1))
    found = {}
    for pack in packs.order_by("day"):
        at = pack.day
        for step, value in zip(pack.steps, pack.values, strict=True):
            at += timedelta(microseconds=step)
            found[at] = value
    rows = Reading.objects.filter(series_id=series_id, at__gte=since).order_by("at")
    found |= dict(rows.values_list("at", "value")[:MOST_SAMPLES])
    return sorted((at, value) for at, value in found.items() if at >= since)


def downs_of(device: Device, since: datetime) -> list[Problem]:
    """When a device was down, by its checks that say so."""
    checks = Check.objects.filter(device=device).exclude(kind=Check.Kind.THRESHOLD)
    flips = Flip.objects.filter(check_row__in=checks, at__gte=since - timedelta(days=1))
    found: list[Problem] = []
    open_: dict[int, datetime] = {}
    for flip in flips.order_by("at", "pk"):
        if flip.status == Check.Status.DOWN:
            open_.setdefault(flip.check_row_id, flip.at)
        elif flip.check_row_id in open_:
            found.append(Problem(open_.pop(flip.check_row_id), flip.at))
    return found + [Problem(began, None) for began in open_.values()]


def _silences(
    check: Check, wanted: Definition, was: Sequence[Problem], at: datetime, notes: list[str]
) -> list[Problem]:
    """Outages of the past with another patience."""
    meant = of_check(check)
    before, after = _patience(meant), _patience(wanted)
    if meant.schedule and wanted.schedule and wanted.schedule != meant.schedule:
        return _rescheduled(check, meant, wanted, was, at, notes)
    signs: list[datetime] = []
    if after < before:
        signs = _signs(check, at - timedelta(days=DAYS))
        notes.append(
            f"Pauses shorter than an outage are known since {signs[0]:%Y-%m-%d}, from the values"
            " that arrived."
            if signs
            else "Pauses shorter than an outage are not kept, as no values come with the beats."
        )
    told = {one.began_at for one in was if one.told_at is None}
    found = replaying.silences(was, before, after, at, signs)
    if before == after:
        return [one if one.began_at not in told else _quiet(one) for one in found]
    return found


def _rescheduled(
    check: Check, meant: Definition, wanted: Definition, was: Sequence[Problem], at: datetime,
    notes: list[str],
) -> list[Problem]:  # fmt: skip
    """Outages under another calendar, the job running when it did."""
    assert meant.schedule is not None
    assert wanted.schedule is not None
    since = max(at - timedelta(days=DAYS), check.created_at)
    grace = timedelta(seconds=meant.grace)
    signs = replaying.kept_ticks(meant.schedule, grace, was, since, at)
    notes.append(
        "Each run is not kept by itself: the job is taken to have run at every tick of its present"
        " schedule that was not missed, and where an outage ended."
    )
    spare = timedelta(seconds=wanted.grace)
    return replaying.scheduled(signs, wanted.schedule, spare, at, was)


def _quiet(one: Problem) -> Problem:
    return Problem(one.began_at, one.ended_at, one.severity, None, one.fixed)


def _patience(meant: Definition) -> timedelta:
    """From the last sign, or from the tick that was missed, to the deadline."""
    period = 0 if meant.schedule is not None else meant.period
    return timedelta(seconds=period + meant.grace)


def _signs(check: Check, since: datetime) -> list[datetime]:
    """When values of the device arrived: each came with a beat."""
    series = Series.objects.filter(device=check.device_id).order_by("pk")[:3]
    return sorted({at for one in series for at, _value in _samples(one.pk, since)})


def _changes(check: Check, since: datetime) -> list[str]:
    rows = Entry.objects.filter(
        refs__contains=[f"check:{check.pk}"], kind="monitoring.check_changed", at__gte=since
    ).order_by("-at")[:3]
    return [
        f"It was changed on {row.at:%Y-%m-%d}: {row.facts.get('what', '')}. What lies before is"
        " replayed as if it had been meant as today."
        for row in rows
    ]
