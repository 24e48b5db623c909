"""Where a quantity is heading: robust against what is odd, silent about what is not sure."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitoring.rules.forecasting import (
    AHEAD,
    LEAST_POINTS,
    SOON,
    Aim,
    aim_of,
    backtest,
    chance,
    forecast,
    in_words,
    thinned,
    trend,
    unusual,
)

T0 = datetime(2026, 6, 1, tzinfo=UTC)
DISK, CERT = aim_of("disk:/var"), aim_of("cert:example.com")
assert DISK is not None
assert CERT is not None


def daily(values: list[float], hours: float = 24) -> list[tuple[datetime, float]]:
    return [(T0 + timedelta(hours=hours * n), value) for n, value in enumerate(values)]


def test_a_steady_disk_is_full_on_the_day_its_line_says() -> None:
    points = daily([50 + 0.5 * day for day in range(30)])
    found = forecast(points, DISK)
    assert found is not None
    assert found.trend.slope == pytest.approx(0.5)
    assert found.reached_at == pytest.approx(T0 + timedelta(days=100), abs=timedelta(hours=1))
    assert found.error == pytest.approx(0, abs=1e-9)
    assert found.tries > 5
    said = in_words(found, "Disk /var", "%")
    assert said.startswith("Disk /var grows by 0.5% a day and would be full in about 71 days (71 ")
    assert "off after a week" in said


@pytest.mark.parametrize(
    ("values", "aim"),
    [([90 + 0.5 * n for n in range(30)], DISK), ([20.0 - n for n in range(30)], CERT)],
)
def test_what_is_past_its_end_is_there_already(values: list[float], aim: Aim) -> None:
    points = daily(values)
    found = forecast(points, aim)
    assert found is not None
    assert found.reached_at == points[-1][0]


def test_a_trend_of_almost_nothing_has_no_end() -> None:
    found = forecast(daily([50 + 1e-9 * day for day in range(30)]), DISK)
    assert found is not None
    assert found.reached_at is None


def test_a_certificate_runs_out_on_its_day() -> None:
    found = forecast(daily([60.0 - day for day in range(20)]), CERT)
    assert found is not None
    assert found.reached_at == T0 + timedelta(days=60)


@given(some.integers(0, 10**6), some.floats(-2, 2), some.integers(0, 7))
def test_a_few_odd_values_do_not_bend_it(seed: int, slope: float, odd: int) -> None:
    dice = random.Random(seed)  # noqa: S311
    values = [50 + slope * day for day in range(30)]
    for place in dice.sample(range(30), odd):
        values[place] = dice.choice([0.0, 1000.0])
    found = trend(daily(values))
    assert found is not None
    assert found.slope == pytest.approx(slope, abs=0.35 + abs(slope) / 2)
    assert found.low <= found.slope <= found.high


def test_what_rises_and_is_cleared_again_gives_no_alarm() -> None:
    """Logs that fill a disk for two days and are rotated away."""
    found = forecast(daily([40 + 10 * (n % 8) for n in range(120)], hours=6), DISK)
    assert found is not None
    assert found.reached_at is None


@pytest.mark.parametrize(
    ("values", "least", "most"),
    [
        ([80 + 0.6 * n for n in range(30)], 1.0, 1.0),  # full in four days, without a doubt
        ([50 + 0.5 * n for n in range(30)], 0.0, 0.0),  # in two months
        ([40 + 10.0 * (n % 8) for n in range(120)], 0.0, 0.0),  # logs that are rotated away
        ([99.0] * 30, 0.0, 0.0),  # nearly full, and has been for a month
        ([100.0] * 30, 0.0, 0.0),  # full, and always was
        ([90 + 0.5 * n for n in range(30)], 0.0, 0.0),  # full already
        ([69 + 0.8 * n + (1.5 if n % 3 else -3) for n in range(30)], 0.0, 0.9),  # it may be
        ([72 + 0.9 * n + (0.5 if n % 3 else -1) for n in range(30)], 0.9, 1.0),  # it will be
    ],
)
def test_how_likely_it_is_full_within_a_week(
    values: list[float], least: float, most: float
) -> None:
    found = forecast(daily(values, hours=6 if len(values) > 30 else 24), DISK)
    assert found is not None
    assert least <= chance(found, found.trend.at + SOON) <= most
    falling = forecast(daily([100 - value for value in values]), Aim(0, False, "empty"))
    assert falling is not None
    if len(values) == 30:  # the other way round it is the same
        rising = chance(found, found.trend.at + SOON)
        assert chance(falling, found.trend.at + SOON) == pytest.approx(rising)


def test_noise_without_a_trend_says_so() -> None:
    dice = random.Random(7)  # noqa: S311
    found = forecast(daily([50 + dice.uniform(-5, 5) for _ in range(30)]), DISK)
    assert found is not None
    assert found.reached_at is None
    assert "neither up nor down for certain" in in_words(found, "Disk", "%")


def test_a_disk_that_empties_is_never_full() -> None:
    found = forecast(daily([90 - day for day in range(30)]), DISK)
    assert found is not None
    assert found.reached_at is None
    assert "falls by 1%" in in_words(found, "Disk", "%")


@pytest.mark.parametrize(
    "points", [[], daily([1.0] * (LEAST_POINTS - 1)), daily([1.0] * 50, hours=1)]
)
def test_too_little_past_gives_no_forecast(points: list[tuple[datetime, float]]) -> None:
    assert forecast(points, DISK) is None


def test_the_error_is_what_came_of_earlier_forecasts() -> None:
    """A disk that grew and then stopped: a week after the bend the line was four points off."""
    values = [50 + 0.5 * min(day, 20) for day in range(40)]
    error, tries = backtest(daily(values))
    assert tries > 8
    assert error is not None
    assert 0 < error < 5
    assert backtest(daily([1.0] * 10)[: AHEAD.days]) == (None, 0)


def test_many_points_are_thinned_evenly() -> None:
    few = thinned(daily([float(n) for n in range(1000)], hours=1))
    assert len(few) <= 90
    assert [value for _at, value in few] == sorted(value for _at, value in few)


def test_a_value_is_unusual_against_the_same_hour_of_other_days() -> None:
    nights = [
        (T0 + timedelta(days=day, hours=hour), 90.0 if hour == 2 else 10.0)
        for day in range(14)
        for hour in range(24)
    ]
    at = T0 + timedelta(days=14, hours=2)
    assert unusual(90, at, nights) is None  # the nightly backup
    assert unusual(10, at, nights) == 90
    noon = T0 + timedelta(days=14, hours=12)
    assert unusual(90, noon, nights) == 10
    assert unusual(12, noon, nights) is None
    assert unusual(90, noon, nights[:48]) is None  # two days are no habit


def test_only_what_runs_towards_an_end_is_forecast() -> None:
    assert aim_of("cpu") is None
    assert aim_of("memory") is not None
    assert aim_of("battery.health") is not None
