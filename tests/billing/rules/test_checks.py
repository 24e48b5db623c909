"""What a person is asked to look at before a bill is approved."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.rules.checks import Check, CheckedLine, Subject, findings
from contracts.rules.register import UnitDays
from msp.kit.periods import Period

JUNE = Period(date(2026, 6, 1), date(2026, 7, 1))


def unit(number: int, period: Period = JUNE) -> UnitDays:
    return UnitDays(
        "device", number, "workstation", f"PC-{number}", None, period.days, period.start,
        period.end, (period,),
    )  # fmt: skip


def line(name: str = "Devices", *units: UnitDays, **more) -> CheckedLine:
    facts = {"kind": "per_device", "amount": Decimal("10"), "price": Decimal("5")} | more
    return CheckedLine(name, units=units, **facts)


def subject(*lines: CheckedLine, **more) -> Subject:
    return Subject(lines, **({"billing_email": "bills@x.example"} | more))


def codes(found: tuple[Check, ...]) -> list[str]:
    return [check.code for check in found]


def test_a_bill_in_order_has_no_findings():
    assert findings(subject(line("Devices", unit(1)))) == ()


def test_a_missing_address_is_told():
    (found,) = findings(subject(line(), billing_email=""))
    assert found == Check("no_billing_email", "The client has no billing e-mail.")


def test_monitored_devices_on_no_line_are_named():
    (found,) = findings(subject(line(), uncovered=("a", "b", "c", "d", "e")))
    assert found.text == "5 monitored devices are on no agreement line: a, b, c and 2 more."
    assert not found.known
    (one,) = findings(subject(line(), uncovered=("a",)))
    assert one.text == "1 monitored device is on no agreement line: a."


@pytest.mark.parametrize(("seen", "known"), [(("a", "b", "z"), True), (("a",), False)])
def test_what_last_months_bill_named_already_asks_for_no_second_look(seen, known):
    (found,) = findings(subject(line(), uncovered=("a", "b"), seen=seen))
    assert found.known is known


def test_a_price_of_nothing_is_a_missing_price():
    (found,) = findings(subject(line("Servers", price=Decimal(0), amount=Decimal(0))))
    assert found == Check("missing_price", '"Servers" has no price.')


def test_a_line_that_counts_nothing_is_told_the_first_time_only():
    empty = line("Servers", amount=Decimal(0))
    assert codes(findings(subject(empty))) == ["zero_line"]
    assert findings(subject(replace(empty, known_zero=True))) == ()


def test_one_device_on_two_lines_of_a_service_blocks():
    both = [line("All", unit(1), unit(2), service_id=7), line("Some", unit(2), service_id=7)]
    (found,) = findings(subject(*both))
    assert found == Check("double_cover", '"All" and "Some" both charge PC-2.', blocks=True)


@pytest.mark.parametrize(
    ("one", "other", "doubled"),
    [
        ({"service_id": 7}, {"service_id": 8}, False),
        ({"service_id": 7}, {"service_id": None}, False),
        ({}, {}, True),
        ({"classes": ("server",)}, {}, False),
        ({"classes": ("a", "b")}, {"classes": ("b", "a")}, True),
        ({}, {"kind": "per_user"}, False),
    ],
)
def test_what_counts_as_the_same_offer(one, other, doubled):
    found = findings(subject(line("A", unit(1), **one), line("B", unit(1), **other)))
    assert (codes(found) == ["double_cover"]) is doubled


def test_a_device_that_moved_from_one_line_to_the_other_is_charged_once_a_day():
    first, second = Period(JUNE.start, date(2026, 6, 11)), Period(date(2026, 6, 11), JUNE.end)
    assert findings(subject(line("A", unit(1, first)), line("B", unit(1, second)))) == ()


def test_what_blocks_comes_first_and_the_changes_last():
    found = findings(
        subject(
            line("A", unit(1)), line("B", unit(1)),
            billing_email="", uncovered=("x",), looks=("It is the first bill.",),
        )
    )  # fmt: skip
    assert codes(found) == ["double_cover", "leakage", "no_billing_email", "change"]
