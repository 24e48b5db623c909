"""A calendar as the plain dictionary its versions are stored and posted as.

Hours are written as people read them (`09:00`, `24:00`), dates as year-month-day.
"""

import re
from typing import Any

from contracts.rules.calendar.hours import Holiday, Override, SupportCalendar, Window
from msp.kit.facts import Facts, InvalidFact, as_day, inside

_CLOCK = re.compile(r"([01]\d|2[0-4]):([0-5]\d)", re.ASCII)


def to_dict(calendar: SupportCalendar) -> dict[str, Any]:
    """The calendar in values that JSON has."""
    return {
        "zone": calendar.zone,
        "always_open": calendar.always_open,
        "windows": [
            {"weekday": window.weekday, **_hours(window.start, window.end)}
            for window in calendar.windows
        ],
        "overrides": [
            {"day": one.day.isoformat(), "windows": [_hours(*hours) for hours in one.windows]}
            for one in calendar.overrides
        ],
        "holidays": [_holiday(holiday) for holiday in calendar.holidays],
    }


def from_dict(values: object) -> SupportCalendar:
    """The calendar again; what cannot be one is refused with its field and reason."""
    facts = Facts(values)
    calendar = SupportCalendar(
        zone=facts.text("zone"),
        always_open=facts.flag("always_open", False),
        windows=tuple(
            _read_window(f"windows[{at}]", value)
            for at, value in enumerate(facts.items("windows", most=70))
        ),
        overrides=tuple(
            _read_override(f"overrides[{at}]", value)
            for at, value in enumerate(facts.items("overrides", most=2000))
        ),
        holidays=tuple(
            _read_holiday(f"holidays[{at}]", value)
            for at, value in enumerate(facts.items("holidays", most=500))
        ),
    )
    facts.done()
    return calendar


def _hours(start: int, end: int) -> dict[str, str]:
    return {"start": _clock(start), "end": _clock(end)}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _holiday(holiday: Holiday) -> dict[str, Any]:
    stored: dict[str, Any] = {"name": holiday.name}
    if holiday.dates:
        return stored | {"dates": [day.isoformat() for day in holiday.dates]}
    stored["month"] = holiday.month
    if holiday.day is not None:
        return stored | {"day": holiday.day}
    return stored | {"weekday": holiday.weekday, "nth": holiday.nth}


def _read_window(path: str, value: object) -> Window:
    with inside(path):
        facts = Facts(value)
        start, end = _read_hours(facts)
        window = Window(facts.whole("weekday"), start, end)
        facts.done()
    return window


def _read_override(path: str, value: object) -> Override:
    with inside(path):
        facts = Facts(value)
        windows = []
        for at, hours in enumerate(facts.items("windows", most=24)):
            with inside(f"windows[{at}]"):
                one = Facts(hours)
                windows.append(_read_hours(one))
                one.done()
        override = Override(facts.day("day"), tuple(windows))
        facts.done()
    return override


def _read_holiday(path: str, value: object) -> Holiday:
    with inside(path):
        facts = Facts(value)
        parts = {
            name: facts.whole(name) if facts.has(name) else None
            for name in ("month", "day", "weekday", "nth")
        }
        dates = tuple(as_day("dates", text) for text in facts.texts("dates", most=500))
        holiday = Holiday(facts.text("name"), **parts, dates=dates)
        facts.done()
    return holiday


def _read_hours(facts: Facts) -> tuple[int, int]:
    return _read_clock(facts, "start"), _read_clock(facts, "end")


def _read_clock(facts: Facts, name: str) -> int:
    text = facts.text(name)
    found = _CLOCK.fullmatch(text)
    if not found or (found[1] == "24" and found[2] != "00"):
        raise InvalidFact(name, f"{text!r:.80} is not a time like 09:00, up to 24:00")
    return int(found[1]) * 60 + int(found[2])
