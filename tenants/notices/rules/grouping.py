"""What is sent to one person now, what waits, and what is never sent.

Every alert is in the inbox at once; this is about what leaves the house. The first alert of a quiet
time waits half a minute for others of the same storm, later ones five minutes, and each message
says everything that waits. A problem that ended before anybody was told of it is not told at all,
and an end is told only to those who heard of the beginning. Nobody gets more than ten messages a
minute: above that, what waits is one digest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from msp.kit.periods import first_instant, zone_named

PROBLEM, AGAIN, END = "problem", "again", "end"
WAIT = timedelta(seconds=30)  # for others of the same storm
INTERVAL = timedelta(minutes=5)  # between messages about new problems and ends
AGAIN_AFTER = timedelta(minutes=1)  # between reminders
MINUTE = timedelta(minutes=1)
MOST = 10  # messages in a minute


@dataclass(frozen=True, slots=True)
class Item:
    """One alert that waits. `about` is what it concerns, `began_at` when that began."""

    id: int
    about: str
    kind: str
    began_at: datetime
    at: datetime
    urgent: bool = True


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which only what is urgent gets through, by the clock of a zone; `until` may be the
    next morning."""

    start: time
    until: time
    zone: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What to do with what waits: send these together, drop those, look again then."""

    send: tuple[Item, ...] = ()
    drop: tuple[Item, ...] = ()
    again_at: datetime | None = None
    digest: bool = False


def decide(
    items: Sequence[Item], sent: Sequence[datetime], at: datetime, *,
    told: frozenset[str] = frozenset(), quiet: Quiet | None = None,
) -> Answer:  # fmt: skip
    """What happens to the alerts that wait for one person.

    `sent` are the instants of the messages before, `told` what they already heard the beginning of.
    """
    drop = _pointless(items, told)
    left = [one for one in items if one not in drop]
    silent_until = quiet_until(quiet, at) if quiet else None
    ready = [one for one in left if one.urgent or silent_until is None]
    if not ready:
        return Answer(drop=drop, again_at=silent_until if left else None)
    due = min(_due(one, max(sent, default=None)) for one in ready)
    recent = sorted(one for one in sent if one > at - MINUTE)
    crowded = len(recent) >= MOST
    if crowded:
        due = max(due, recent[0] + MINUTE)
    if due > at:
        return Answer(drop=drop, again_at=due)
    return Answer(tuple(ready), drop, digest=len(ready) > 1)


def quiet_until(quiet: Quiet, at: datetime) -> datetime | None:
    """When the quiet hours that run at an instant end; None outside of them."""
    zone = zone_named(quiet.zone)
    today = at.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        last = day if quiet.until > quiet.start else day + timedelta(days=1)
        start = first_instant(datetime.combine(day, quiet.start), zone)
        end = first_instant(datetime.combine(last, quiet.until), zone)
        if start <= at < end:
            return end
    return None


def _pointless(items: Sequence[Item], told: frozenset[str]) -> tuple[Item, ...]:
    """Beginnings that are over, and ends of what nobody heard the beginning of."""
    ended: dict[str, tuple[datetime, int]] = {}
    for one in items:
        if one.kind == END:
            last = (one.at, one.id)
            ended[one.about] = max(last, ended.get(one.about, last))
    return tuple(
        one
        for one in items
        if (one.kind == END and one.about not in told)
        or (one.kind != END and one.about in ended and (one.at, one.id) <= ended[one.about])
    )


def _due(item: Item, last: datetime | None) -> datetime:
    """When an alert may leave, as far as it alone is concerned."""
    if item.kind == AGAIN:
        return max(item.at, last + AGAIN_AFTER) if last else item.at
    waited = item.began_at + WAIT if item.kind == PROBLEM else item.at
    return max(waited, last + INTERVAL) if last else waited
