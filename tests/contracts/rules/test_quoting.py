"""What a quote says and comes to: figures by hand, what stands against it, when it is over."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.queries import composing
from contracts.rules import quoting
from contracts.rules.quoting.content import read_priced
from contracts.rules.register import Interval
from contracts.rules.terms import PerLicence
from msp.kit.facts import InvalidFact

AT = datetime(2026, 6, 1, 14, tzinfo=UTC)


def line(kind: str = "flat", facts: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    facts = {"amount": "100.00"} if facts is None else facts
    said = {"key": f"k{more.get('description', 'Fee')}", "description": "Fee", "kind": kind,
            "facts": facts, "list_facts": facts}  # fmt: skip
    return said | more


def content(*lines: dict[str, Any], options: tuple[str, ...] = ("a",)) -> quoting.Content:
    named = [{"key": key, "name": f"Option {key}"} for key in options]
    return quoting.read_content({"options": named, "lines": list(lines)})


def come_to(found: quoting.Content, option: str = "a", ticked: tuple[str, ...] = ()) -> list[str]:
    taken = quoting.chosen(found, option, ticked)
    return [f"{one.amount} {one.every}" for one in quoting.figures(taken, "USD")]


def devices(price: str = "62.00", quantity: str = "12", **facts: Any) -> dict[str, Any]:
    facts = {"unit_price": price, "device_classes": ["workstation"]} | facts
    return line("per_device", facts, quantity=quantity, description="Workstations")


def test_two_lines_or_options_of_one_key_are_refused() -> None:
    with pytest.raises(InvalidFact) as refused:
        content(line(), line())
    assert refused.value.field == "lines[1].key"
    with pytest.raises(InvalidFact) as refused:
        content(options=("a", "b", "a"))
    assert refused.value.field == "options[2].key"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([devices()], ["744.00 month"]),
        ([devices(quantity="0")], ["0.00 month"]),
        ([devices("0.125", "3")], ["0.38 month"]),  # 0.375, rounded once at the line
        ([devices(included=5)], ["434.00 month"]),
        ([devices(minimum=20)], ["1240.00 month"]),
        ([devices(commit="1000.00")], ["1000.00 month"]),
        ([devices(grace_days=20, trial_days=14)], ["744.00 month"]),
        ([line("per_user", {"unit_price": "9.50"}, quantity="44")], ["418.00 month"]),
        ([line("per_licence", {"unit_price": "10.00"}, quantity="25")], ["250.00 month"]),
        ([line("per_licence", {"unit_price": "10.00", "products": ["Office Suite", "Mail"]},
               quantity="25")], ["250.00 month"]),
        ([line("per_licence", {"unit_price": "10.00", "minimum": 30, "trial_days": 14},
               quantity="25")], ["300.00 month"]),
        ([line("flat", {"amount": "1200.00", "every": "year"})], ["1200.00 year"]),
        ([line("flat", {"amount": "90.00", "every": "quarter"})], ["90.00 quarter"]),
        ([line("once", {"unit_price": "33.335"}, quantity="3")], ["100.01 once"]),
        ([line("once", {"unit_price": "80"}, quantity="1.5")], ["120.00 once"]),
        ([devices(), line("discount", {"percent": "10", "amount": "0"}, description="Less")],
         ["744.00 month", "-74.40 month"]),
        ([devices(), line("percentage", {"percent": "5"}, description="Care")],
         ["744.00 month", "37.20 month"]),
        ([devices(), line("commitment", {"amount": "800.00"}, description="Least")],
         ["744.00 month", "56.00 month"]),
    ],
)  # fmt: skip
def test_a_line_comes_to_what_the_first_whole_period_bills(
    lines: list[dict[str, Any]], expected: list[str]
) -> None:
    assert come_to(content(*lines)) == expected


def test_seats_are_quoted_in_whole_numbers() -> None:
    with pytest.raises(InvalidFact, match="whole number"):
        content(line("per_licence", {"unit_price": "10.00"}, quantity="2.5"))


@pytest.mark.parametrize(
    ("products", "expected"), [((), 47), (("office suite",), 40), (("Drawing", "Nothing"), 7)]
)
def test_a_line_from_the_catalogue_is_for_the_seats_there_are(
    products: tuple[str, ...], expected: int
) -> None:
    day = AT.date()
    known = [
        Interval("l1", "licence", 1, "licence", "Office Suite", 1, None, day, quantity=40),
        Interval("l2", "licence", 2, "licence", "Drawing", 1, None, day, quantity=7),
        Interval("u1", "user", 3, "user", "Ada", 1, None, day),
    ]
    assert composing.count(PerLicence(Decimal(10), products=products), known, day) == expected


def test_the_first_year_holds_every_rhythm() -> None:
    found = content(
        devices(),
        line("flat", {"amount": "90.00", "every": "quarter"}, description="Q"),
        line("flat", {"amount": "240.00", "every": "year"}, description="Y"),
        line("once", {"unit_price": "500"}, description="Set-up"),
    )
    sums = quoting.sums(quoting.figures(quoting.chosen(found, "a", ()), "USD"))
    assert (sums.once, sums.month) == (Decimal("500.00"), Decimal("744.00"))
    assert sums.first_year == Decimal("500") + 12 * 744 + 4 * 90 + 240


def test_an_option_has_its_lines_and_those_of_all_without_what_is_unticked() -> None:
    found = content(
        line(description="All"), line(description="B", options=["b"]),
        line(description="Extra", optional=True, ticked=True),
        line(description="More", optional=True), options=("a", "b"),
    )  # fmt: skip
    assert quoting.starting(found, "a") == {"kExtra"}
    said = [one.description for one in quoting.chosen(found, "b", quoting.starting(found, "b"))]
    assert said == ["All", "B", "Extra"]
    assert len(quoting.chosen(found, "a", ("kMore", "kExtra", "kB"))) == 3


@pytest.mark.parametrize(
    ("discount", "net"), [("10", "55.80"), ("12.5", "54.25"), ("100", "0.00"), ("0", "62.00")]
)
def test_a_discount_is_in_the_price_the_agreement_gets(discount: str, net: str) -> None:
    facts = quoting.net_facts("per_device", {"unit_price": "62.00"}, Decimal(discount), 2)
    assert facts["unit_price"] == net


@pytest.mark.parametrize(
    ("lines", "options", "field"),
    [
        ([], ("a",), "lines"),
        ([line()], (), "options"),
        ([line(options=["z"])], ("a",), "lines[0].options"),
        ([line(optional=True)], ("a",), "lines"),
        ([devices(), devices() | {"key": "x"}], ("a",), "lines[1].kind"),
        ([line("flat", {"amount": "9", "every": "year"}),
          line("discount", {"percent": "10"}, description="Less")], ("a",), "lines[1].kind"),
    ],
)  # fmt: skip
def test_what_could_not_be_kept_is_not_sent(
    lines: list[dict[str, Any]], options: tuple[str, ...], field: str
) -> None:
    assert field in [one.field for one in quoting.findings(content(*lines, options=options))]


def test_the_same_service_may_stand_in_two_options() -> None:
    one, other = devices() | {"options": ["a"]}, devices("70.00") | {"options": ["b"], "key": "x"}
    assert quoting.findings(content(one, other, options=("a", "b"))) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (line(quantity="-1"), "lines[0].quantity"),
        (line(quantity="5001"), "lines[0].quantity"),
        (line(quantity="NaN"), "lines[0].quantity"),
        (devices(quantity="1.5"), "lines[0].quantity"),
        (line("once", {"unit_price": "1"}, quantity="0"), "lines[0].quantity"),
        (line("once", {"unit_price": "-1"}), "lines[0].facts.unit_price"),
        (line("once", {"unit_price": "1", "x": 1}), "lines[0].facts.x"),
        (line(description=" "), "lines[0].description"),
        (line("nothing"), "lines[0].facts.kind"),
    ],
)
def test_a_wrong_line_is_refused_by_field(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidFact) as told:
        content(wrong)
    assert told.value.field == field


@pytest.mark.parametrize(
    ("state", "expires", "closed"),
    [
        ("sent", timedelta(seconds=1), False), ("viewed", timedelta(seconds=1), False),
        ("sent", timedelta(0), True), ("accepted", timedelta(days=1), True),
        ("draft", timedelta(days=1), True), ("withdrawn", timedelta(days=1), True),
    ],
)  # fmt: skip
def test_it_can_be_answered_until_the_instant_it_expires(
    state: str, expires: timedelta, closed: bool
) -> None:
    assert bool(quoting.closed_because(state, AT + expires, AT)) is closed


_PRICE = st.decimals(min_value=0, max_value=5000, places=3, allow_nan=False)


@given(
    prices=st.lists(st.tuples(_PRICE, st.integers(0, 40), st.integers(0, 100)), max_size=6),
    once=st.lists(st.tuples(_PRICE, st.integers(1, 9)), max_size=4),
)
def test_writing_and_reading_again_changes_nothing(prices: list, once: list) -> None:
    rows = []
    for at, (price, many, off) in enumerate(prices):
        listed = {"unit_price": f"{price}"}
        net = quoting.net_facts("per_user", listed, Decimal(off), 2)
        assert Decimal(net["unit_price"]) <= price + Decimal("0.01")
        rows.append(line("per_user", net, quantity=f"{many}", list_facts=listed, key=f"k{at}",
                         discount=f"{off}"))  # fmt: skip
    rows += [line("once", {"unit_price": f"{price}"}, quantity=f"{many}", key=f"o{at}")
             for at, (price, many) in enumerate(once)]  # fmt: skip
    found = content(*rows)
    again = quoting.read_content(quoting.write_content(found))
    assert again == found
    assert quoting.digest_of(quoting.write_content(again)) == quoting.digest_of(
        quoting.write_content(found)
    )
    sums = quoting.sums(quoting.figures(found.lines, "USD"))
    assert sums.first_year == sums.once + 12 * sums.month


def test_a_line_that_is_delivered_once_is_no_agreement_line() -> None:
    assert read_priced("once", {"unit_price": "5"}).kind == "once"
    with pytest.raises(InvalidFact):
        read_priced("always", {})
