"""What an agreement will bill, shown before any bill exists."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from contracts import actions, queries
from contracts.clients import actions as clients
from contracts.queries.estimate import estimate
from contracts.rules.rating import RATES, Reading
from contracts.rules.register import Interval
from contracts.rules.terms import COUNTINGS, Flat, PerDevice, PerUser, read_terms
from msp.kit.periods import Period, month
from tests import make

JUNE = month(2026, 6)
NOW = datetime(2026, 5, 20, 14, 0, tzinfo=UTC)

INTERVALS = [
    Interval("a", "device", 1, "server", "a", 1, None, date(2026, 1, 1)),
    Interval("b", "device", 2, "laptop", "b", 1, None, date(2026, 6, 11)),
    Interval("c", "device", 3, "laptop", "c", 1, None, date(2026, 1, 1), date(2026, 6, 21)),
    Interval("d", "user", 1, "user", "d", 1, None, date(2026, 1, 1)),
    Interval("e", "user", 2, "user", "e", 1, None, date(2026, 6, 30)),
]
TERMS = [
    Flat(Decimal("99.99")),
    *(
        kind(Decimal("15.37"), counting=counting, included=included, minimum=minimum)
        for kind in (PerDevice, PerUser)
        for counting in COUNTINGS
        for included, minimum in ((0, 0), (1, 0), (0, 5), (2, 2))
    ),
    PerDevice(Decimal("10"), ("laptop",)),
]


@pytest.mark.parametrize("terms", TERMS, ids=str)
def test_the_estimate_is_what_the_bill_will_be(terms):
    counted = "user" if isinstance(terms, PerUser) else "device"
    units = [one for one in INTERVALS if one.unit_type == counted]
    (billed,) = RATES[terms.kind](terms, Reading(JUNE, tuple(units)), JUNE, "USD")

    assert estimate(terms, INTERVALS, JUNE, "USD").amount == billed.amount


@pytest.mark.parametrize(
    ("starts_on", "today", "expected"),
    [
        (date(2026, 1, 1), date(2026, 5, 20), JUNE),
        (date(2026, 6, 1), date(2026, 5, 20), JUNE),
        (date(2026, 6, 2), date(2026, 5, 20), month(2026, 7)),
        (date(2026, 6, 1), date(2026, 6, 1), JUNE),
        (date(2026, 5, 20), date(2026, 5, 20), JUNE),
        (date(2026, 12, 1), date(2026, 12, 31), month(2027, 1)),
    ],
)
def test_the_coming_month_is_a_whole_one(starts_on, today, expected):
    assert queries.coming_period(starts_on, today) == expected


@pytest.fixture
def harbor(alpha):
    client = make.client("Harbor Dental")
    make.device(client, "srv")
    make.device(client, "lap", "laptop")
    return client


def plan(agreement, *lines, starts_on=date(2026, 6, 1), level=None):
    version = agreement.versions.filter(published_at=None).first()
    version = version or actions.amend(
        agreement=agreement, effective_on=starts_on, by=make.BY, at=NOW
    )
    planned = [
        queries.Planned(line.description, terms, line_key=line.line_key)
        for line, terms in ((one, read_terms(one.kind, one.facts)) for one in lines)
    ]
    return queries.outlook(queries.Plan(version, planned, level, starts_on), NOW)


def test_an_outlook_shows_the_bill_the_difference_and_what_changes(harbor):
    agreement = make.agreement(harbor, make.per_device("10.00", ["laptop"], description="Laptops"))
    key = agreement.versions.get().lines.get().line_key
    line = actions.LineInput(
        "Laptops", "per_device", {"unit_price": "12.50", "device_classes": ["laptop"]}, line_key=key
    )

    seen = plan(agreement, line)

    assert seen.bill.period == JUNE
    assert (seen.bill.total, seen.present, seen.gain) == (
        Decimal("12.50"), Decimal("10.00"), Decimal("2.50"),
    )  # fmt: skip
    assert [one.after for one in seen.changes] == [
        "Laptops: $12.50 a month for each laptop, counted by the day"
    ]
    assert [one.name for one in seen.uncovered] == ["srv"]
    assert seen.findings == []


def test_an_outlook_names_what_stands_against_publishing(harbor):
    agreement = make.agreement(harbor, make.flat("1.00"))
    twice = [make.per_user(), make.per_user(description="More users")]

    seen = plan(agreement, *twice, starts_on=date(2026, 5, 1))

    assert [(one.field, one.reason) for one in seen.findings] == [
        (
            "effective_on",
            "2026-05-01 is past; bills of that time exist or are due. The first possible day is "
            "2026-05-20.",
        ),
        (
            "lines[1].kind",
            'It would charge twice: every user is on "Users" of Managed Complete too.',
        ),
    ]
    assert [one.reason for one in plan(agreement).findings] == [
        "An agreement needs at least one line."
    ]


def test_a_month_adds_up_per_currency_and_only_what_is_in_effect(harbor):
    make.agreement(harbor, make.flat("100.00"))
    make.agreement(harbor, make.flat("50.00"), currency="EUR", name="Euro")
    make.agreement(harbor, make.flat("7.00"), name="Draft", published=False)
    make.agreement(harbor, make.flat("9.00"), name="Over", ends_on=date(2026, 5, 1))
    make.agreement(harbor, make.flat("11.00"), name="Later", starts_on=date(2026, 7, 1))

    found = queries.standings(queries.running_of(harbor, NOW), NOW)
    totals = queries.monthly(found.values())

    assert totals == {"USD": Decimal("100.00"), "EUR": Decimal("50.00")}


def test_a_list_of_agreements_is_read_in_a_fixed_number_of_questions(
    harbor, django_assert_max_num_queries
):
    quill = make.client("Quill")
    rows = [make.agreement(one, make.per_device(), name=one.name) for one in (harbor, quill)]

    with django_assert_max_num_queries(6):
        found = queries.standings(rows, NOW)

    assert [found[row.pk].bill.total for row in rows] == [Decimal("20.00"), Decimal("0.00")]


def test_a_device_that_leaves_next_month_lowers_the_estimate(harbor):
    agreement = make.agreement(harbor, make.per_device("30.00"))
    device = harbor.devices.get(name="lap")
    clients.retire_device(device=device, on=date(2026, 6, 16), by=make.BY, at=NOW)

    bill = queries.standings([agreement], NOW)[agreement.pk].bill

    assert bill.period == Period(date(2026, 6, 1), date(2026, 7, 1))
    assert bill.total == Decimal("45.00")


def test_the_margin_of_a_draft_needs_every_cost(alpha, ada):
    client = make.client()
    make.device(client, "srv-01", "server")
    make.device(client, "srv-02", "server")
    service = actions.add_service(
        name="Server care", code="server-care", cost=Decimal("87.00"), by=make.BY, at=NOW
    )
    plan = make.agreement(
        client, make.per_device("145.00", description="Servers", service=service),
        make.flat("50.00", description="Reviews"), published=False,
    )  # fmt: skip
    page = ada.get(f"/agreements/{plan.pk}/edit").content.decode()
    assert "No cost is recorded for Reviews" in " ".join(page.split())
    assert "No promise under this agreement was judged" in page
    lines = [make.per_device("145.00", description="Servers", service=service)]
    actions.set_lines(version=plan.versions.get(), lines=lines, by=make.BY, at=NOW)
    assert "40.0 %" in ada.get(f"/agreements/{plan.pk}/edit").content.decode()
