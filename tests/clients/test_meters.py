"""Reading meters: by hand and by programs, corrected, explained, and kept from other eyes."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from contracts.clients import actions, queries
from contracts.clients.models import MeterReading
from contracts.rules.metering import Dial
from msp.kit.refusals import Refused
from tests import make

SINCE = {"counts_from_on": date(2026, 1, 1), "by": make.BY, "at": make.STARTED_AT}


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 12, tzinfo=UTC)


@pytest.fixture
def harbor(alpha):
    return make.client()


@pytest.fixture
def pages(harbor):
    return actions.add_meter(client=harbor, name="Pages", measure="pages", **SINCE)


def read(meter, value, when, **more):
    return actions.record_reading(
        meter=meter, value=Decimal(value), taken_at=when, by=make.BY, at=more.pop("at", when),
        **more,
    )  # fmt: skip


def test_what_a_source_sends_twice_is_one_reading(pages):
    first = read(pages, "100", at(5, 1), source="api", source_key="k1")
    assert read(pages, "100", at(5, 1), source="api", source_key="k1").pk == first.pk
    read(pages, "150", at(6, 1))
    read(pages, "160", at(6, 2))  # by hand there is no key, and two are two
    assert [(one.row.value, one.used) for one in queries.readings_of(pages)] == [
        (160, 10), (150, 50), (100, None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "when", "field"),
    [("-1", at(5, 1), "value"), ("10000", at(5, 1), "value"), ("5", at(7, 1), "taken_at")],
)
def test_what_a_meter_cannot_have_shown_is_refused(harbor, value, when, field):
    meter = actions.add_meter(
        client=harbor, name="Colour", measure="pages", dial=Dial(wraps_at=Decimal(10_000)), **SINCE
    )
    with pytest.raises(Refused) as refused:
        read(meter, value, when, at=at(6, 1))
    assert refused.value.field == field


def test_a_drop_waits_for_an_explanation_and_a_correction_is_known_later(pages):
    read(pages, "9950", at(5, 1))
    low = read(pages, "40", at(6, 1))
    assert [one.open for one in queries.readings_of(pages)] == [True, False]
    said = {"reading": low, "reason": "the board was swapped", "by": make.BY}
    with pytest.raises(Refused):  # nobody knows at which figure it would begin again
        actions.correct_reading(value=low.value, drop="rollover", at=at(6, 2), **said)
    actions.correct_reading(value=low.value, drop="reset", at=at(6, 2), **said)
    assert [(one.used, one.how) for one in queries.readings_of(pages)] == [
        (40, "reset"),
        (None, ""),
    ]
    actions.correct_reading(value=None, at=at(6, 3), **said)
    assert [one.row.value for one in queries.readings_of(pages)] == [9950]
    known = [
        len(queries.metered([pages.pk], day)[pages.pk].readings)
        for day in (at(5, 2), at(6, 1), at(6, 4))
    ]
    assert known == [1, 2, 1]
    assert queries.learned_of([pages.pk], at(6, 2), at(6, 4)) == at(5, 1)
    assert queries.learned_of([pages.pk], at(6, 3), at(6, 4)) is None


def test_what_a_dial_means_is_known_from_an_instant_on(pages):
    read(pages, "9950", at(5, 1))
    wraps = Dial(wraps_at=Decimal(10_000))
    actions.say_dial(meter=pages, dial=wraps, by=make.BY, at=at(6, 1))
    pages.refresh_from_db()
    assert (queries.dial_of(pages, at(5, 9)), queries.dial_of(pages)) == (Dial(), wraps)
    with pytest.raises(Refused):
        actions.say_dial(meter=pages, dial=Dial("level"), by=make.BY, at=at(6, 2))


def test_the_meters_page_reads_explains_and_refuses(ada, guy, harbor, pages):
    home = f"/meters/{pages.pk}"
    assert "Nobody has read it yet" in ada.get(home).content.decode()
    typed = {"value": "9950", "taken_at": "2026-05-01T09:00"}
    assert ada.post(f"{home}/read", typed).status_code == 303
    assert ada.post(f"{home}/read", typed | {"taken_at": "2199-05-01T09:00"}).status_code == 422
    ada.post(f"{home}/read", {"value": "40", "taken_at": "2026-06-01T09:00"})
    assert "Less than before" in ada.get(home).content.decode()
    low = MeterReading.objects.get(value=40)
    fix = {"value": "40", "drop": "reset", "reason": "swapped"}
    assert ada.post(f"{home}/readings/{low.pk}", fix | {"reason": ""}).status_code == 422
    assert ada.post(f"{home}/readings/{low.pk}", fix).status_code == 303
    assert ada.post(f"{home}/dial", {"shows": "counter", "wraps_at": "99999"}).status_code == 303
    assert ada.post(f"{home}/dial", {"shows": "level"}).status_code == 422
    assert guy.post(f"{home}/read", typed).status_code == 403
    assert "40 pages" in ada.get(f"/clients/{harbor.slug}/holdings").content.decode()
