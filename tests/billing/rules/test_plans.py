"""Months under other plans: fees by the rates of bills, work by whom the plan includes."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing.rules.plans import (
    Assumptions,
    Done,
    Plan,
    Reach,
    blocks_for,
    cheapest,
    cost_of,
    fees_of,
    verdict_of,
)
from contracts.rules.labour import Worked
from contracts.rules.marks import UNMARKED, Marks
from contracts.rules.register import Interval
from contracts.rules.terms import Flat, Labour, PerDevice
from msp.kit.periods import month

D = Decimal
JUNE, JULY = month(2026, 6), month(2026, 7)
ASSUMED = Assumptions(Labour(D(150), 15, 15, after=D("1.5")), D(10), D(1300), D(40))
SERVER = Interval(
    interval_id="i1", unit_type="device", unit_id=1, unit_class="server", client_id=1, site_id=1,
    name="SRV", starts_on=date(2026, 6, 16), ends_on=None,
)  # fmt: skip
CARE = Plan(
    "tier", "Care", (("Servers", PerDevice(D(100), device_classes=("server",))),
                     ("Review", Flat(D(30)))),
    Reach(classes=frozenset({"server"}), people=True),
)  # fmt: skip
SHARED = Plan(
    "shared", "Shared", CARE.lines,
    Reach(classes=frozenset({"server"}), own=frozenset({"laptop"}), own_people=True),
)  # fmt: skip


def done(entry: int, minutes: int, day: date, device: str = "", **facts) -> Done:
    facts = {"hour_class": "business", "work_type": "remote", "verdict": "included"} | facts
    worked = Worked(
        entry_id=entry, part=0, ticket_id=entry, on=day, seconds=minutes * 60, agreement_id=None,
        started_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC), **facts,
    )  # fmt: skip
    return Done(worked, device)


WORK = [
    done(1, 60, date(2026, 6, 3), "server"),
    done(2, 20, date(2026, 6, 4), "laptop"),
    done(3, 60, date(2026, 6, 5), "server", hour_class="after"),
    done(4, 30, date(2026, 6, 8)),
    done(5, 60, date(2026, 7, 2), "server", work_type="project"),
]


def cost(plan: Plan):
    return cost_of(plan, (JUNE, JULY), (SERVER,), WORK, ASSUMED, "USD")


def totals(plan: Plan) -> list[Decimal]:
    return [one.total for one in cost(plan).months]


def test_by_the_hour_everything_is_work_rounded_as_assumed():
    # 1 h, half an hour, 1.5 times an hour, half an hour; then an hour
    assert totals(Plan("hourly", "By the hour")) == [D("525.00"), D("150.00")]


def test_a_tier_charges_its_units_by_the_day_and_includes_their_work():
    found = cost(CARE)
    assert [one.fees for one in found.months] == [D("80.00"), D("130.00")]
    assert [one.work for one in found.months] == [D("300.00"), D("150.00")]
    assert found.included_seconds == 90 * 60


def test_shared_leaves_desks_to_the_clients_own_it():
    found = cost(SHARED)
    assert [one.own for one in found.months] == [D("33.33"), D(0)]
    assert [one.work for one in found.months] == [D("225.00"), D("150.00")]
    assert found.own_seconds == 50 * 60


def test_nights_can_be_in_the_fee():
    nights = Assumptions(ASSUMED.labour, nights=True)
    assert verdict_of(CARE.reach, WORK[2], ASSUMED) == "billable"
    assert verdict_of(CARE.reach, WORK[2], nights) == "included"
    assert verdict_of(CARE.reach, WORK[4], nights) == "billable"


def test_blocks_are_bought_when_the_last_is_used_up():
    plan = Plan("block", "Prepaid", block=True)
    found = cost(plan)
    assert totals(plan) == [D("1300.00"), D("0.00")]
    assert found.left_seconds == (10 * 60 - 210 - 60) * 60


@pytest.mark.parametrize(
    ("minutes", "left", "bought", "after"),
    [(0, 0, 0, 0), (600, 0, 1, 0), (601, 0, 2, 599), (100, 100, 0, 0), (100, 40, 1, 540)],
)
def test_how_many_blocks_a_month_needs(minutes, left, bought, after):
    assert blocks_for(D(minutes), D(left), D(10)) == (bought, D(after))


def test_the_cheapest_is_the_least_in_all():
    care, hourly = cost(CARE), cost(Plan("hourly", "By the hour"))
    assert (care.total, hourly.total) == (D(660), D(675))
    assert cheapest([hourly, care]) == care
    assert cheapest([]) is None


def test_a_month_of_work_is_rounded_once():
    work = [done(n, minutes, date(2026, 6, n), "x") for n, minutes in ((3, 40), (4, 25), (5, 40))]
    assumed = Assumptions(Labour(D("42.50")))
    found = cost_of(Plan("hourly", "By the hour"), (JUNE,), (), work, assumed, "USD")
    assert found.months[0].work == D("74.38")


@pytest.mark.parametrize(("client_id", "fees"), [(1, "100.00"), (2, "50.00"), (None, "150.00")])
def test_a_plan_charges_what_the_client_pays_for_and_not_what_another_does(client_id, fees):
    paid = [
        replace(SERVER, interval_id=f"i{n}", unit_id=n, starts_on=date(2026, 1, 1), marks=marks)
        for n, marks in enumerate((UNMARKED, UNMARKED, Marks(payer_id=2)), start=1)
    ]
    line = ("Servers", PerDevice(D(50), device_classes=("server",)))
    assert f"{fees_of([line], JUNE, paid, 'USD', client_id=client_id):.2f}" == fees
