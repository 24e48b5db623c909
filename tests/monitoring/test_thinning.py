"""What was measured is thinned, packed and forgotten, and is the same values all the while."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitoring import actions, tasks
from monitoring.actions._cursor import HeldCursor
from monitoring.actions._history import History
from monitoring.gateways import stream
from monitoring.models import Cursor, Pack, Reading, Rollup, Series
from monitoring.queries import charts
from monitoring.rules import envelope
from monitoring.rules.series import day_of
from tests.monitoring.estate import BY, Estate, check

DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 6, 1, tzinfo=UTC)
AFTER = MIDNIGHT + 3 * DAY
INSTANTS = st.integers(0, DAY // timedelta(microseconds=1) - 1)


@pytest.fixture
def cpu(harbor: Estate) -> Series:
    known = check(harbor)
    return Series.objects.create(device=known.device, name="cpu", unit="%", last_at=AFTER)


def rows() -> list[tuple[int, datetime, float]]:
    return list(Reading.objects.order_by("series", "at").values_list("series", "at", "value"))


def pack(clock: datetime = AFTER) -> None:
    Cursor.objects.update_or_create(only=True, defaults={"rolled_until": clock})
    while actions.pack(clock=clock, by=BY, at=clock):
        pass


def lay_out() -> None:
    History.unpack([(one.series_id, one.day) for one in Pack.objects.all()], AFTER)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        INSTANTS, st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30
    )
)
def test_packed_and_laid_out_again_is_what_it_was(cpu: Series, measured: dict[int, float]) -> None:
    Pack.objects.all().delete()
    Reading.objects.all().delete()
    Reading.objects.bulk_create(
        Reading(series=cpu, at=MIDNIGHT + timedelta(microseconds=at), value=value)
        for at, value in measured.items()
    )
    before = rows()
    pack()
    assert rows() == []
    assert len(Pack.objects.get().steps) == len(before)
    lay_out()
    assert rows() == before


def test_only_days_that_are_over_for_a_day_are_packed(cpu: Series) -> None:
    for hours in (1, 23, 24, 47, 49):
        Reading.objects.create(series=cpu, at=MIDNIGHT + timedelta(hours=hours), value=hours)
    pack(MIDNIGHT + 2 * DAY - timedelta(minutes=1))
    assert Pack.objects.count() == 0
    pack(MIDNIGHT + 2 * DAY)
    assert [(one.day, one.values) for one in Pack.objects.all()] == [(MIDNIGHT, [1.0, 23.0])]
    pack(MIDNIGHT + 3 * DAY)
    assert [one.values for one in Pack.objects.order_by("day")] == [[1.0, 23.0], [24.0, 47.0]]
    assert [value for _s, _at, value in rows()] == [49.0]


def test_what_was_not_thinned_yet_is_not_packed(cpu: Series) -> None:
    """The drain held the position while the thinning was due, or a backlog came in at once."""
    for days in (0, 1):
        Reading.objects.create(series=cpu, at=MIDNIGHT + days * DAY, value=days)
    assert actions.pack(clock=AFTER, by=BY, at=AFTER) is False
    Cursor.objects.create(rolled_until=MIDNIGHT + DAY + timedelta(hours=3))
    assert actions.pack(clock=AFTER, by=BY, at=AFTER) is False
    assert [one.day for one in Pack.objects.all()] == [MIDNIGHT]
    assert [value for _s, _at, value in rows()] == [1.0]


def test_days_are_utc_whatever_the_session_thinks(cpu: Series) -> None:
    late = datetime(2026, 6, 1, 23, 30, tzinfo=ZoneInfo("America/Chicago"))
    Reading.objects.create(series=cpu, at=late, value=1.0)
    pack(late + 3 * DAY)
    assert Pack.objects.get().day == MIDNIGHT + DAY == day_of(late.astimezone(UTC))


def test_a_late_value_for_a_packed_day_changes_every_level(harbor: Estate, cpu: Series) -> None:
    noon = MIDNIGHT + timedelta(hours=12)
    for minute, value in ((0, 4.0), (1, 6.0), (61, 5.0)):
        Reading.objects.create(series=cpu, at=noon + timedelta(minutes=minute), value=value)
    clock = MIDNIGHT + 2 * DAY + timedelta(hours=1)
    Cursor.objects.create(evaluated_at=clock)
    assert actions.roll_up(clock=clock, by=BY, at=clock) == 2
    pack(clock)
    assert Pack.objects.count() == 1
    beat = {"host": "hdg-srv-01", "sent_at": "2026-06-01T12:02:00Z", "metrics": {"cpu": 50}}
    raw = json.dumps(beat).encode()
    received = int(clock.timestamp() * 1000)
    for _twice in range(2):  # what a client sends again changes nothing
        stream.line.add("t_alpha", envelope.pack(harbor.key.pk, received, envelope.JSON, raw))
        while tasks.step():
            pass
    levels = {one.seconds: (one.high, one.count) for one in Rollup.objects.order_by("-at")}
    assert levels == {300: (50.0, 3), 3600: (50.0, 3), 86400: (50.0, 4)}
    assert Pack.objects.count() == 0
    pack(clock)
    assert Pack.objects.get().values == [4.0, 6.0, 50.0, 5.0]


def test_hours_and_days_are_what_their_readings_are(cpu: Series) -> None:
    Cursor.objects.create(evaluated_at=AFTER)
    values = [(MIDNIGHT + timedelta(minutes=7 * n), float(n % 50)) for n in range(400)]
    Reading.objects.bulk_create(Reading(series=cpu, at=at, value=v) for at, v in values)
    for clock in (MIDNIGHT + timedelta(hours=5.3), MIDNIGHT + DAY / 2, AFTER):  # in any steps
        actions.roll_up(clock=clock, by=BY, at=clock)
    for seconds, spans in ((300, 864), (3600, 72), (86400, 3)):
        width = timedelta(seconds=seconds)
        expected = {}
        for place in range(spans):
            start = MIDNIGHT + place * width
            inside = [value for at, value in values if start <= at < start + width]
            if inside:
                expected[start] = (min(inside), max(inside), sum(inside), len(inside), inside[-1])
        found = Rollup.objects.filter(seconds=seconds)
        assert {r.at: (r.low, r.high, r.total, r.count, r.last) for r in found} == expected


def test_what_is_old_is_forgotten_by_setting_and_days_stay(cpu: Series, settings) -> None:
    settings.KEEP_READINGS, settings.KEEP_FINE, settings.KEEP_HOURLY = DAY, 2 * DAY, 3 * DAY
    for days in range(5):
        at = AFTER - days * DAY
        Pack.objects.create(series=cpu, day=at, steps=[0], values=[1.0])
        for seconds in (300, 3600, 86400):
            Rollup.objects.create(
                series=cpu, seconds=seconds, at=at, low=1, high=1, total=1, count=1, last=1
            )
    actions.forget(clock=AFTER, by=BY, at=AFTER)
    left = [Rollup.objects.filter(seconds=seconds).count() for seconds in (300, 3600, 86400)]
    assert (Pack.objects.count(), left) == (2, [3, 4, 5])


def test_nobody_packs_while_a_batch_goes_in(cpu: Series) -> None:
    Reading.objects.create(series=cpu, at=MIDNIGHT, value=1.0)
    Cursor.objects.create(rolled_until=AFTER)
    another = connection.copy()
    try:
        with another.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [HeldCursor.lock_of("t_alpha")])
        assert actions.pack(clock=AFTER, by=BY, at=AFTER) is True
        assert Pack.objects.count() == 0
    finally:
        another.close()
    assert actions.pack(clock=AFTER, by=BY, at=AFTER) is False
    assert Pack.objects.count() == 1


@pytest.mark.parametrize(("span", "seconds"), [("30d", 300), ("90d", 3600), ("1y", 86400)])
def test_a_long_range_is_drawn_from_the_level_it_needs(
    cpu: Series, span: str, seconds: int
) -> None:
    Cursor.objects.create(rolled_until=AFTER)
    at = AFTER - charts.RANGES[span] / 2
    for level, high in ((300, 1.0), (3600, 2.0), (86400, 3.0)):
        Rollup.objects.create(
            series=cpu, seconds=level, at=at, low=0.0, high=high, total=1, count=1, last=1
        )
    drawn = charts.points(cpu, charts.window(span, AFTER))
    assert max(value for _at, value in drawn) == {300: 1.0, 3600: 2.0, 86400: 3.0}[seconds]
