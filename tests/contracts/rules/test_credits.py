"""What a missed promise gives back (X6)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules import credit_words
from contracts.rules.credits import (
    CreditTerms,
    Miss,
    Worth,
    cap_of,
    credited,
    read_credits,
    write_credits,
)
from msp.kit.facts import InvalidFact
from tests.vectors import psa

D = Decimal
AT = datetime(2026, 6, 3, tzinfo=UTC)
STORED = {
    "response": {"percent": "5"},
    "resolution": {"amount": "120.00"},
    "bands": [{"below": "99.9", "percent": "5"}, {"below": "99", "percent": "10"}],
    "cap_percent": "15",
    "lowest_priority": 2,
}


def miss(key: str, worth: Worth, minute: int = 0, event: str = "") -> Miss:
    return Miss(key, event or key, AT + timedelta(minutes=minute), worth)


@pytest.mark.parametrize(("vector", "cap"), [("OUT-01", "15"), ("OUT-02", "10")])
def test_the_worked_examples_come_out(vector: str, cap: str) -> None:
    terms = CreditTerms({}, cap_percent=D(cap))
    misses = [miss("a", Worth(D(5))), miss("b", Worth(D(10)), 1)]
    found = credited(terms, D(2400), misses, "USD")
    assert sum(one.given for one in found) == D(psa()[vector])


@pytest.mark.parametrize(
    ("each", "expected"),
    [(False, [("b", "100.00")]), (True, [("a", "50.00"), ("b", "100.00")])],
)
def test_what_one_ticket_missed_counts_once_with_the_greater(each: bool, expected: list) -> None:
    terms = CreditTerms({}, each_target=each)
    misses = [miss("a", Worth(D(5)), 0, "t"), miss("b", Worth(amount=D(100)), 1, "t")]
    found = credited(terms, D(1000), misses, "USD")
    assert [(one.miss.key, f"{one.given}") for one in found] == expected


def test_the_cap_leaves_a_part_of_one_and_nothing_of_the_next() -> None:
    terms = CreditTerms({}, cap_percent=D(15))
    misses = [miss(str(n), Worth(D(10)), n) for n in range(3)]
    found = credited(terms, D(1000), misses, "USD", used=D(20))
    assert [one.given for one in found] == [D(100), D(30), D(0)]
    assert [one.before for one in found] == [D(20), D(120), D(150)]


def test_without_a_fee_nothing_is_given_back() -> None:
    found = credited(CreditTerms({}), D(0), [miss("a", Worth(amount=D(100)))], "USD")
    assert [one.given for one in found] == [D(0)]


percents = st.decimals("0.001", "100", places=3)
worths = st.one_of(
    st.builds(Worth, percents),
    st.builds(lambda amount: Worth(amount=amount), st.decimals("0.01", "5000", places=2)),
)


@given(
    fee=st.decimals("-100", "9999", places=2), cap=percents,
    owed=st.lists(st.tuples(worths, st.integers(0, 3)), max_size=8),
    currency=st.sampled_from(["USD", "JPY", "KWD"]), each=st.booleans(),
    used=st.decimals("0", "50", places=2),
)  # fmt: skip
def test_credits_never_pass_the_cap_nor_the_fee(fee, cap, owed, currency, each, used) -> None:
    terms = CreditTerms({}, cap_percent=cap, each_target=each)
    misses = [miss(str(at), worth, at, f"e{event}") for at, (worth, event) in enumerate(owed)]
    found = credited(terms, fee, misses, currency, used=used)
    total = sum((one.given for one in found), D(0))
    assert all(0 <= one.given <= one.asked for one in found)
    assert total + used <= max(cap_of(terms, fee, currency), used)
    assert cap_of(terms, fee, currency) <= max(fee, D(0)) * cap / 100
    assert credited(terms, fee, reversed(misses), currency, used=used) == found


def test_stored_terms_come_back_and_read_in_words() -> None:
    terms = read_credits(STORED)
    assert terms is not None
    assert read_credits(write_credits(terms)) == terms
    assert credit_words.sentences(terms, "EUR") == [
        "Each first reply later than promised gives back 5 % of the month's fee.",
        "Each fix later than promised gives back €120.00.",
        "A month with less than 99 % availability gives back 10 % of the month's fee.",
        "A month with less than 99.9 % availability gives back 5 % of the month's fee.",
        "Requests of high priority and above count.",
        "A request that misses both counts once, with the greater.",
        "All credits of a month together are at most 15 % of its recurring fee, before tax and"
        " without licences that are passed on.",
    ]
    assert credit_words.write_bands(terms.bands) == "99.9: 5\n99: 10"
    assert credit_words.read_bands("below 99.9 %: 5 %\n99: 10") == STORED["bands"]
    assert read_credits({}) is None


@pytest.mark.parametrize(
    ("share", "percent"),
    [("1", None), ("0.999", None), ("0.99899999", 5), ("0.99", 5), ("0.9899", 10), ("0", 10)],
)
def test_the_deepest_band_counts_compared_unrounded(share: str, percent: int | None) -> None:
    terms = read_credits(STORED)
    band = terms.band_of(Fraction(share)) if terms else None
    assert (band.percent if band else None) == percent


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"response": {"percent": "5", "amount": "1"}}, "response.percent"),
        ({"response": {}}, "response.percent"),
        ({"response": {"percent": "101"}}, "response.percent"),
        ({"resolution": {"amount": "-1"}}, "resolution.amount"),
        ({"bands": [{"below": "99", "percent": "1"}, {"below": "99.9", "percent": "5"}]}, "bands"),
        ({"bands": [{"below": "99", "percent": "1"}] * 2}, "bands"),
        ({"cap_percent": "0"}, "cap_percent"),
        ({"lowest_priority": 6}, "lowest_priority"),
        ({"cap": "5"}, "cap"),
    ],
)
def test_terms_that_cannot_be_meant_name_their_field(change: dict, field: str) -> None:
    with pytest.raises(InvalidFact) as refused:
        read_credits(STORED | change)
    assert refused.value.field == field
