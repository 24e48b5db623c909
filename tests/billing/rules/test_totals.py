"""Tax per invoice and rate, spread so that lines and sums tie."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.totals import RateTotal, Taxable, totals
from msp.kit.money import minor_units, round_money
from tests.vectors import psa

VECTORS = psa()


def lines(count: int, amount: str, percent: str) -> list[Taxable]:
    return [Taxable(Decimal(amount), Decimal(percent))] * count


@pytest.mark.parametrize(
    ("vector", "invoice", "per_line"),
    [
        ("TAX-01a", lines(3, "9.99", "7.25"), True),
        ("TAX-01b", lines(3, "9.99", "7.25"), False),
        ("TAX-01c", lines(100, "10.01", "8.25"), True),
        ("TAX-01d", lines(100, "10.01", "8.25"), False),
        ("TAX-02", lines(1, "10.05", "7"), False),
        ("DIS-03", lines(1, "8.00", "10"), False),
    ],
)
def test_tax_is_rounded_where_the_invoice_says(vector, invoice, per_line):
    found = totals(invoice, "USD", tax_per_line=per_line)
    assert str(found.tax) == VECTORS[vector]
    assert sum(found.line_taxes) == found.tax


def test_a_discount_spread_before_tax_lowers_each_rate():
    parts = [(100, 10), (50, 0), (30, 20), (20, 20)]
    invoice = [
        Taxable(Decimal(amount) - Decimal(10) * amount / 200, Decimal(percent))
        for amount, percent in parts
    ]
    assert str(totals(invoice, "USD").tax) == VECTORS["DIS-02"]


def test_each_rate_is_told_apart():
    found = totals([*lines(1, "100.00", "20"), *lines(2, "10.00", "0")], "USD")
    assert found.rates == (
        RateTotal(Decimal(0), Decimal("20.00"), Decimal("0.00")),
        RateTotal(Decimal(20), Decimal("100.00"), Decimal("20.00")),
    )
    assert (found.net, found.tax, found.total) == (Decimal(120), Decimal(20), Decimal(140))
    assert found.line_taxes == (Decimal(20), Decimal(0), Decimal(0))


def test_an_invoice_without_lines_comes_to_nothing():
    found = totals([], "USD")
    assert (str(found.net), str(found.tax), str(found.total)) == ("0.00", "0.00", "0.00")


@given(
    units=st.lists(
        st.tuples(st.integers(-(10**7), 10**7), st.sampled_from([0, 7, 19])), max_size=30
    ),
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
    tax_per_line=st.booleans(),
)
def test_every_view_of_an_invoice_ties(units, currency, tax_per_line):
    step = Decimal(1).scaleb(-minor_units(currency))
    invoice = [Taxable(step * unit, Decimal(percent)) for unit, percent in units]
    found = totals(invoice, currency, tax_per_line=tax_per_line)
    assert found.net + found.tax == found.total
    assert sum(found.line_taxes) == found.tax == sum(rate.tax for rate in found.rates)
    assert found.net == sum(rate.base for rate in found.rates)
    for line, tax in zip(invoice, found.line_taxes, strict=True):
        assert abs(tax - line.amount * line.percent / 100) < step
        assert tax == round_money(tax, currency)
