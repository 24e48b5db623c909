"""Spans, hours and agreements as people write and read them."""

from decimal import Decimal

import pytest

from contracts.rules import calendar, words, written_hours
from contracts.rules.spans import NotASpan, read_span, write_span
from contracts.rules.terms import Flat, PerDevice, PerUser
from msp.kit.facts import InvalidFact


@pytest.mark.parametrize(
    ("text", "seconds", "written"),
    [
        ("15 min", 900, "15 min"),
        ("15m", 900, "15 min"),
        ("4 h", 14400, "4 h"),
        ("1h30m", 5400, "1 h 30 min"),
        ("1 hour 30 minutes", 5400, "1 h 30 min"),
        ("90 min", 5400, "1 h 30 min"),
        ("100h", 360000, "100 h"),
    ],
)
def test_a_span_is_read_and_written(text, seconds, written):
    assert read_span(text) == seconds
    assert write_span(seconds) == written
    assert read_span(written) == seconds


@pytest.mark.parametrize("text", ["", "soon", "4", "4 d", "4 h soon", "0 min", "-4 h", "٤ h"])
def test_what_is_no_span_is_refused_with_an_example(text):
    with pytest.raises(NotASpan, match="30 min"):
        read_span(text)


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("", []),
        ("09:00-17:00", [("09:00", "17:00")]),
        ("9:00 - 12:00, 13:00–17:00", [("09:00", "12:00"), ("13:00", "17:00")]),
        ("22:00 to 06:00", [("22:00", "06:00")]),
        ("00:00-24:00", [("00:00", "24:00")]),
    ],
)
def test_a_days_windows_are_read_and_written(text, windows):
    read = written_hours.read_windows(text)

    assert [(one["start"], one["end"]) for one in read] == windows
    assert written_hours.read_windows(written_hours.write_windows(read)) == read


@pytest.mark.parametrize("text", ["9-17", "09:00", "nine to five", "09:00-17:00 and more"])
def test_wrong_windows_are_refused(text):
    with pytest.raises(InvalidFact) as refused:
        written_hours.read_windows(text)
    assert refused.value.field == "windows"


def test_holidays_are_read_in_all_their_forms_and_written_back():
    text = (
        "Christmas: 12-25\nThanksgiving: 4th Thursday of November\n"
        "Memorial Day: last Mon May\nOuting: 2026-06-12, 2027-06-11"
    )

    read = written_hours.read_holidays(text)

    assert read == [
        {"name": "Christmas", "month": 12, "day": 25},
        {"name": "Thanksgiving", "month": 11, "weekday": 3, "nth": 4},
        {"name": "Memorial Day", "month": 5, "weekday": 0, "nth": -1},
        {"name": "Outing", "dates": ["2026-06-12", "2027-06-11"]},
    ]
    assert written_hours.read_holidays(written_hours.write_holidays(read)) == read
    stored = calendar.to_dict(calendar.from_dict({"zone": "UTC", "holidays": read}))
    assert written_hours.read_holidays(written_hours.write_holidays(stored["holidays"])) == read


@pytest.mark.parametrize(
    "line", ["Christmas", ": 12-25", "X: 4th Noday of November", "X: 4th Thursday of M", "X: soon"]
)
def test_a_wrong_holiday_is_refused(line):
    with pytest.raises(InvalidFact) as refused:
        written_hours.read_holidays(line)
    assert refused.value.field == "holidays"


def test_single_dates_are_read_and_written_back():
    read = written_hours.read_overrides("2026-12-24: 09:00-12:00\n2026-12-31: closed\n")

    assert read == [
        {"day": "2026-12-24", "windows": [{"start": "09:00", "end": "12:00"}]},
        {"day": "2026-12-31", "windows": []},
    ]
    assert written_hours.read_overrides(written_hours.write_overrides(read)) == read
    with pytest.raises(InvalidFact, match="closed"):
        written_hours.read_overrides("Christmas Eve: closed")


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (
            PerDevice(Decimal("62.00"), ("workstation", "laptop", "access_point")),
            "$62.00 a month for each workstation, laptop and access point, counted by the day",
        ),
        (
            PerDevice(Decimal("0.125"), included=5, counting="peak"),
            "0.125 USD a month for each device, counted at its most, the first 5 included",
        ),
        (
            PerUser(Decimal("9.5"), minimum=10),
            "$9.50 a month for each user, counted by the day, at least 10 charged",
        ),
        (Flat(Decimal(175)), "$175.00 a month"),
        (Flat(Decimal(175), prorate=False), "$175.00 a month, also for a part of a month"),
    ],
)
def test_a_line_is_one_sentence(terms, said):
    assert words.sentence(terms, "USD") == said


def test_two_versions_differ_in_what_a_reader_must_learn():
    targets = {str(n): {"response": 900, "resolution": 3600} for n in range(1, 5)}
    quicker = targets | {"1": {"response": 900, "resolution": 1800}}
    before = words.Said(
        "USD",
        [("a", "Workstations", PerDevice(Decimal(62))), ("b", "Lease", Flat(Decimal(175)))],
        "Standard, version 1", "Office", targets,
    )  # fmt: skip
    after = words.Said(
        "USD",
        [("a", "Workstations", PerDevice(Decimal(68))), ("c", "Users", PerUser(Decimal(9)))],
        "Standard, version 2", "Office", quicker,
    )  # fmt: skip

    found = [(one.before, one.after) for one in words.differences(before, after)]

    assert found == [
        ("Workstations: $62.00 a month for each device, counted by the day",
         "Workstations: $68.00 a month for each device, counted by the day"),
        ("Lease: $175.00 a month", ""),
        ("", "Users: $9.00 a month for each user, counted by the day"),
        ("Service level: Standard, version 1", "Service level: Standard, version 2"),
        ("Fix, critical: 1 h", "Fix, critical: 30 min"),
    ]  # fmt: skip
    assert words.differences(before, before) == []
