"""Whatever happens within a month, the days behind a line make its amount (M4, M10-M12)."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.models import Invoice
from contracts import actions as contracts
from contracts.actions import LineInput
from contracts.clients import actions as clients
from contracts.clients.models import Client
from msp.kit.periods import month
from tests import make
from tests.billing.conftest import JULY_1, JUNE, run_of

pytestmark = pytest.mark.django_db
DAYS = JUNE.days
prices = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("999.99"), places=2)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(16), UTC)


def june(day: int) -> date:
    return JUNE.start + timedelta(days=day)


# A device: the day of June it begins to count on, and the day it is retired, if it is.
lives = st.tuples(st.integers(-10, DAYS + 5), st.one_of(st.none(), st.integers(-5, DAYS + 5))).map(
    lambda life: (life[0], None if life[1] is None else max(life))
)


def settle(harbor: Client, devices: list, price: Decimal, amended: tuple | None) -> None:
    """Make the month happen."""
    agreement = make.agreement(harbor, make.per_device(f"{price}", description="Devices"))
    for number, (start, end) in enumerate(devices):
        device = make.device(harbor, f"d{number}", "workstation", counts_from_on=june(start))
        if end is not None:
            clients.retire_device(device=device, on=june(end), by=make.BY, at=noon(june(end)))
    if amended is not None:
        day, newer = june(amended[0]), amended[1]
        version = contracts.amend(agreement=agreement, effective_on=day, by=make.BY, at=noon(day))
        line = version.lines.get()
        facts = line.facts | {"unit_price": f"{newer}"}
        kept = LineInput(line.description, line.kind, facts, line_key=line.line_key)
        contracts.set_lines(version=version, lines=[kept], by=make.BY, at=noon(day))
        contracts.publish(version=version, by=make.BY, at=noon(day))


def present(devices: list, day: int) -> int:
    """How many devices count on a day, the slow way."""
    return sum(start <= day and (end is None or day < end) for start, end in devices)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    devices=st.lists(lives, min_size=1, max_size=6),
    price=prices,
    amended=st.one_of(st.none(), st.tuples(st.integers(1, DAYS - 1), prices)),
)
def test_days_times_price_is_the_amount(alpha, devices, price, amended):
    with transaction.atomic():
        harbor = make.client("Harbor Dental", billing_email="b@harbor.example")
        settle(harbor, devices, price, amended)
        bill = Invoice.objects.get(run=run_of(), client=harbor)
        lines = list(bill.lines.order_by("starts_on"))
        split = amended is not None and amended[1] != price
        assert len(lines) == (2 if split else 1)
        assert (lines[0].starts_on, lines[-1].ends_on) == (JUNE.start, JUNE.end)
        assert all(one.ends_on == two.starts_on for one, two in pairwise(lines))
        for line in lines:
            first, last = ((day - JUNE.start).days for day in (line.starts_on, line.ends_on))
            days = sum(present(devices, day) for day in range(first, last))
            assert sum(unit.days for unit in line.units.all()) == days == line.trace["unit_days"]
            assert line.amount == cents(line.unit_price * days / DAYS)
        assert bill.net == sum(line.amount for line in lines)
        transaction.set_rollback(True)


def test_a_swap_within_the_month_is_one_device(harbor):
    """One out on the 14th, its replacement in on the 14th: no day twice, none missing."""
    from contracts.clients.models import Device

    old = Device.objects.get(name="hdg-ws-01")
    clients.retire_device(device=old, on=date(2026, 6, 14), by=make.BY, at=noon(june(13)))
    make.device(harbor, "hdg-ws-09", "workstation", counts_from_on=date(2026, 6, 14))
    bill = Invoice.objects.get(run=run_of(), client=harbor)
    assert bill.lines.get(description="Devices").amount == Decimal("30.00")


def test_a_flat_fee_amended_within_the_month_is_charged_by_its_days(alpha):
    client = make.client("Quill Accounting")
    agreement = make.agreement(client, make.flat("300.00", prorate=False))
    day = date(2026, 6, 11)
    version = contracts.amend(agreement=agreement, effective_on=day, by=make.BY, at=noon(day))
    line = version.lines.get()
    facts = line.facts | {"amount": "600.00"}
    kept = LineInput(line.description, line.kind, facts, line_key=line.line_key)
    contracts.set_lines(version=version, lines=[kept], by=make.BY, at=noon(day))
    contracts.publish(version=version, by=make.BY, at=noon(day))
    bill = Invoice.objects.get(run=run_of(), client=client)
    assert [one.amount for one in bill.lines.all()] == [Decimal("100.00"), Decimal("400.00")]


def test_an_amendment_that_left_a_line_alone_keeps_it_one_line(harbor):
    agreement = harbor.agreements.get()
    day = date(2026, 6, 11)
    version = contracts.amend(agreement=agreement, effective_on=day, by=make.BY, at=noon(day))
    contracts.publish(version=version, by=make.BY, at=noon(day))
    bill = Invoice.objects.get(run=run_of(), client=harbor)
    assert bill.lines.count() == 3
    assert bill.net == Decimal("139.50")


def test_a_late_correction_shows_in_the_proof_and_never_in_the_bill(harbor):
    """M13: what was issued stays; the difference is known by counting with today's knowledge."""
    from billing.queries.evidence import proof_of
    from contracts.clients.models import Device
    from tests.billing.conftest import issued

    bill = issued(harbor)
    device = Device.objects.get(name="hdg-ws-02")
    later = JULY_1 + timedelta(days=3)
    clients.retire_device(device=device, on=date(2026, 6, 16), by=make.BY, at=later)
    proof = proof_of(bill, later)
    assert proof.holds
    assert proof.now == ('"Devices": 25.00 for 3 instead of 30 for 3.',)
    july = Invoice.objects.get(
        run=run_of(month(2026, 7), JULY_1 + timedelta(days=31)), client=harbor
    )
    assert july.lines.get(description="Devices").amount == Decimal("20.00")
