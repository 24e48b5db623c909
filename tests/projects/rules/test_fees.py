"""Fees against the examples that were calculated apart, and over anything hypothesis thinks of."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from msp.kit.money import round_money
from tests import vectors
from tickets.projects.rules.fees import capped, next_tax, shares

EXPECTED = vectors.psa()
AMOUNTS = st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100)


def test_a_fee_is_shared_as_agreed_prj_01() -> None:
    found = shares(Decimal(12000), [30, 40, 30], "USD")
    assert str([str(one) for one in found]) == EXPECTED["PRJ-01"]


def test_thirds_sum_up_prj_02() -> None:
    found = shares(Decimal(10000), [1, 1, 1], "USD")
    assert str([str(one) for one in found]) == EXPECTED["PRJ-02"]


def test_a_cap_writes_the_rest_down_prj_03() -> None:
    found = capped(Decimal("5600.00"), Decimal("5000.00"))
    assert str([str(found.billed), str(found.written_down)]) == EXPECTED["PRJ-03"]


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_a_cap_is_never_passed_and_nothing_is_lost(
    worked: Decimal, cap: Decimal, billed: Decimal
) -> None:
    found = capped(worked, cap, billed)
    assert found.billed + found.written_down == worked
    assert billed + found.billed <= max(cap, billed)
    assert found.billed >= 0 <= found.written_down


@given(AMOUNTS, st.lists(st.integers(1, 100), min_size=1, max_size=12), st.integers(0, 30000))
def test_bills_of_the_parts_are_taxed_like_one_of_the_whole(
    total: Decimal, weights: list[int], thousandths: int
) -> None:
    percent = Decimal(thousandths) / 1000
    net = tax = Decimal(0)
    parts = shares(total, weights, "USD")
    for part in parts:
        own = next_tax(part, percent, net, tax, "USD")
        assert abs(own - part * percent / 100) <= Decimal("0.01")
        net, tax = net + part, tax + own
    assert sum(parts) == total
    assert tax == round_money(total * percent / 100, "USD")
