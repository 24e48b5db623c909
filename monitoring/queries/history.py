"""A check's past as bars and as a share of time, honest about what we did not see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from monitoring.models import BlindInterval, Check, Flip
from monitoring.queries import windows
from monitoring.queries.standing import Pulse
from monitoring.rules import bars

HOUR = timedelta(hours=1)
IN_A_ROW = 30
DAYS = 90
LEAST_KNOWN = 0.0005  # of a time; of less a share would say more than is known
BRIEF = timedelta(minutes=30)  # a day with less down time than this shows a brief outage


def pasts(checks: Sequence[Check], start: datetime, now: Pulse) -> dict[int, list[bars.Stretch]]:
    """What each check went through since `start`, with what we ourselves did not see."""
    ids = [check.pk for check in checks]
    flips = Flip.objects.filter(check_row_id__in=ids)
    before = flips.filter(at__lt=start).order_by("check_row_id", "-at", "-pk")
    rows = list(before.distinct("check_row_id")) if ids else []
    rows += list(flips.filter(at__gte=start, at__lt=now.at).order_by("at", "pk")) if ids else []
    said: dict[int, list[tuple[datetime, str]]] = {check_id: [] for check_id in ids}
    for flip in rows:
        said[flip.check_row_id].append((flip.at, flip.status))
    for check in checks:
        if getattr(check, "state", "") == "late":
            said[check.pk].append((max(check.late_at, start), "late"))
    gaps = _blind(start, now)
    agreed = windows.gaps_of(checks, start, now.at)
    return {
        pk: bars.timeline(changes, start, now.at, maintenance=agreed[pk], blind=gaps)
        for pk, changes in said.items()
    }


def of_availability(checks: Sequence[Check]) -> list[Check]:
    """The checks that say whether a device is up; a value over its limit is no outage."""
    signals = [check for check in checks if check.kind != Check.Kind.THRESHOLD]
    return signals or list(checks)


def _blind(start: datetime, now: Pulse) -> list[bars.Gap]:
    """When we saw nothing: as written down, and what is not read yet."""
    rows = BlindInterval.objects.filter(ended_at__gt=start, started_at__lt=now.at)
    gaps = [(row.started_at, row.ended_at) for row in rows]
    return [*gaps, (max(start, now.clock), now.at)] if now.stale else gaps


@dataclass(frozen=True)
class Strip:
    """A row of bars with the sentence that says the same."""

    states: list[str | None]
    label: str
    starts_at: datetime
    ends_at: datetime
    share: Decimal | None = None


def last_hour(checks: Sequence[Check], now: Pulse, count: int = 60) -> dict[int, Strip]:
    """The last 60 minutes of each check, one bar a minute; in a row of a table fewer."""
    start = now.at - HOUR
    return {
        pk: Strip(
            [_shown(bar.state) for bar in bars.bars(past, start, now.at, count)],
            f"Last 60 minutes: {spoken(past)}", start, now.at,
        )
        for pk, past in pasts(checks, start, now).items()
    }  # fmt: skip


def device_hour(checks: Sequence[Check], now: Pulse, count: int = 60) -> Strip:
    """The same for all checks of one device together."""
    start = now.at - HOUR
    past = bars.merged(list(pasts(of_availability(checks), start, now).values()))
    states = [_shown(bar.state) for bar in bars.bars(past, start, now.at, count)]
    return Strip(states, f"Last 60 minutes: {spoken(past)}", start, now.at)


def availability(checks: Sequence[Check], now: Pulse, days: int = DAYS) -> Strip:
    """One bar a day and the share of the time it was not down; a short outage is its own colour."""
    start = now.at - timedelta(days=days)
    past = bars.merged(list(pasts(of_availability(checks), start, now).values()))
    shown = []
    for bar in bars.bars(past, start, now.at, days):
        brief = bar.state == "down" and bar.down < BRIEF
        shown.append("degraded" if brief else _shown(bar.state))
    known = sum((one.length for one in past if one.state != "unknown"), timedelta())
    share = bars.availability(past) if known >= LEAST_KNOWN * (now.at - start) else None
    percent = None if share is None else bars.shown_percent(share, 2)
    label = f"Last {days} days: {spoken(past)}"
    return Strip(shown, label, start, now.at, percent)


def spoken(past: Iterable[bars.Stretch]) -> str:
    """`up 36 minutes, down 24 minutes`: the bars in words."""
    sums: dict[str, timedelta] = {}
    for stretch in past:
        sums[stretch.state] = sums.get(stretch.state, timedelta()) + stretch.length
    words = {"unknown": "not known", "maintenance": "in maintenance"}
    said = [f"{words.get(s, s)} {_length(sums[s])}" for s in bars.RANKS if s in sums]
    return ", ".join(said) or "nothing is known"


def down_time(past: Iterable[bars.Stretch]) -> timedelta:
    """How long it was down in all."""
    return sum((one.length for one in past if one.state == "down"), timedelta())


def _length(span: timedelta) -> str:
    """In the largest unit of which there are two or more: 50 minutes, 48 hours, 3 days."""
    seconds = round(span.total_seconds())
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= 2 * size or size == 1:
            number = round(seconds / size)
            return f"{number} {word}{'' if number == 1 else 's'}"
    return ""


def _shown(state: str) -> str | None:
    return None if state == "unknown" else state
