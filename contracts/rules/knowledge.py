"""What was known when: two states of knowledge side by side, and the history of one unit's.

A register has two times. Days are when a unit was there, instants are since when we know it. Both
are kept, so that what a bill counted can be read again after it was corrected.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from contracts.rules.register import Interval, UnitVersion, as_known

ENDLESS = date.max


@dataclass(frozen=True, slots=True)
class Compared:
    """One unit on one day by two states of knowledge; either may not know of it."""

    then: Interval | None
    now: Interval | None

    @property
    def shown(self) -> Interval:
        """The unit as it was known first, else as it was learned."""
        found = self.then or self.now
        if found is None:
            raise ValueError("then, now: one of them knows the unit")
        return found

    @property
    def state(self) -> str:
        """Whether it is the same in both, changed, or only in one."""
        if self.then is None:
            return "added"
        if self.now is None:
            return "removed"
        return "changed" if self.changes else "same"

    @property
    def changes(self) -> tuple[tuple[str, object, object], ...]:
        """What differs: the word for it, what was known before, and after."""
        then, now = self.then, self.now
        if then is None or now is None:
            return ()
        pairs = (
            ("class", then.unit_class, now.unit_class),
            ("site", then.site_id, now.site_id),
            ("number", then.quantity, now.quantity),
            ("from", then.starts_on, now.starts_on),
            ("until", then.ends_on, now.ends_on),
            ("set aside", then.marks.aside, now.marks.aside),
            ("shared", then.marks.shared, now.marks.shared),
            ("place", then.marks.seat_id, now.marks.seat_id),
            ("payer", then.marks.payer_id, now.marks.payer_id),
        )
        return tuple(one for one in pairs if one[1] != one[2])


def compared(then: Iterable[Interval], now: Iterable[Interval]) -> list[Compared]:
    """Every unit that either state of knowledge has, by name."""
    before = {(one.unit_type, one.unit_id): one for one in then}
    after = {(one.unit_type, one.unit_id): one for one in now}
    found = [Compared(before.get(unit), after.get(unit)) for unit in {**before, **after}]
    return sorted(found, key=lambda one: (one.shown.name, one.shown.unit_type, one.shown.unit_id))


@dataclass(frozen=True, slots=True)
class Band:
    """What was known of a unit from one instant to the next; None while it is known still."""

    since: datetime
    until: datetime | None
    intervals: tuple[Interval, ...]


def bands(versions: Iterable[UnitVersion]) -> list[Band]:
    """The states of knowledge of one unit, oldest first."""
    known = list(versions)
    instants = sorted({version.recorded_at for version in known})
    ends: list[datetime | None] = [*instants[1:], None]
    return [
        Band(since, until, tuple(sorted(as_known(known, since), key=lambda one: one.starts_on)))
        for since, until in zip(instants, ends, strict=True)
    ]


def first_difference(before: Iterable[Interval], after: Iterable[Interval]) -> date | None:
    """The first day on which two states of knowledge differ; None where they say the same.

    A bill of days before it need not be counted again.
    """
    then = {one.interval_id: one for one in before}
    now = {one.interval_id: one for one in after}
    days = [
        day
        for key in {**then, **now}
        if (day := _differs_from(then.get(key), now.get(key))) is not None
    ]
    return min(days, default=None)


def _differs_from(then: Interval | None, now: Interval | None) -> date | None:
    if then is None or now is None:
        found = then or now
        return found.starts_on if found else None
    if then == now:
        return None
    if _facts(then) != _facts(now):
        return min(then.starts_on, now.starts_on)
    days = []
    if then.starts_on != now.starts_on:
        days.append(min(then.starts_on, now.starts_on))
    if then.ends_on != now.ends_on:
        days.append(min(then.ends_on or ENDLESS, now.ends_on or ENDLESS))
    return min(days, default=None)


def _facts(one: Interval) -> tuple[object, ...]:
    """What decides how it counts; a name is no difference."""
    return one.unit_class, one.client_id, one.site_id, one.quantity, one.marks
