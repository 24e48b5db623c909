"""What is learned of an issued month stands on the next bill, labelled, and never edits one."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from billing.models import Invoice
from billing.queries.evidence import corrected_since, proof_of, sentences
from billing.queries.units import coming_corrections
from contracts import actions as contracts
from contracts.clients import actions as clients
from contracts.clients import queries
from contracts.clients.actions import Stretch
from contracts.models import Agreement
from contracts.queries import overrides_on
from contracts.rules.marks import Marks
from msp.kit.periods import month
from tenants.people.rules.viewer import Viewer
from tests import make
from tests.billing.conftest import issued, run_of

MAY, JUNE, JULY = (month(2026, number) for number in (5, 6, 7))
JUNE_1, JULY_1, AUGUST_1 = (datetime(2026, n, 1, 13, tzinfo=UTC) for n in (6, 7, 8))
STAFF = Viewer("staff", 1, "Ada", "owner")
JUNE_20 = datetime(2026, 6, 20, 15, tzinfo=UTC)


def retired_in_may(device, at=JUNE_20):
    """It went on 11 May; nobody knew until 20 June."""
    [known] = queries.known_intervals(unit_type="device", unit_id=device.pk)
    said = Stretch(known.starts_on, date(2026, 5, 11))
    clients.correct_unit(
        unit=device, interval_id=known.interval_id, said=said,
        reason="found in the store room", by=make.BY, at=at,
    )  # fmt: skip


def told(bill):
    return [(line.description, f"{line.amount:.2f}") for line in bill.lines.all()]


def test_a_correction_of_an_issued_month_is_a_line_of_the_next_bill(harbor):
    may = issued(harbor, MAY, JUNE_1)
    before = told(may)
    device = harbor.devices.get(name="hdg-ws-02")
    retired_in_may(device)
    device.refresh_from_db()
    assert device.retired_on == date(2026, 5, 11)
    assert [f"{one.amount:.2f}" for one in coming_corrections(harbor, JUNE_20)] == ["-6.77"]

    june = issued(harbor, JUNE, JULY_1)

    assert told(june)[0] == ("Devices, corrected for May 2026", "-6.77")  # 10.00 x 21/31
    line = june.lines.first()
    assert (line.starts_on, line.ends_on) == (MAY.start, MAY.end)
    assert sentences(line)[-3:] == [
        "$30.00 was billed, as it was known then.",
        "hdg-ws-02 counts 10 days instead of 31.",
        "$6.77 is given back.",
    ]
    assert "correction" in {check["code"] for check in june.checks}
    assert told(Invoice.objects.get(pk=may.pk)) == before
    assert proof_of(may, JULY_1).holds
    assert proof_of(june, JULY_1).holds
    seen = corrected_since(may.lines.first(), STAFF)
    assert [one.pk for one in seen] == [line.pk]


def test_what_was_corrected_is_not_corrected_again(harbor):
    issued(harbor, MAY, JUNE_1)
    retired_in_may(harbor.devices.get(name="hdg-ws-02"))
    issued(harbor, JUNE, JULY_1)
    july = issued(harbor, JULY, AUGUST_1)
    assert told(july) == [("Devices", "20.00"), ("Users", "9.50"), ("Service desk", "100.00")]


def test_a_month_that_is_not_issued_is_counted_anew_and_not_corrected(harbor):
    run_of(MAY, JUNE_1)
    retired_in_may(harbor.devices.get(name="hdg-ws-02"))
    june = issued(harbor, JUNE, JULY_1)
    assert not any("corrected" in text for text, _amount in told(june))


def test_an_ordinary_change_of_this_month_corrects_nothing(harbor):
    issued(harbor, MAY, JUNE_1)
    clients.retire_device(
        device=harbor.devices.get(name="hdg-ws-02"), on=date(2026, 6, 11), by=make.BY, at=JUNE_20
    )
    june = issued(harbor, JUNE, JULY_1)
    assert told(june)[0] == ("Devices", "23.33")


def test_a_stretch_nobody_knew_of_is_charged_with_its_days(harbor):
    may = issued(harbor, MAY, JUNE_1)
    late = make.device(
        harbor, "hdg-ws-03", "workstation", counts_from_on=date(2026, 5, 22), at=JUNE_20
    )
    june = issued(harbor, JUNE, JULY_1)
    assert told(june)[0] == ("Devices, corrected for May 2026", "3.23")  # 10.00 x 10/31
    assert any(unit.unit_id == late.pk for unit in june.lines.first().units.all())
    assert f"{may.net:.2f}" == "139.50"


def test_two_months_are_corrected_on_one_bill_each_with_its_days(harbor):
    issued(harbor, MAY, JUNE_1)
    issued(harbor, JUNE, JULY_1)
    retired_in_may(harbor.devices.get(name="hdg-ws-02"), at=JULY_1 + timedelta(days=9))
    july = issued(harbor, JULY, AUGUST_1)
    assert told(july)[:2] == [
        ("Devices, corrected for May 2026", "-6.77"),
        ("Devices, corrected for June 2026", "-10.00"),
    ]


def test_a_paid_year_and_a_number_by_hand_are_corrected_too(alpha):
    client = make.client("Quill Accounting", billing_email="b@quill.example")
    make.device(client, "q-1")
    agreement = make.agreement(client, make.per_device("31.00", timing="advance"))
    issued(client, month(2026, 4), datetime(2026, 5, 1, 13, tzinfo=UTC))
    issued(client, MAY, JUNE_1)
    key = agreement.versions.get().lines.get().line_key
    contracts.override_count(
        agreement=agreement, line_key=key, quantity=3, starts_on=MAY.start, ends_on=MAY.end,
        reason="two were on loan", by=make.BY, at=JUNE_20,
    )  # fmt: skip
    june = issued(client, JUNE, JULY_1)
    assert told(june)[0] == ("Devices, corrected for May 2026", "62.00")
    [(said, _line)] = overrides_on(agreement, JULY_1)
    contracts.withdraw_override(
        agreement=agreement, interval_id=said.interval_id, by=make.BY,
        at=JULY_1 + timedelta(days=1),
    )  # fmt: skip
    july = issued(client, JULY, AUGUST_1)
    assert told(july)[0] == ("Devices, corrected for May 2026", "-62.00")
    assert proof_of(june, AUGUST_1).holds


def test_a_person_paid_by_the_sister_company_moves_from_bill_to_bill(harbor):
    sister = make.client("Harbor Labs", billing_email="b@labs.example")
    make.agreement(sister, make.per_user("9.50", description="Users"), make.flat("5.00"))
    dora = make.contact(sister, "Dora", counts_from_on=date(2026, 1, 1))
    cora = harbor.contacts.get(name="Cora")
    marks = Marks(payer_id=harbor.pk, person_id=cora.pk)
    clients.mark_unit(unit=dora, marks=marks, on=JUNE.start, by=make.BY, at=JUNE_1)
    bills = {}
    run_of(JUNE, JULY_1)
    for client in (harbor, sister):
        bill = Invoice.objects.get(client=client, starts_on=JUNE.start)
        bills[client.slug] = {line.description: line for line in bill.lines.all()}
    users = bills["harbor-dental"]["Users"]
    assert (users.amount, users.units.count()) == (Decimal("9.5"), 1)
    theirs = bills["harbor-labs"]["Users"]
    assert theirs.amount == 0
    assert theirs.trace["dropped"][0]["rule"] == "another client pays for it"


def test_a_number_by_hand_is_told_beside_what_was_counted(harbor):
    agreement = Agreement.objects.get(client=harbor)
    key = agreement.versions.get().lines.get(description="Users").line_key
    contracts.override_count(
        agreement=agreement, line_key=key, quantity=3, starts_on=date(2026, 6, 10),
        ends_on=date(2026, 6, 20), reason="two temps nobody entered", by=make.BY, at=JUNE_20,
    )  # fmt: skip
    june = issued(harbor, JUNE, JULY_1)
    line = june.lines.get(description="Users")
    assert sentences(line)[1:] == [
        "1 person makes 30 person-days.",
        "10\u201319 June 2026: 3 people charged by hand, two temps nobody entered.",
        "20 person-days added by that, 50 in all.",
        "$9.50 \u00d7 50 \u00f7 30 days = $15.83",
    ]
    assert {check["code"] for check in june.checks} >= {"override"}
