"""Why a bill changed, told in words."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.rules.differences import LONGEST, Billed, Thresholds, Unit, Verdict, compare

PRICE = Decimal("15.00")


def units(*numbers: int, days: int = 30) -> tuple[Unit, ...]:
    return tuple(Unit("device", number, f"PC-{number:03}", days) for number in numbers)


def care(*numbers: int, **more) -> Billed:
    found = more.pop("units", units(*numbers))
    amount = more.pop("amount", PRICE * len(found))
    facts = {"key": "care", "description": "Device care", "unit_price": PRICE, "period_days": 30}
    return Billed(amount=amount, units=found, **(facts | more))


def flat(amount: str, key: str = "backup", description: str = "Backup") -> Billed:
    price = Decimal(amount)
    return Billed(key, description, price, price, 30)


TWENTY = care(*range(1, 21))


def test_a_month_like_the_last_one_is_unchanged():
    found = compare([TWENTY, flat("40.00")], [flat("40.00"), TWENTY], "USD")
    assert found.verdict is Verdict.UNCHANGED
    assert (found.explanation, found.change, found.looks) == ("The same as last month.", 0, ())


def test_longer_months_do_not_count_as_a_change():
    july = care(units=units(*range(1, 21), days=31), period_days=31)
    assert compare([july], [TWENTY], "USD").verdict is Verdict.UNCHANGED


def test_what_came_and_left_is_named():
    found = compare([care(*range(3, 24))], [TWENTY], "USD")
    assert found.verdict is Verdict.CHANGED
    assert found.explanation == (
        "$15.00 more than last month: 3 devices (PC-021, PC-022, PC-023) added; "
        "2 devices (PC-001, PC-002) removed."
    )


def test_a_swap_is_explained_though_the_total_stays():
    found = compare([care(*range(2, 22))], [TWENTY], "USD")
    assert found.verdict is Verdict.CHANGED
    assert found.explanation == (
        "The same total as last month: 1 device (PC-021) added; 1 device (PC-001) removed."
    )


def test_a_new_price_is_told_once_for_the_line():
    dearer = replace(TWENTY, unit_price=Decimal("16.00"), amount=Decimal("320.00"))
    found = compare([dearer], [TWENTY], "USD")
    assert found.explanation == (
        '$20.00 more than last month: "Device care" costs $16.00 each instead of $15.00.'
    )
    fine = replace(TWENTY, unit_price=Decimal("15.001000"))
    assert '"Device care" costs 15.001 USD each' in compare([fine], [TWENTY], "USD").explanation


def test_a_unit_that_counts_longer_is_told():
    before = care(units=units(1, 2) + units(3, days=10), amount=Decimal("35.00"))
    found = compare([care(1, 2, 3)], [before], "USD")
    assert found.explanation == (
        "$10.00 more than last month: 1 device (PC-003) counted for more of the month."
    )
    back = compare([before], [care(1, 2, 3)], "USD")
    assert "counted for less of the month" in back.explanation


def test_a_changed_flat_amount_and_new_and_ended_lines_are_told():
    now = [flat("50.00"), flat("9.00", "dns", "Domains")]
    before = [flat("40.00"), flat("10.00", "fax", "Fax line")]
    found = compare(now, before, "USD")
    assert found.explanation == (
        '$9.00 more than last month: "Backup" is $50.00 instead of $40.00; '
        '"Domains" is new ($9.00); "Fax line" ended ($10.00 last month).'
    )
    assert found.verdict is Verdict.NEEDS_LOOK
    assert found.looks == ('"Fax line" is no longer charged.',)


def test_the_first_bill_needs_a_look():
    people = replace(flat("30.00", "seats", "Seats"), units=(Unit("user", 1, "A person", 30),))
    found = compare([care(1, 2), people], None, "USD")
    assert found.verdict is Verdict.NEEDS_LOOK
    assert found.explanation == "First bill: 2 devices and 1 person, $60.00."
    assert found.looks == ("It is the first bill.",)


def test_a_client_no_longer_charged_needs_a_look():
    found = compare([], [TWENTY], "USD")
    assert found.verdict is Verdict.NEEDS_LOOK
    assert found.explanation == "Nothing is charged this month; last month it was $300.00."
    assert found.change == -300


def test_a_client_never_charged_is_left_alone():
    assert compare([], None, "USD").verdict is Verdict.UNCHANGED
    assert compare([], [], "USD").explanation == "Nothing is charged, as last month."


@pytest.mark.parametrize(
    ("count", "looks"),
    [
        (24, 0),  # 20 % more: $60 and four devices
        (25, 2),  # 25 % more: $75 and five devices
        (16, 0),
        (15, 2),
    ],
)
def test_a_jump_above_the_thresholds_needs_a_look(count, looks):
    found = compare([care(*range(1, count + 1))], [TWENTY], "USD")
    assert len(found.looks) == looks
    assert (found.verdict is Verdict.NEEDS_LOOK) is bool(looks)


def test_the_reasons_for_a_look_are_sentences():
    found = compare([care(*range(1, 26))], [TWENTY], "USD")
    assert found.looks == (
        "The total moved by 25 %, more than 20 %.",
        '"Device care" counts 25 instead of 20, more than 20 % apart.',
    )
    nothing = compare([care()], [TWENTY], "USD")
    assert '"Device care" counted nothing.' in nothing.looks
    below = compare([flat("-5.00")], [flat("5.00")], "USD")
    assert below.looks == ("The total is below zero.",)
    assert below.explanation.startswith("$10.00 less than last month")


def test_thresholds_can_be_tightened():
    strict = Thresholds(total_share=Fraction(0), total_floor=Decimal(0))
    found = compare([care(*range(1, 22))], [TWENTY], "USD", thresholds=strict)
    assert found.verdict is Verdict.NEEDS_LOOK


def test_a_long_explanation_says_how_much_it_leaves_out():
    now = [
        flat("1.00", f"k{n}", f"A promise with quite a long description, number {n}")
        for n in range(30)
    ]
    found = compare(now, [TWENTY], "USD")
    assert len(found.explanation) <= LONGEST
    assert found.explanation.endswith("more changes.")


lines = st.lists(
    st.builds(
        lambda key, price, numbers, days: Billed(
            key,
            key * 30,
            Decimal(price),
            Decimal(price) * len(numbers),
            30,
            units(*numbers, days=days),
        ),
        st.sampled_from("abcd"),
        st.integers(1, 50),
        st.sets(st.integers(1, 30)),
        st.integers(1, 30),
    ),
    max_size=4,
    unique_by=lambda line: line.key,
)


@given(now=lines, before=lines)
def test_every_difference_has_a_verdict_a_sentence_and_the_right_change(now, before):
    found = compare(now, before, "USD")
    assert found.change == sum(one.amount for one in now) - sum(one.amount for one in before)
    assert 0 < len(found.explanation) <= LONGEST
    assert found.explanation.endswith(".")
    if found.change:
        assert found.verdict is not Verdict.UNCHANGED
    assert (found.verdict is Verdict.NEEDS_LOOK) is bool(found.looks)


@given(now=lines)
def test_a_bill_compared_with_itself_is_unchanged(now):
    assert compare(now, now, "USD").verdict is Verdict.UNCHANGED
