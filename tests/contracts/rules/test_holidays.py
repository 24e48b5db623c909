"""Holidays from a country and from a file, and joined with those there are."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.ical import read_ical
from contracts.rules.public_holidays import countries, holidays_of
from contracts.rules.written_hours import merged_holidays, read_holidays, write_holidays
from msp.kit.facts import InvalidFact

FIRST, LAST = date(2026, 1, 1), date(2027, 12, 31)


def ics(*lines: str) -> bytes:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR"]).encode()


def event(*lines: str) -> list[str]:
    return ["BEGIN:VEVENT", *lines, "END:VEVENT"]


def days_of(*lines: str) -> dict[str, list[str]]:
    found = read_ical(ics(*event(*lines)), first=FIRST, last=LAST)
    return {one.name: [day.isoformat() for day in one.days] for one in found}


def test_a_country_gives_its_public_holidays_and_a_part_its_own():
    found = dict(holidays_of("US", first_year=2026, years=2))
    assert found["Thanksgiving Day"] == (date(2026, 11, 26), date(2027, 11, 25))
    assert found["Independence Day (observed)"][0] == date(2026, 7, 3)
    bavaria = dict(holidays_of("DE", "BY", first_year=2026, years=1))
    assert set(dict(holidays_of("DE", first_year=2026, years=1))) < set(bavaria)
    assert "BY" in countries()["DE"]
    assert all(":" not in name for name in bavaria)


@pytest.mark.parametrize(
    ("country", "part", "years", "field"),
    [("XX", "", 5, "country"), ("DE", "CA", 5, "part"), ("DE", "", 0, "years")],
)
def test_what_is_no_country_is_named(country, part, years, field):
    with pytest.raises(InvalidFact) as refused:
        holidays_of(country, part, first_year=2026, years=years)
    assert refused.value.field == field


def test_a_day_a_stretch_and_a_long_line():
    assert days_of("DTSTART;VALUE=DATE:20261224", "SUMMARY:Christmas\\, early") == {
        "Christmas, early": ["2026-12-24"]
    }
    assert days_of(
        "DTSTART;VALUE=DATE:20261230", "DTEND;VALUE=DATE:20270102", "SUMMARY:Between the", "  years"
    ) == {"Between the years": ["2026-12-30", "2026-12-31", "2027-01-01"]}


def test_repeated_days_are_followed_within_the_years_asked_for():
    yearly = days_of("DTSTART;VALUE=DATE:20201101", "RRULE:FREQ=YEARLY", "SUMMARY:Saints")
    assert yearly == {"Saints": ["2026-11-01", "2027-11-01"]}
    floating = days_of(
        "DTSTART;VALUE=DATE:20201126", "SUMMARY:Thanks", "EXDATE;VALUE=DATE:20271125",
        "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;UNTIL=20301231T000000Z",
    )  # fmt: skip
    assert floating == {"Thanks": ["2026-11-26"]}


def test_appointments_and_cancelled_days_close_nothing():
    assert days_of("DTSTART:20260601T090000Z", "SUMMARY:Call") == {}
    assert days_of("DTSTART;VALUE=DATE:20260601", "STATUS:CANCELLED") == {}
    assert days_of("SUMMARY:Nothing") == {}


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=YEARLY;BYHOUR=0,1,2,3;BYMINUTE=1;BYSECOND=1",
        "FREQ=YEARLY;INTERVAL=0",
        "FREQ=YEARLY;BYDAY=99",
        "nonsense",
    ],
)
def test_a_rule_that_would_never_end_is_refused(rule):
    with pytest.raises(InvalidFact) as refused:
        days_of("DTSTART;VALUE=DATE:20200101", f"RRULE:{rule}")
    assert refused.value.field == "file"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7",
        b"x" * 2_000_001,
        ics(*event("DTSTART;VALUE=DATE:20260101") * 2001),
        ics(*event("DTSTART;VALUE=DATE:20260101", "RRULE:FREQ=WEEKLY") * 301),
    ],
    ids=["empty", "other", "large", "many", "repeating"],
)
def test_what_is_no_list_of_holidays_is_refused(content):
    with pytest.raises(InvalidFact):
        read_ical(content, first=FIRST, last=LAST)


@given(noise=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_noise_in_a_file_is_read_or_refused_and_never_more(noise):
    content = b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + noise + b"\nEND:VEVENT"
    with suppress(InvalidFact):
        assert len(read_ical(content, first=FIRST, last=LAST)) <= 1


def test_added_holidays_join_those_of_their_name():
    before = read_holidays("Christmas: 12-25\nOuting: 2026-06-12")
    added = [
        {"name": "Outing", "dates": ["2027-06-11", "2026-06-12"]},
        {"name": "Christmas", "dates": ["2026-12-25"]},
        {"name": "Labor Day", "dates": ["2026-09-07"]},
    ]
    written = write_holidays(merged_holidays(before, added))
    assert written == ("Christmas: 12-25\nOuting: 2026-06-12, 2027-06-11\nLabor Day: 2026-09-07")
    assert read_holidays(written)
