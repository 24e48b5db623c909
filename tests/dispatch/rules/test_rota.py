"""Who is on call at an instant: turns, hours, clocks that change, and who takes over."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tickets.dispatch.rules.rota import (
    DAY,
    WEEK,
    Hours,
    Layer,
    Override,
    Rota,
    gaps,
    next_change,
    on_call,
    shifts,
    turn_bounds,
)

ADA, BEN, CAL = 1, 2, 3
BERLIN, YORK = "Europe/Berlin", "America/New_York"
MONDAY = date(2026, 3, 2)
HOUR = timedelta(hours=1)
WEEKLY = Layer("First", (ADA, BEN), MONDAY)
DAILY = Layer("Days", (ADA, BEN), date(2026, 3, 27), time(2, 30), DAY)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "who"),
    [
        ("2026-03-02 08:59:59.999999", None),  # before the first turn there is nobody
        ("2026-03-02 09:00", ADA),
        ("2026-03-09 08:59:59.999999", ADA),
        ("2026-03-09 09:00", BEN),  # at the instant of handover it is the next one's
        ("2026-03-16 09:00", ADA),
        ("2026-03-30 08:59", BEN),  # the clock changed on the 29th: still nine on the wall
        ("2026-03-30 09:00", ADA),
        ("2026-10-26 08:59", BEN),
        ("2026-10-26 09:00", ADA),
    ],
)
def test_turns_change_at_the_time_on_the_wall(at: str, who: int | None) -> None:
    assert on_call(Rota(BERLIN, (WEEKLY,)), local(at)) == who


@pytest.mark.parametrize(
    ("layer", "number", "hours"),
    [
        (WEEKLY, 3, 167),  # Berlin, 23 to 30 March
        (WEEKLY, 4, 168),
        (Layer("First", (ADA, BEN), date(2026, 10, 19)), 0, 169),
        (Layer("Days", (ADA,), date(2026, 3, 28), time(9), DAY), 0, 23),
        (Layer("Days", (ADA,), date(2026, 10, 24), time(9), DAY), 0, 25),
    ],
)
def test_a_turn_over_a_change_of_the_clocks_is_an_hour_off(
    layer: Layer, number: int, hours: int
) -> None:
    start, end = turn_bounds(layer, BERLIN, number)
    assert end - start == hours * HOUR


def test_a_handover_in_the_hour_that_is_skipped_is_at_the_jump() -> None:
    rota = Rota(BERLIN, (DAILY,))  # 02:30 does not exist on 29 March
    assert on_call(rota, utc("2026-03-29T00:59:59")) == BEN
    assert on_call(rota, utc("2026-03-29T01:00:00")) == ADA


def test_a_handover_in_the_hour_shown_twice_is_at_the_first_showing() -> None:
    layer = Layer("Days", (ADA, BEN), date(2026, 10, 24), time(2, 30), DAY)
    rota = Rota(BERLIN, (layer,))
    assert on_call(rota, utc("2026-10-25T00:29:59")) == ADA
    assert on_call(rota, utc("2026-10-25T00:30:00")) == BEN
    assert on_call(rota, utc("2026-10-25T01:30:00")) == BEN


def test_hours_over_midnight_belong_to_the_day_they_begin_on() -> None:
    nights = Layer(
        "Nights", (CAL,), MONDAY, time(0), hours=(Hours((4,), time(22), time(6)),)
    )  # Friday night
    rota = Rota(BERLIN, (nights, WEEKLY))
    assert on_call(rota, local("2026-03-06 21:59")) == ADA
    assert on_call(rota, local("2026-03-06 22:00")) == CAL
    assert on_call(rota, local("2026-03-07 05:59")) == CAL
    assert on_call(rota, local("2026-03-07 06:00")) == ADA
    assert on_call(rota, local("2026-03-07 22:00")) == ADA


def test_the_upper_layer_counts_and_the_next_fills_its_holes() -> None:
    office = Layer("Office", (BEN,), MONDAY, hours=(Hours((0, 1, 2, 3, 4), time(8), time(17)),))
    rota = Rota(BERLIN, (office, Layer("Rest", (CAL,), MONDAY)))
    assert on_call(rota, local("2026-03-03 12:00")) == BEN
    assert on_call(rota, local("2026-03-03 18:00")) == CAL
    assert on_call(Rota(BERLIN, (office,)), local("2026-03-07 12:00")) is None


def test_a_layer_ends_on_its_date_at_the_handover() -> None:
    ending = Layer("First", (ADA,), MONDAY, ends_on=date(2026, 3, 9))
    rota = Rota(BERLIN, (ending,))
    assert on_call(rota, local("2026-03-09 08:59")) == ADA
    assert on_call(rota, local("2026-03-09 09:00")) is None


def test_who_takes_over_counts_and_the_last_agreement_wins() -> None:
    one = Override(CAL, utc("2026-03-03T10:00"), utc("2026-03-03T12:00"))
    two = Override(BEN, utc("2026-03-03T11:00"), utc("2026-03-03T13:00"))
    rota = Rota(BERLIN, (WEEKLY,), (one, two))
    said = [on_call(rota, utc(f"2026-03-03T{hour:02}:00")) for hour in (9, 10, 11, 12, 13)]
    assert said == [ADA, CAL, BEN, BEN, ADA]


def test_who_is_gone_is_passed_over() -> None:
    below = Layer("Second", (CAL,), MONDAY)
    at = local("2026-03-03 12:00")
    assert on_call(Rota(BERLIN, (WEEKLY, below), gone=frozenset({ADA})), at) == CAL
    assert on_call(Rota(BERLIN, (WEEKLY,), gone=frozenset({ADA})), at) is None


def test_holes_are_found() -> None:
    office = Layer("Office", (ADA,), MONDAY, hours=(Hours((0,), time(8), time(17)),))
    found = gaps(Rota(BERLIN, (office,)), local("2026-03-02 08:00"), local("2026-03-03 00:00"))
    # the first turn begins at nine, so the first hour of the first Monday has nobody either
    assert [(one.start, one.end) for one in found] == [
        (local("2026-03-02 08:00"), local("2026-03-02 09:00")),
        (local("2026-03-02 17:00"), local("2026-03-03 00:00")),
    ]


def test_the_present_shift_ends_with_the_turn() -> None:
    found = next_change(Rota(BERLIN, (WEEKLY,)), local("2026-03-03 12:00"))
    assert found is not None
    assert (found.person, found.end) == (ADA, local("2026-03-09 09:00"))


clocks = some.times(max_value=time(23, 45)).map(lambda t: t.replace(second=0, microsecond=0))
hours = some.builds(Hours, some.sets(some.integers(0, 6), min_size=1).map(tuple), clocks, clocks)
layers = some.builds(
    Layer, some.sampled_from(["a", "b"]),
    some.lists(some.integers(1, 4), min_size=1, max_size=4).map(tuple),
    some.dates(date(2026, 2, 1), date(2026, 4, 20)), clocks, some.sampled_from([DAY, WEEK]),
    some.integers(1, 3), some.none() | some.dates(date(2026, 4, 21), date(2026, 5, 10)),
    some.lists(hours, max_size=2).map(tuple),
)  # fmt: skip
instants = some.integers(0, 60 * 24 * 60).map(lambda m: utc("2026-03-10") + timedelta(minutes=m))
overrides = some.builds(
    lambda p, start, length: Override(p, start, start + timedelta(minutes=length)),
    some.integers(1, 4), instants, some.integers(1, 5000),
)  # fmt: skip
rotas = some.builds(
    Rota, some.sampled_from([BERLIN, YORK, "Australia/Lord_Howe", "UTC"]),
    some.lists(layers, max_size=3).map(tuple), some.lists(overrides, max_size=3).map(tuple),
    some.frozensets(some.integers(1, 4), max_size=1),
)  # fmt: skip


@settings(max_examples=60)
@given(rotas, instants, some.integers(1, 20_000), some.integers(0, 10**6))
def test_shifts_lie_end_to_end_and_say_what_each_instant_says(
    rota: Rota, since: datetime, minutes: int, share: int
) -> None:
    until = since + timedelta(minutes=minutes)
    found = shifts(rota, since, until)
    assert (found[0].start, found[-1].end) == (since, until)
    for one, two in itertools.pairwise(found):
        assert one.end == two.start
    at = since + (until - since) * share / 10**6
    inside = [one for one in found if one.start <= at < one.end]
    if at < until:
        assert [one.person for one in inside] == [on_call(rota, at)]


@settings(max_examples=60)
@given(layers, some.sampled_from([BERLIN, YORK, "Australia/Lord_Howe"]), some.integers(0, 60))
def test_turns_follow_each_other_without_a_hole(layer: Layer, zone: str, number: int) -> None:
    start, end = turn_bounds(layer, zone, number)
    assert start < end
    assert turn_bounds(layer, zone, number + 1)[0] == end
    days = timedelta(days=layer.turn_days)
    assert abs((end - start) - days) <= 2 * HOUR
