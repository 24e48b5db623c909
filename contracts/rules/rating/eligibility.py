"""Which units a line counts, and by which rule each of the others is left out (psa Q5)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from contracts.rules.register import Interval, UnitDays
from contracts.rules.terms.counted import PerDevice, PerLicence, PerUser
from contracts.rules.terms.usage import Usage
from msp.kit.periods import Period

Terms = PerDevice | PerUser | PerLicence | Usage


@dataclass(frozen=True, slots=True)
class Dropped:
    """A unit the line speaks of and does not charge for, with the rule that says so."""

    unit_type: str
    unit_id: int
    name: str
    rule: str


@dataclass(frozen=True, slots=True)
class Sorted:
    """The units of a line: those that count, those that do not, and what is special about some."""

    kept: tuple[Interval, ...]
    dropped: tuple[Dropped, ...]
    notes: dict[tuple[str, int], str]


class _Stay(NamedTuple):
    """From when until when a unit was there without a day between; trial and grace go by it."""

    starts_on: date
    ends_on: date | None


def sort_out(
    terms: Terms, intervals: Iterable[Interval], service: Period, client_id: int | None = None,
    *, until: date | None = None,
) -> Sorted:  # fmt: skip
    """Every unit the line speaks of, kept or dropped. `client_id` is the client that is billed.

    A unit with several stretches is dropped only where none of them counts. `until` is the end of
    the billing period, which the days that were charged may be a part of.
    """
    known = list(intervals)
    stays = _stays(known)
    closes = until or service.end
    kept: list[Interval] = []
    dropped: dict[tuple[str, int], Dropped] = {}
    notes: dict[tuple[str, int], str] = {}
    for one in known:
        if not _speaks_of(terms, one):
            continue
        stay = stays[one.interval_id, one.starts_on]
        rule = _left_out(terms, one, client_id) or _too_short(terms, stay, closes)
        part = None if rule else _charged_part(terms, one, stay, service)
        if part is not None:
            kept.append(part)
        if part is not None and part.within(service):
            notes.setdefault(part.unit, _note(terms, one, client_id))
        elif one.within(service):
            rule = rule or f"still in the first {terms.trial_days} days, which are free"
            dropped[one.unit] = Dropped(one.unit_type, one.unit_id, one.name, rule)
    if terms.sharing == "device":
        kept, shared = _by_seat(kept)
        notes |= shared
    found = {one.unit for one in kept if one.within(service)}
    return Sorted(
        tuple(kept),
        tuple(one for unit, one in dropped.items() if unit not in found),
        {unit: note for unit, note in notes.items() if note},
    )


def noted(units: Iterable[UnitDays], notes: dict[tuple[str, int], str]) -> list[UnitDays]:
    """The units with what is special about how each was counted."""
    return [replace(one, note=notes.get((one.unit_type, one.unit_id), "")) for one in units]


def _speaks_of(terms: Terms, one: Interval) -> bool:
    """Whether the unit is of the kind and place the line is about."""
    if one.unit_type != terms.unit_type:
        return False
    if isinstance(terms, PerDevice):
        of_kind = not terms.device_classes or one.unit_class in terms.device_classes
    elif isinstance(terms, PerLicence):
        names = {name.casefold() for name in terms.products}
        of_kind = not names or one.name.casefold() in names
    else:
        of_kind = True
    return of_kind and (not terms.site_ids or one.site_id in terms.site_ids)


def _left_out(terms: Terms, one: Interval, client_id: int | None) -> str:
    """The rule by which the unit does not count; empty where it may."""
    marks = one.marks
    if client_id is not None and (marks.payer_id or one.client_id) != client_id:
        return "another client pays for it"
    if one.unit_id in terms.excluded:
        return "left out by name in the agreement"
    if marks.aside and not terms.counts_aside:
        return f"set aside: {marks.aside}"
    if terms.sharing == "none" and (marks.shared or marks.seat_id):
        return "shared, and this line does not count what is shared"
    return ""


def _too_short(terms: Terms, stay: _Stay, closes: date) -> str:
    """Why a unit that came and went does not count; empty where it stayed long enough."""
    there = (min(stay.ends_on or closes, closes) - stay.starts_on).days
    if there < terms.grace_days:
        return f"there for {max(there, 0)} days; what stays {terms.grace_days} counts"
    return ""


def _stays(intervals: Iterable[Interval]) -> dict[tuple[str, date], _Stay]:
    """How long each unit was there in one go; a new site, mark or number of seats ends nothing."""
    by_unit: dict[tuple[int, str, int], list[Interval]] = defaultdict(list)
    for one in intervals:
        by_unit[one.client_id, one.unit_type, one.unit_id].append(one)
    found: dict[tuple[str, date], _Stay] = {}
    for stretches in by_unit.values():
        for run in _touching(stretches):
            ends = [one.ends_on for one in run]
            last = None if None in ends else max(day for day in ends if day is not None)
            stay = _Stay(run[0].starts_on, last)
            found |= {(one.interval_id, one.starts_on): stay for one in run}
    return found


def _touching(stretches: Iterable[Interval]) -> list[list[Interval]]:
    """Stretches of one unit put together where no day lies between them."""
    runs: list[list[Interval]] = []
    reach = date.min
    for one in sorted(stretches, key=lambda each: (each.starts_on, each.interval_id)):
        if runs and one.starts_on <= reach:
            runs[-1].append(one)
        else:
            runs.append([one])
            reach = date.min
        reach = max(reach, one.ends_on or date.max)
    return runs


def _charged_part(
    terms: Terms, interval: Interval, stay: _Stay, service: Period
) -> Interval | None:
    starts_on = max(interval.starts_on, stay.starts_on + timedelta(days=terms.trial_days))
    ends_on = interval.ends_on
    if terms.counting == "adds_only" and ends_on is not None and ends_on > service.start:
        ends_on = max(ends_on, service.end)  # who leaves is not given back
    if ends_on is not None and starts_on >= ends_on:
        return None
    return replace(interval, starts_on=starts_on, ends_on=ends_on)


def _note(terms: Terms, one: Interval, client_id: int | None) -> str:
    if client_id is not None and one.client_id != client_id:
        return "paid for another client"
    if one.marks.aside:
        return f"counted though set aside: {one.marks.aside}"
    if one.marks.shared:
        return "shared by several people, counted once"
    if terms.trial_days:
        return f"after {terms.trial_days} free days"
    return ""


def _by_seat(kept: Sequence[Interval]) -> tuple[list[Interval], dict[tuple[str, int], str]]:
    """People who share a device count as one; on days when one of them is there, it is there."""
    alone = [one for one in kept if one.marks.seat_id is None]
    seats: dict[int, list[Interval]] = defaultdict(list)
    for one in kept:
        if one.marks.seat_id is not None:
            seats[one.marks.seat_id].append(one)
    notes: dict[tuple[str, int], str] = {}
    for seat_id, people in sorted(seats.items()):
        names = sorted({one.name for one in people})
        alone += [_at_seat(one, seat_id, len(names)) for one in people]
        said = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
        notes["device", seat_id] = f"one place for {said}"
    return alone, notes


def _at_seat(one: Interval, seat_id: int, many: int) -> Interval:
    people = "1 person" if many == 1 else f"{many} people"
    return replace(
        one, unit_type="device", unit_id=seat_id, unit_class="shared place",
        name=f"Shared place of {people}",
        marks=replace(one.marks, person_id=None),
    )  # fmt: skip
