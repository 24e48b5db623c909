"""What each day of a year is."""

from datetime import date

from contracts.rules.calendar import Holiday, Override, SupportCalendar, Window
from contracts.rules.year import Kind, in_words, year_of
from tests.contracts.rules.calendars import ALWAYS, OFFICE

SHOP = SupportCalendar(
    "America/Chicago",
    windows=(
        *(Window(day, 540, 720) for day in range(5)),
        *(Window(day, 780, 1020) for day in range(5)),
        Window(5, 1320, 360),
    ),
    overrides=(
        Override(date(2026, 12, 24), ((540, 720),)),
        Override(date(2026, 12, 25), ((600, 660),)),  # an emergency shift on a holiday
        Override(date(2026, 6, 7), ((540, 1440),)),  # a Sunday
        Override(date(2026, 6, 8), ()),
        Override(date(2026, 6, 9), ((600, 720), (780, 1080))),
        Override(date(2026, 6, 14), ()),
    ),
    holidays=(Holiday.fixed("Christmas", 12, 25), Holiday.fixed("New Year", 1, 1)),
)


def kind(day: date) -> Kind:
    return year_of(SHOP, day.year).months[day.month - 1].days[day.day - 1].kind


def test_a_day_is_told_by_what_differs_from_its_week():
    assert kind(date(2026, 6, 3)) is Kind.OPEN
    assert kind(date(2026, 6, 6)) is Kind.OPEN  # the night shift begins on Saturday
    assert kind(date(2026, 6, 14)) is Kind.CLOSED  # closed twice is closed
    assert kind(date(2026, 12, 24)) is Kind.SHORT
    assert kind(date(2026, 12, 25)) is Kind.EXTRA
    assert kind(date(2026, 6, 7)) is Kind.EXTRA
    assert kind(date(2026, 6, 8)) is Kind.HOLIDAY
    assert kind(date(2026, 6, 9)) is Kind.OPEN  # other hours, as many of them
    assert kind(date(2027, 1, 1)) is Kind.HOLIDAY


def test_a_year_has_all_its_days_and_says_what_they_are():
    year = year_of(SHOP, 2028)
    assert sum(year.counts.values()) == 366
    assert [len(month.days) for month in year.months][1] == 29
    assert year.months[0].indent == 5
    assert [one.words for one in year_of(SHOP, 2026).differing][:2] == [
        "New Year, closed",
        "09:00–24:00 on this date",
    ]
    assert in_words(year_of(OFFICE, 2026).counts) == "258 open, 104 closed, 1 shorter, 2 holidays"
    assert in_words(year_of(ALWAYS, 2026).counts) == "365 open"
