"""Rounding, sharing and writing amounts."""

from ast import literal_eval
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msp.kit.money import format_money, minor_units, round_money, round_together, split
from tests.vectors import psa

VECTORS = psa()
CURRENCIES = ["USD", "EUR", "JPY", "KWD", "CLF"]


@pytest.mark.parametrize(
    ("currency", "places"),
    [("USD", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("HUF", 2), ("IQD", 3), ("ISK", 0)],
)
def test_minor_units_follow_iso_4217(currency, places):
    assert minor_units(currency) == places


@pytest.mark.parametrize("currency", ["XXL", "usd", "", "US"])
def test_an_unknown_currency_is_named(currency):
    with pytest.raises(ValueError, match=r"currency: .* is not an ISO 4217 code"):
        minor_units(currency)


def test_half_goes_up_unless_half_even_is_asked_for():
    half = Decimal("0.125")
    even = round_money(half, rounding=ROUND_HALF_EVEN)
    assert [str(even), str(round_money(half))] == literal_eval(VECTORS["TAX-05"])
    assert round_money(-half) == Decimal("-0.13")


@pytest.mark.parametrize(
    ("vector", "amount", "currency"), [("FX-02", "1234.5", "JPY"), ("FX-03", "10.0005", "KWD")]
)
def test_rounding_follows_the_currency(vector, amount, currency):
    assert str(round_money(Decimal(amount), currency)) == VECTORS[vector]


def test_nothing_is_not_negative():
    assert str(round_money(Decimal("-0.001"))) == "0.00"


@pytest.mark.parametrize(
    ("vector", "total", "weights"),
    [
        ("BUN-01", "120.00", [100, 50]),
        ("BUN-02", "100.00", [1, 1, 1]),
        ("PRJ-01", "12000.00", [30, 40, 30]),
        ("PRJ-02", "10000.00", [1, 1, 1]),
    ],
)
def test_parts_follow_the_weights_by_largest_remainder(vector, total, weights):
    parts = split(Decimal(total), weights, "USD")
    assert [str(part) for part in parts] == literal_eval(VECTORS[vector])


@given(
    units=st.integers(-(10**9), 10**9),
    weights=st.lists(st.integers(0, 10**6), min_size=1, max_size=40).filter(any),
    currency=st.sampled_from(CURRENCIES),
)
def test_parts_sum_to_the_whole_and_lie_within_one_unit(units, weights, currency):
    step = Decimal(1).scaleb(-minor_units(currency))
    total = units * step
    parts = split(total, weights, currency)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < step
        assert weight or not part


@pytest.mark.parametrize(
    ("total", "weights", "reason"),
    [
        ("1.001", [1], "total: 1.001 has more places than USD"),
        ("1.00", [2, -1], "weights: a share cannot be negative"),
        ("1.00", [0, 0], "weights: at least one share must be above zero"),
        ("1.00", [], "weights: at least one share must be above zero"),
    ],
)
def test_a_total_that_cannot_be_shared_says_why(total, weights, reason):
    with pytest.raises(ValueError, match=reason):
        split(Decimal(total), weights, "USD")


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "text"),
    [
        ("-1234.5", "USD", "en_US", "\u2212$1,234.50"),
        ("1234.5", "JPY", "en_US", "\u00a51,235"),
        ("-1234.5", "EUR", "de_DE", "\u22121.234,50\u00a0\u20ac"),
        ("1.0005", "KWD", "en_US", "KWD\u00a01.001"),
        ("0", "USD", "en_US", "$0.00"),
    ],
)
def test_an_amount_is_written_as_the_locale_does(amount, currency, locale, text):
    assert format_money(Decimal(amount), currency, locale) == text


@given(
    amounts=st.lists(st.decimals(-(10**6), 10**6, places=4), max_size=40),
    currency=st.sampled_from(CURRENCIES),
)
def test_amounts_rounded_together_sum_to_their_rounded_sum(amounts, currency):
    step = Decimal(1).scaleb(-minor_units(currency))
    rounded = round_together(amounts, currency)
    assert sum(rounded) == round_money(sum(amounts, Decimal(0)), currency)
    for exact, part in zip(amounts, rounded, strict=True):
        assert abs(exact - part) < step
