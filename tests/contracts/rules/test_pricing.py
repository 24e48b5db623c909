"""Worked prices of tiers, commitments, bundles and discounts, and what holds for any scheme."""

from ast import literal_eval
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.pricing import (
    Discount,
    NoPrice,
    Offered,
    Part,
    Scheme,
    Share,
    Tier,
    cliffs,
    discounted,
    pick_price,
    share_of,
    split_price,
    spread,
    true_up,
    uplifted,
)
from contracts.rules.pricing.bundles import saving
from msp.kit.facts import InvalidFact
from msp.kit.money import round_money
from tests.vectors import psa

VECTORS = psa()


def tiers(*steps: tuple[str | None, str]) -> tuple[Tier, ...]:
    return tuple(
        Tier(None if up_to is None else Decimal(up_to), Decimal(price)) for up_to, price in steps
    )


STEPS = tiers(("10", "20"), ("50", "15"), (None, "12"))
HALVES = tiers(("10", "1.00"), (None, "0.50"))
GRADUATED, VOLUME = Scheme("graduated", STEPS), Scheme("volume", STEPS)


@pytest.mark.parametrize(
    ("vector", "scheme", "quantity"),
    [
        ("TIER-01", GRADUATED, 60),
        ("TIER-02", VOLUME, 60),
        ("TIER-03a", VOLUME, 50),
        ("TIER-03b", VOLUME, 51),
        ("TIER-04", Scheme("graduated", HALVES), Decimal("10.5")),
        ("TIER-05", Scheme("graduated", HALVES), 10 + 10 + 10),
        ("TIER-06", Scheme("graduated", tiers((None, "10.00")), block=100), 250 - 50),
        ("TIER-07", Scheme("unit", tiers((None, "0.001"))), 10_000),
    ],
)
def test_each_scheme_gives_the_worked_price(vector, scheme, quantity):
    assert str(round_money(scheme.price_of(quantity))) == VECTORS[vector]


def test_two_meters_by_blocks_add_up():
    minutes = Scheme("graduated", tiers(("100", "1"), (None, "0.5")), block=10)
    storage = Scheme("graduated", tiers(("1024", "0.5"), (None, "0.1")))
    together = minutes.price_of(1500) + storage.price_of(2048)
    assert str(round_money(together)) == VECTORS["TIER-08"]


def test_a_step_costs_one_amount_and_a_tier_may_have_an_entry_fee():
    step = Scheme("step", (Tier(Decimal(25), flat=Decimal(500)), Tier(None, flat=Decimal(900))))
    assert [step.price_of(many) for many in (0, 1, 25, 26)] == [0, 500, 500, 900]
    entry = Scheme("graduated", (Tier(Decimal(10), Decimal(2), Decimal(5)), Tier(None, Decimal(1))))
    assert [entry.price_of(many) for many in (1, 10, 12)] == [7, 25, 27]


def test_a_volume_price_that_falls_off_a_cliff_is_told():
    [first, second] = cliffs(VOLUME)
    assert (first.at, first.price, first.beyond) == (10, 200, 165)
    assert (second.at, second.price, second.beyond) == (50, 750, 612)
    assert cliffs(GRADUATED) == []
    assert cliffs(Scheme("volume", STEPS, never_more=True)) == []


def test_never_more_charges_the_larger_quantity_where_that_is_cheaper():
    scheme = Scheme("volume", STEPS, never_more=True)
    assert [scheme.price_of(many) for many in (8, 9, 10, 45, 50, 51)] == [
        160, 165, 165, 612, 612, 612,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"model": "magic"}, "model"),
        ({"block": 0}, "block"),
        ({"tiers": ()}, "tiers"),
        ({"tiers": tiers(("10", "1"))}, "tiers[0].up_to"),
        ({"tiers": tiers((None, "1"), (None, "2"))}, "tiers[0].up_to"),
        ({"tiers": tiers(("10", "1"), ("10", "2"), (None, "3"))}, "tiers[1].up_to"),
        ({"tiers": tiers((None, "-1"))}, "tiers[0].unit_price"),
        ({"tiers": tiers((None, "0.0000001"))}, "tiers[0].unit_price"),
    ],
)
def test_tiers_that_leave_a_gap_or_meet_are_refused_by_field(changes, field):
    with pytest.raises(InvalidFact) as refused:
        Scheme(**({"model": "graduated", "tiers": STEPS} | changes))
    assert refused.value.field == field


ends = st.lists(st.integers(1, 500), min_size=0, max_size=4, unique=True).map(sorted)
prices = st.decimals(0, 1000, places=6)


@st.composite
def schemes(draw, models=("graduated", "volume", "step")):
    stops = [*(Decimal(end) for end in draw(ends)), None]
    made = tuple(Tier(end, draw(prices), draw(prices)) for end in stops)
    return Scheme(draw(st.sampled_from(models)), made, draw(st.sampled_from([1, 1, 10])))


@given(scheme=schemes(("graduated",)), few=st.integers(0, 600), more=st.integers(0, 600))
def test_a_graduated_price_never_falls_when_there_is_more(scheme, few, more):
    low, high = sorted((few, more))
    assert scheme.price_of(low) <= scheme.price_of(high)


@given(scheme=schemes(), quantity=st.integers(0, 600))
def test_one_tier_is_the_same_by_every_model(scheme, quantity):
    price = scheme.tiers[0].unit_price
    alone = (Tier(None, price),)
    found = {Scheme(model, alone).price_of(quantity) for model in ("unit", "graduated", "volume")}
    assert found == {price * quantity}


@given(scheme=schemes(("volume",)), few=st.integers(0, 600), more=st.integers(0, 600))
def test_never_more_means_that_more_is_never_cheaper(scheme, few, more):
    kind = Scheme("volume", tuple(Tier(t.up_to, t.unit_price) for t in scheme.tiers),
                  never_more=True)  # fmt: skip
    assert kind.price_of(few) <= Scheme("volume", kind.tiers).price_of(few)


@pytest.mark.parametrize(("vector", "days"), [("COM-01", 30), ("COM-02", 20)])
def test_a_commitment_is_filled_up_by_its_days(vector, days):
    assert str(true_up(Decimal(500), Decimal(380), days, 30, "USD")) == VECTORS[vector]


@pytest.mark.parametrize(
    ("vector", "price", "lists"),
    [("BUN-01", "120.00", ("100", "50")), ("BUN-02", "100.00", ("7", "7", "7"))],
)
def test_a_bundle_is_revenue_of_its_parts(vector, price, lists):
    parts = [Part(f"part {at}", Decimal(amount)) for at, amount in enumerate(lists)]
    shares = split_price(Decimal(price), parts, "USD")
    assert [str(one.amount) for one in shares] == literal_eval(VECTORS[vector])


def test_parts_without_a_list_price_share_equally_and_a_saving_is_told():
    free = [Part("a", Decimal(0)), Part("b", Decimal(0))]
    assert [one.amount for one in split_price(Decimal("9.99"), free, "USD")] == [
        Decimal("5.00"), Decimal("4.99"),
    ]  # fmt: skip
    assert split_price(Decimal(1), [], "USD") == []
    parts = [Part("a", Decimal(100)), Part("b", Decimal(25), 2)]
    assert saving(Decimal(120), parts) == 30


@pytest.mark.parametrize(("vector", "fixed_first"), [("DIS-01", False), ("DIS-01b", True)])
def test_discounts_are_taken_in_their_order(vector, fixed_first):
    offers = [Discount("fixed", amount=Decimal(50)), Discount("share", percent=Decimal(10))]
    left = discounted(Decimal("1000.00"), offers, "USD", fixed_first=fixed_first)
    assert str(left.amount) == VECTORS[vector]
    assert [one.name for one, _taken in left.taken] == (
        ["fixed", "share"] if fixed_first else ["share", "fixed"]
    )


def test_a_discount_never_goes_below_zero():
    left = discounted(Decimal("30.00"), [Discount("all", amount=Decimal(50))], "USD")
    assert (left.amount, left.taken[0][1]) == (0, 30)


def test_a_coupon_on_a_bill_is_spread_before_tax():
    fees = [Decimal(one) for one in (100, 50, 30, 20)]
    rates = [Decimal(one) for one in (10, 0, 20, 20)]
    parts = spread(Decimal(10), fees, "USD")
    tax = sum((fee - off) * rate / 100 for fee, off, rate in zip(fees, parts, rates, strict=True))
    assert str(round_money(tax)) == VECTORS["DIS-02"]
    assert spread(Decimal(10), [Decimal(0)], "USD") == [0]


def test_a_seller_discount_lowers_what_is_taxed():
    left = discounted(Decimal("10.00"), [Discount("off", amount=Decimal(2))], "USD").amount
    assert str(round_money(left * 10 / 100)) == VECTORS["DIS-03"]


def test_a_share_keeps_to_its_least_and_most():
    share = Share(Decimal(8), least=Decimal(20), most=Decimal(100))
    assert [share_of(Decimal(base), share) for base in (0, 500, 5000)] == [20, 40, 100]


@pytest.mark.parametrize(
    ("price", "percent", "limits", "expected"),
    [
        ("62.00", "3", {}, "63.86"),
        ("62.00", "7.5", {"cap": Decimal(5)}, "65.10"),
        ("62.00", "0.5", {"floor": Decimal(2)}, "63.24"),
        ("0.0125", "3", {}, "0.0129"),
        ("1500", "2.5", {"places": 0}, "1538"),
        ("62.00", "-4", {"floor": Decimal(0)}, "62.00"),
    ],
)
def test_an_uplift_is_rounded_where_the_price_is_written(price, percent, limits, expected):
    assert str(uplifted(Decimal(price), Decimal(percent), **limits)) == expected


DAY = date(2026, 6, 15)
LISTED = [
    Offered("list", Decimal(62), "USD", "Standard", date(2026, 1, 1), date(2026, 7, 1)),
    Offered("list", Decimal(65), "USD", "Standard", date(2026, 7, 1)),
    Offered("list", Decimal(58), "EUR", "Europe", date(2026, 1, 1)),
]
OWN = Offered("client list", Decimal(55), "USD", "Harbor", date(2026, 2, 1))
LINE = Offered("line", Decimal(50), "USD")


@pytest.mark.parametrize(
    ("offers", "day", "amount", "reason"),
    [
        (LISTED, DAY, 62, '62 USD: the price list "Standard" since 2026-01-01.'),
        (LISTED, date(2026, 7, 1), 65, '65 USD: the price list "Standard" since 2026-07-01.'),
        ([*LISTED, OWN], DAY, 55, '55 USD: the client\'s price list "Harbor" since 2026-02-01.'),
        ([*LISTED, OWN, LINE], DAY, 50, "50 USD: the agreement line says so."),
        ([LINE, Offered("override", Decimal(45), "USD")], DAY, 45,
         "45 USD: typed in for this entry."),
    ],
)  # fmt: skip
def test_the_narrowest_price_of_the_day_holds_and_says_why(offers, day, amount, reason):
    found = pick_price(offers, currency="USD", day=day, what="Backup")
    assert (found.offered.amount, found.reason) == (amount, reason)


@pytest.mark.parametrize(
    ("offers", "currency", "day", "reason"),
    [
        ([], "USD", DAY, "Backup has no price in USD on 2026-06-15."),
        (LISTED, "GBP", DAY, "There is one in EUR and USD, which is not converted."),
        (LISTED[1:], "USD", DAY, "The first begins on 2026-07-01."),
        (LISTED[:1], "USD", date(2026, 8, 1), "The last one ended on 2026-06-30."),
    ],
)
def test_no_price_is_an_error_that_says_what_there_is(offers, currency, day, reason):
    with pytest.raises(NoPrice, match=reason):
        pick_price(offers, currency=currency, day=day, what="Backup")
