"""Terms read back as they were written, and are refused by field."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.terms import (
    COUNTINGS,
    TERMS,
    Flat,
    PerDevice,
    PerUser,
    read_terms,
    write_terms,
)
from msp.kit.facts import InvalidFact

prices = st.decimals(0, 10**6, places=6)
counted = {
    "unit_price": prices,
    "counting": st.sampled_from(COUNTINGS),
    "included": st.integers(0, 1000),
    "minimum": st.integers(0, 1000),
}
classes = st.lists(st.text(min_size=1, max_size=9), max_size=4, unique=True).map(tuple)
any_terms = st.one_of(
    st.builds(PerDevice, **counted, device_classes=classes),
    st.builds(PerUser, **counted),
    st.builds(Flat, amount=prices, prorate=st.booleans()),
)


@given(terms=any_terms)
def test_stored_terms_read_back_as_themselves(terms):
    stored = json.loads(json.dumps(write_terms(terms)))
    assert read_terms(terms.kind, stored) == terms


def test_amounts_are_stored_as_text_with_every_digit():
    assert write_terms(PerDevice(Decimal("0.001000"), ("server",))) == {
        "unit_price": "0.001000",
        "device_classes": ["server"],
        "counting": "daily",
        "included": 0,
        "minimum": 0,
    }


def test_terms_have_sensible_defaults():
    assert read_terms("per_device", {"unit_price": "15"}) == PerDevice(Decimal(15))
    assert read_terms("flat", {"amount": "15"}) == Flat(Decimal(15), prorate=True)
    assert list(TERMS)[:3] == ["per_device", "per_user", "flat"]


@pytest.mark.parametrize(
    ("kind", "facts", "field", "reason"),
    [
        ("per_moon", {}, "kind", "'per_moon' is not one of per_device, per_user, flat"),
        ("per_device", [], "value", "must be an object, not list"),
        ("per_device", {}, "unit_price", "is missing"),
        ("per_device", {"unit_price": "ten"}, "unit_price", "'ten' is not a decimal number"),
        ("per_device", {"unit_price": 1.5}, "unit_price", "as text, not float"),
        ("per_device", {"unit_price": True}, "unit_price", "as text, not bool"),
        ("per_device", {"unit_price": "NaN"}, "unit_price", "is not a finite number"),
        ("per_device", {"unit_price": "-1"}, "unit_price", "must be 0 to"),
        ("per_device", {"unit_price": "1e400000"}, "unit_price", "must be 0 to"),
        ("per_device", {"unit_price": "0.0000001"}, "unit_price", "more than 6 decimal places"),
        (
            "per_device",
            {"unit_price": "1", "counting": "hourly"},
            "counting",
            "is not one of daily",
        ),
        ("per_device", {"unit_price": "1", "included": -1}, "included", "must be 0 to"),
        ("per_device", {"unit_price": "1", "minimum": "3"}, "minimum", "must be a whole number"),
        ("per_device", {"unit_price": "1", "device_classes": "pc"}, "device_classes", "a list"),
        ("per_device", {"unit_price": "1", "device_classes": [1]}, "device_classes[0]", "a text"),
        (
            "per_device",
            {"unit_price": "1", "device_classes": ["a", "a"]},
            "device_classes",
            "twice",
        ),
        ("per_device", {"unit_price": "1", "device_classes": [""]}, "device_classes", "a name"),
        ("per_user", {"unit_price": "1", "device_classes": []}, "device_classes", "not a known"),
        ("flat", {"amount": "1", "prorate": 1}, "prorate", "must be true or false"),
        ("flat", {"amount": None}, "amount", "not null|must be a decimal"),
    ],
)
def test_terms_that_cannot_be_charged_are_refused_by_field(kind, facts, field, reason):
    with pytest.raises(InvalidFact, match=reason) as refusal:
        read_terms(kind, facts)
    assert refusal.value.field == field
