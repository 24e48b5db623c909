"""Calendars as they are stored, and what is refused by field."""

import json
import pickle

import pytest

from contracts.rules import calendar
from contracts.rules.calendar import SupportCalendar
from msp.kit.facts import InvalidFact
from tests.contracts.rules.calendars import ALL_WEEK, ALWAYS, LUNCH, NIGHT, OFFICE, weekdays


@pytest.mark.parametrize("shape", [OFFICE, LUNCH, NIGHT, ALWAYS, ALL_WEEK])
def test_a_stored_calendar_reads_back_as_itself(shape):
    stored = json.loads(json.dumps(calendar.to_dict(shape)))
    assert calendar.from_dict(stored) == shape
    assert pickle.loads(pickle.dumps(shape)) == shape  # noqa: S301


def test_hours_are_stored_as_people_write_them():
    assert calendar.to_dict(NIGHT)["windows"][0] == {
        "weekday": 0,
        "start": "22:00",
        "end": "06:00",
    }


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"zone": "Mars/Olympus"}, "zone", "is not a known time zone"),
        ({"zone": None}, "zone", "must be a text, not null"),
        ({"always_open": "yes"}, "always_open", "must be true or false"),
        ({"windows": {}}, "windows", "must be a list, not dict"),
        ({"windows": ["9-17"]}, "windows[0].value", "must be an object, not str"),
        (
            {"windows": [{"weekday": 7, "start": "09:00", "end": "17:00"}]},
            "windows[0].weekday",
            "0 .Monday. to 6",
        ),
        (
            {"windows": [{"weekday": 1, "start": "9:00", "end": "17:00"}]},
            "windows[0].start",
            "'9:00' is not a time",
        ),
        (
            {"windows": [{"weekday": 1, "start": "24:00", "end": "17:00"}]},
            "windows[0].start",
            "must be 00:00 to 23:59",
        ),
        (
            {"windows": [{"weekday": 1, "start": "09:00", "end": "24:30"}]},
            "windows[0].end",
            "is not a time",
        ),
        ({"windows": [{"weekday": 1, "start": "09:00"}]}, "windows[0].end", "is missing"),
        (
            {"windows": [{"weekday": 1, "start": "09:00", "end": "17:00", "till": 3}]},
            "windows[0].till",
            "is not a known field",
        ),
        ({"windows": [{}] * 71}, "windows", "has 71 entries, at most 70"),
        ({"overrides": [{"day": "2026-02-30"}]}, "overrides[0].day", "is not a date"),
        ({"overrides": [{"day": "2026-02-03"}] * 2}, "overrides", "2026-02-03 is given twice"),
        (
            {"overrides": [{"day": "2026-02-03", "windows": [{"start": "x", "end": "y"}]}]},
            "overrides[0].windows[0].start",
            "is not a time",
        ),
        ({"holidays": [{"name": "Off"}]}, "holidays[0].name", "needs a day of a month"),
        (
            {"holidays": [{"name": "Off", "month": 2, "day": 30}]},
            "holidays[0].day",
            "must be 1 to 29",
        ),
        (
            {"holidays": [{"name": "Off", "month": 13, "day": 1}]},
            "holidays[0].month",
            "must be 1 to 12",
        ),
        (
            {"holidays": [{"name": "Off", "month": 1, "weekday": 1, "nth": 6}]},
            "holidays[0].nth",
            "must be 1 to 5, or -1",
        ),
        ({"holidays": [{"name": "Off", "dates": ["soon"]}]}, "holidays[0].dates", "is not a date"),
        (
            {"holidays": [{"name": "Off", "dates": ["2026-01-01"], "month": 1}]},
            "holidays[0].dates",
            "stand alone",
        ),
        ({"closed": True}, "closed", "is not a known field"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused_by_field(change, field, reason):
    with pytest.raises(InvalidFact, match=reason) as refusal:
        calendar.from_dict({"zone": "UTC"} | change)
    assert refusal.value.field == field


def test_an_always_open_calendar_has_no_hours():
    with pytest.raises(InvalidFact, match="always_open: leaves no room"):
        SupportCalendar("UTC", always_open=True, windows=weekdays((9, 17)))
