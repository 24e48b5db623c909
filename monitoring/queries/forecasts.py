"""Where a device's quantities are heading, and which are unusual now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from monitoring.models import Rollup, Series, Signal
from monitoring.rules import forecasting as rules
from monitoring.rules.forecasting import Forecast, Point
from monitoring.rules.series import FINE, HOURLY, label_of

SINCE = timedelta(days=30)
SHOWN_AHEAD = timedelta(days=14)
STEPS = 14
SOON = timedelta(days=14)
ALIVE = timedelta(days=1)  # a series nothing came of since says nothing of next week
NEAR = 40.0  # of what is farther from its end than that none gets there in a week
AT_ONCE = 200


@dataclass(frozen=True)
class Outlook:
    """One quantity: its forecast in words, and the usual value where this one is not."""

    series: Series
    name: str
    words: str
    soon: bool
    usual: float | None


def outlooks(series: Sequence[Series], at: datetime, most: int = 8) -> list[Outlook]:
    """The quantities that run towards an end, and all that are unusual at this hour."""
    past = pasts(series[:most], at)
    found = []
    for one in series[:most]:
        points, aim = past[one.pk], rules.aim_of(one.name)
        ahead = rules.forecast(points, aim) if aim else None
        usual = _unusual(one, points)
        if ahead is None and usual is None:
            continue
        name = label_of(one.name)
        words = rules.in_words(ahead, name, one.unit) if ahead else ""
        soon = bool(ahead and ahead.reached_at and ahead.reached_at - at <= SOON)
        found.append(Outlook(one, name, words, soon, usual))
    return found


def _unusual(series: Series, points: Sequence[Point]) -> float | None:
    if series.last_value is None or series.last_at is None:
        return None
    return rules.unusual(series.last_value, series.last_at, points)


def pasts(series: Sequence[Series], at: datetime) -> dict[int, list[Point]]:
    """The last month of some series, by the hour; finer where hours are not made yet."""
    found: dict[int, list[Point]] = {one.pk: [] for one in series}
    for seconds in (HOURLY, FINE):
        missing = [pk for pk, points in found.items() if len(points) < rules.LEAST_POINTS]
        rows = Rollup.objects.filter(series_id__in=missing, seconds=seconds, at__gte=at - SINCE)
        kept: dict[int, list[Point]] = {}
        for pk, when, total, count in rows.order_by("at").values_list(
            "series_id", "at", "total", "count"
        ):
            kept.setdefault(pk, []).append((when, total / count))
        found |= kept
    return found


def forecast_of(series: Series, at: datetime) -> Forecast | None:
    """What becomes of one quantity."""
    aim = rules.aim_of(series.name)
    return rules.forecast(pasts([series], at)[series.pk], aim) if aim else None


def ends_soon(at: datetime) -> list[tuple[Series, Forecast, float]]:
    """What is likely at its end within a week, with how likely: full disks, certificates.

    What somebody was told of, because its values are over a limit, is foreseen no more.
    """
    told = Signal.objects.filter(cleared_at__isnull=True, check_row__series__isnull=False)
    rows = Series.objects.filter(
        _near_its_end(), last_at__gte=at - ALIVE, device__retired_on__isnull=True,
        device__client__archived_at__isnull=True,
    ).exclude(pk__in=told.values("check_row__series"))  # fmt: skip
    near = [(one, aim) for one in rows.select_related("device__client")
            if (aim := rules.aim_of(one.name))]  # fmt: skip
    found = []
    for start in range(0, len(near), AT_ONCE):
        part = near[start : start + AT_ONCE]
        past = pasts([one for one, _aim in part], at)
        for one, aim in part:
            ahead = rules.forecast(past[one.pk], aim)
            likely = rules.chance(ahead, at + rules.SOON) if ahead else 0.0
            if ahead and likely >= rules.LIKELY:
                found.append((one, ahead, likely))
    return found


def _near_its_end() -> Q:
    """Series whose first word says that they run towards an end, and that are near it."""
    found = Q(pk__in=[])
    for word, low, high in rules.near(NEAR):
        found |= Q(name__istartswith=word, last_value__range=(low, high))
    return found


def drawn(answer: dict[str, Any], series: Series, at: datetime) -> dict[str, Any]:
    """A chart's answer with two weeks ahead: the line, and the bounds it lies within."""
    found = forecast_of(series, at)
    if found is None or not found.trend.sure or not answer["t"]:
        return answer
    last = answer["t"][-1]
    ahead = [at + SHOWN_AHEAD * step / STEPS for step in range(STEPS + 1)]
    ahead = [one for one in ahead if one.timestamp() > last]
    gap: list[float | None] = [None] * len(answer["t"])
    lines = {
        "forecast": found.trend.slope,
        "low": min(found.trend.low, found.trend.high),
        "high": max(found.trend.low, found.trend.high),
    }
    whole = answer.get("max") == 100

    def value(when: datetime, slope: float) -> float:
        line = found.trend.value_at(when, slope)
        return min(100.0, max(0.0, line)) if whole else line

    series_drawn = [
        one | {"v": [*one["v"], *([None] * len(ahead))]} for one in answer["series"]
    ] + [
        {
            "name": "Forecast" if kind == "forecast" else kind, "unit": series.unit, "kind": kind,
            "v": [*gap, *(value(one, slope) for one in ahead)],
        }
        for kind, slope in lines.items()
    ]  # fmt: skip
    return answer | {
        "t": [*answer["t"], *(one.timestamp() for one in ahead)], "series": series_drawn,
        "now": at.timestamp(),
    }  # fmt: skip
