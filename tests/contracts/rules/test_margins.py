"""A margin is true or it is not shown."""

from decimal import Decimal

import pytest

from contracts.rules.margins import Sold, margin_of

D = Decimal


def sold(name: str, many: str, amount: str, cost: str | None, kind: str = "per_device") -> Sold:
    return Sold(name, kind, D(many), D(amount), None if cost is None else D(cost))


@pytest.mark.parametrize(
    ("lines", "percent", "unknown"),
    [
        ([sold("Servers", "3", "435.00", "85.00")], "41.4", ()),
        ([sold("Servers", "3", "435.00", "85"), sold("Users", "2", "19", None)], None, ("Users",)),
        ([sold("Servers", "3", "400", "100"), sold("Off", "1", "-40", None, "discount")],
         "16.7", ()),
        ([sold("Servers", "0", "0", None)], None, ()),
        ([sold("Users", "5", "0", "2.00")], None, ()),  # included, and it costs all the same
        ([sold("Servers", "2", "100.00", "75.00")], "-50.0", ()),
    ],
)  # fmt: skip
def test_the_share_that_is_left(lines, percent, unknown):
    found = margin_of(lines)
    assert (found.percent, found.unknown) == (None if percent is None else D(percent), unknown)


def test_what_is_included_costs_us_too():
    assert margin_of([sold("Users", "5", "0", "2.00")]).cost == 10
