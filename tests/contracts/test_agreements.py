"""Agreements: versions that tile time, and what they bill and cover."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from contracts import actions, queries
from contracts.models import AgreementLine, AgreementVersion
from msp.kit.periods import Period, month
from msp.kit.refusals import Conflict, Refused
from tenants.journal.queries import about
from tests import make

JUNE = month(2026, 6)
NOW = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)


@pytest.fixture
def harbor(alpha):
    return make.client("Harbor Dental")


def amend(agreement, on, *lines, level=None):
    version = actions.amend(agreement=agreement, effective_on=on, by=make.BY, at=NOW)
    if lines:
        actions.set_lines(
            version=version, lines=list(lines), level_version=level, by=make.BY, at=NOW
        )
    return actions.publish(version=version, by=make.BY, at=NOW)


def test_a_published_agreement_bills_the_whole_month(harbor):
    agreement = make.agreement(harbor, make.per_device("62.00", ["workstation"]))

    (line,) = queries.billable_lines(client_id=harbor.pk, period=JUNE)

    assert (line.agreement_id, line.agreement_name) == (agreement.pk, "Managed Complete")
    assert (line.kind, line.description, line.period) == ("per_device", "Devices", JUNE)
    assert line.facts["unit_price"] == "62.00"
    assert line.currency == "USD"


def test_a_draft_bills_nothing(harbor):
    make.agreement(harbor, published=False)

    assert queries.billable_lines(client_id=harbor.pk, period=JUNE) == []


def test_an_amendment_within_the_month_splits_its_line_without_gap(harbor):
    agreement = make.agreement(harbor, make.per_device("10.00"))
    first = agreement.versions.get().lines.get()
    key = first.line_key

    amend(
        agreement, date(2026, 6, 11),
        actions.LineInput("Devices", "per_device", {"unit_price": "12.00"}, line_key=key),
    )  # fmt: skip

    lines = queries.billable_lines(client_id=harbor.pk, period=JUNE)
    assert [(one.line_key, one.facts["unit_price"], one.period) for one in lines] == [
        (key, "10.00", Period(date(2026, 6, 1), date(2026, 6, 11))),
        (key, "12.00", Period(date(2026, 6, 11), date(2026, 7, 1))),
    ]


def test_a_copied_line_keeps_its_key_through_an_amendment(harbor):
    agreement = make.agreement(harbor, make.flat("99.00"), make.per_user("9.50"))

    amend(agreement, date(2026, 6, 11))

    keys = [
        list(version.lines.values_list("line_key", "description"))
        for version in agreement.versions.all()
    ]
    assert keys[0] == keys[1]
    assert len(queries.billable_lines(client_id=harbor.pk, period=JUNE)) == 4


def test_an_agreement_bills_from_its_first_to_its_last_day(harbor):
    make.agreement(harbor, starts_on=date(2026, 6, 11), ends_on=date(2026, 6, 21))

    (line,) = queries.billable_lines(client_id=harbor.pk, period=JUNE)

    assert line.period == Period(date(2026, 6, 11), date(2026, 6, 21))


def test_an_ended_agreement_bills_until_the_end(harbor):
    agreement = make.agreement(harbor)

    actions.end_agreement(agreement=agreement, ends_on=date(2026, 6, 16), by=make.BY, at=NOW)

    (line,) = queries.billable_lines(client_id=harbor.pk, period=JUNE)
    assert line.period.days == 15
    assert queries.billable_lines(client_id=harbor.pk, period=month(2026, 7)) == []


def test_an_agreement_cannot_end_in_the_past(harbor):
    agreement = make.agreement(harbor)

    with pytest.raises(Refused) as refused:
        actions.end_agreement(agreement=agreement, ends_on=date(2026, 5, 31), by=make.BY, at=NOW)

    assert refused.value.field == "ends_on"


def test_a_replacement_on_the_same_day_leaves_the_first_without_effect(harbor):
    agreement = make.agreement(harbor, starts_on=date(2026, 6, 5))

    amend(agreement, date(2026, 6, 5), make.flat("7.00"))

    lines = queries.billable_lines(client_id=harbor.pk, period=JUNE)
    assert [(one.kind, one.period.days) for one in lines] == [("flat", 26)]


@pytest.mark.parametrize("on", [date(2026, 5, 31), date(2026, 3, 1)])
def test_an_amendment_of_the_past_is_refused_by_its_date(harbor, on):
    agreement = make.agreement(harbor)
    version = actions.amend(agreement=agreement, effective_on=on, by=make.BY, at=NOW)

    with pytest.raises(Refused, match="is past") as refused:
        actions.publish(version=version, by=make.BY, at=NOW)

    assert refused.value.field == "effective_on"


def test_an_agreement_taken_over_may_begin_in_the_past_when_said_so(harbor):
    agreement = make.agreement(harbor, published=False)
    version = agreement.versions.get()
    with pytest.raises(Refused):
        actions.publish(version=version, by=make.BY, at=NOW)

    actions.publish(version=version, by=make.BY, at=NOW, backdated=True)

    assert queries.billable_lines(client_id=harbor.pk, period=JUNE)


def test_a_version_cannot_begin_before_the_one_it_follows(harbor):
    agreement = make.agreement(harbor)
    amend(agreement, date(2026, 7, 1))

    with pytest.raises(Refused) as refused:
        actions.amend(agreement=agreement, effective_on=date(2026, 6, 20), by=make.BY, at=NOW)

    assert refused.value.field == "effective_on"


def test_a_published_version_is_never_edited_and_only_one_draft_exists(harbor):
    agreement = make.agreement(harbor)
    version = agreement.versions.get()

    with pytest.raises(Conflict):
        actions.set_lines(version=version, lines=[make.flat()], by=make.BY, at=NOW)
    with pytest.raises(Conflict):
        actions.publish(version=version, by=make.BY, at=NOW)
    actions.amend(agreement=agreement, effective_on=date(2026, 7, 1), by=make.BY, at=NOW)
    with pytest.raises(Conflict):
        actions.amend(agreement=agreement, effective_on=date(2026, 7, 1), by=make.BY, at=NOW)


def test_the_database_refuses_published_versions_that_overlap(harbor):
    agreement = make.agreement(harbor)

    with pytest.raises(IntegrityError, match="published_versions_do_not_overlap"):
        with transaction.atomic():
            AgreementVersion.objects.create(
                agreement=agreement, number=2, effective_on=date(2026, 6, 1), published_at=NOW
            )


def test_an_agreement_without_lines_cannot_be_published(harbor):
    agreement = make.agreement(harbor, published=False)
    version = agreement.versions.get()
    version.lines.all().delete()

    with pytest.raises(Refused) as refused:
        actions.publish(version=version, by=make.BY, at=NOW, backdated=True)

    assert refused.value.field == "lines"


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([make.per_device("5.00"), make.per_device("6.00", ["server"])], "lines[1].kind"),
        ([make.per_device("5.00", ["server", "laptop"]), make.per_device("1.00", ["laptop"])],
         "lines[1].kind"),
        ([make.per_user(), make.flat(), make.per_user()], "lines[2].kind"),
    ],
)  # fmt: skip
def test_one_service_is_not_charged_twice_for_a_unit(harbor, lines, field):
    with pytest.raises(Refused, match="charge twice") as refused:
        make.agreement(harbor, *lines)

    assert refused.value.field == field


def test_another_agreement_cannot_charge_the_same_devices(harbor):
    make.agreement(harbor, make.per_device("5.00", ["server"]), ends_on=date(2026, 7, 1))

    with pytest.raises(Refused, match=r"each server .* of Managed Complete too"):
        make.agreement(harbor, make.per_device("5.00"), name="Second", starts_on=date(2026, 6, 1))
    make.agreement(harbor, make.per_device("5.00"), name="Third", starts_on=date(2026, 7, 1))


def test_two_services_may_count_the_same_devices(harbor):
    backup, patches = make.service("Backup"), make.service("Patches")

    make.agreement(
        harbor, make.per_device("5.00", service=backup), make.per_device("3.00", service=patches)
    )

    assert len(queries.billable_lines(client_id=harbor.pk, period=JUNE)) == 2


def test_wrong_terms_are_named_by_line_and_field(harbor):
    with pytest.raises(Refused) as refused:
        make.agreement(harbor, make.flat("1.00"), make.per_device("-1"))

    assert refused.value.field == "lines[1].unit_price"


def test_the_journal_tells_the_life_of_an_agreement(harbor):
    agreement = make.agreement(harbor)
    amend(agreement, date(2026, 7, 1))
    actions.end_agreement(agreement=agreement, ends_on=date(2026, 8, 1), by=make.BY, at=NOW)

    assert [line.sentence for line in about("agreement", agreement.pk)] == [
        "drafted the agreement Managed Complete",
        "changed the lines of version 1 of Managed Complete",
        "published version 1 of Managed Complete, in effect from 2026-01-01",
        "began version 2 of Managed Complete, meant for 2026-07-01",
        "published version 2 of Managed Complete, in effect from 2026-07-01",
        "ended Managed Complete; 2026-07-31 is its last day",
    ]


def test_a_discarded_first_draft_leaves_no_agreement(harbor):
    agreement = make.agreement(harbor, published=False)

    actions.discard_draft(version=agreement.versions.get(), by=make.BY, at=NOW)

    assert not harbor.agreements.exists()


# -- coverage ------------------------------------------------------------------------------------


def test_the_line_of_the_class_covers_and_its_promise_follows(harbor):
    quick, slow = make.level("Quick"), make.level("Slow")
    service = make.service()
    agreement = make.agreement(
        harbor,
        make.per_device("10.00", description="All devices"),
        make.per_device("145.00", ["server"], description="Servers", service=service, level=quick),
        level=slow,
    )
    server, laptop = make.device(harbor, "srv"), make.device(harbor, "lap", "laptop")
    lines = {line.description: line.pk for line in agreement.versions.get().lines.all()}

    found = queries.coverage(client_id=harbor.pk, device_id=server.pk, at=NOW)
    other = queries.coverage(client_id=harbor.pk, device_id=laptop.pk, at=NOW)

    assert (found.covered, found.line_id) == (True, lines["Servers"])
    assert found.level_version_id == quick.pk
    assert found.reason == (
        '"Servers" of Managed Complete applies: it names the class server. '
        '"Quick" applies: the agreement line names it.'
    )
    assert other.line_id == lines["All devices"]
    assert other.level_version_id == slow.pk
    assert other.failed == ('"Servers" of Managed Complete: it covers server, not laptop',)


def test_a_device_no_line_covers_says_why_and_keeps_the_agreements_promise(harbor):
    level = make.level("Standard")
    make.agreement(harbor, make.per_device("10.00", ["server"]), level=level)
    phone = make.device(harbor, "phone", "phone")

    found = queries.coverage(client_id=harbor.pk, device_id=phone.pk, at=NOW)

    assert not found.covered
    assert found.line_id is None
    assert found.level_version_id == level.pk
    assert "it covers server, not phone" in found.reason


def test_a_flat_agreement_covers_every_device(harbor):
    make.agreement(harbor, make.flat("900.00", description="Everything"))
    device = make.device(harbor)

    found = queries.coverage(client_id=harbor.pk, device_id=device.pk, at=NOW)

    assert found.covered
    assert found.reason.startswith('"Everything" of Managed Complete applies')


def test_without_an_agreement_nothing_is_promised(harbor):
    device = make.device(harbor)

    found = queries.coverage(client_id=harbor.pk, device_id=device.pk, at=NOW)
    people = queries.coverage(client_id=harbor.pk, device_id=None, at=NOW)

    assert (found.covered, found.agreement_id, found.level_version_id) == (False, None, None)
    assert found.reason == "No agreement line exists for this client."
    assert people.reason == "No agreement is in force for this client."


def test_coverage_ends_with_the_agreement_on_the_clients_calendar(harbor):
    make.agreement(harbor, ends_on=date(2026, 6, 1))
    device = make.device(harbor)
    last_evening = datetime(2026, 6, 1, 3, 59, tzinfo=UTC)  # 23:59 on 31 May in New York
    first_morning = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)

    before = queries.coverage(client_id=harbor.pk, device_id=device.pk, at=last_evening)
    after = queries.coverage(client_id=harbor.pk, device_id=device.pk, at=first_morning)

    assert before.covered
    assert not after.covered
    assert "its last day was 2026-05-31" in after.reason


def test_many_devices_are_answered_like_one(harbor, django_assert_max_num_queries):
    make.agreement(harbor, make.per_device("10.00", ["server"]))
    devices = [make.device(harbor, f"d{n}", kind) for n, kind in enumerate(("server", "phone"))]

    with django_assert_max_num_queries(5):
        found = queries.cover_devices(client_id=harbor.pk, devices=devices, at=NOW)

    assert found == {
        device.pk: queries.coverage(client_id=harbor.pk, device_id=device.pk, at=NOW)
        for device in devices
    }


def test_a_level_is_read_with_its_frozen_hours(harbor):
    hours = make.calendar("Office")
    version = make.level("Standard", calendar=hours)
    actions.change_calendar(
        calendar=hours, name="Office", by=make.BY, at=NOW,
        definition={"zone": "Europe/Berlin", "always_open": True},
    )  # fmt: skip

    level = queries.level(version.pk)

    assert (level.name, level.number, level.calendar_name) == ("Standard", 1, "Office")
    assert level.calendar.zone == "America/New_York"
    assert level.targets["1"] == {"response": 900, "resolution": 3600}
    assert Decimal(len(level.calendar.windows)) == 5


def test_a_revised_level_is_a_new_version(harbor):
    version = make.level("Standard")
    targets = make.TARGETS | {"1": {"response": 60, "resolution": 120}}

    revised = actions.revise_level(level=version.level, targets=targets, by=make.BY, at=NOW)

    assert (revised.number, queries.level(version.pk).targets["1"]["response"]) == (2, 900)
    assert queries.level(revised.pk).targets["1"]["response"] == 60


@pytest.mark.parametrize(
    ("targets", "field"),
    [
        ({}, "targets.1"),
        (make.TARGETS | {"1": {"response": 60}}, "targets.1.resolution"),
        (make.TARGETS | {"2": {"response": 60, "resolution": 30}}, "targets.2.resolution"),
        (make.TARGETS | {"3": {"response": 0, "resolution": 30}}, "targets.3.response"),
        (make.TARGETS | {"5": {"response": 1, "resolution": 30}}, "targets.5"),
    ],
)
def test_wrong_targets_are_named(alpha, targets, field):
    with pytest.raises(Refused) as refused:
        actions.add_level(name="Odd", targets=targets, by=make.BY, at=NOW)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("definition", "field"),
    [
        ({}, "zone"),
        ({"zone": "America/New_York"}, "windows"),
        ({"zone": "Mars/Base", "always_open": True}, "zone"),
        ({"zone": "UTC", "windows": [{"weekday": 7, "start": "09:00", "end": "17:00"}]},
         "windows[0].weekday"),
    ],
)  # fmt: skip
def test_wrong_hours_are_named(alpha, definition, field):
    with pytest.raises(Refused) as refused:
        actions.add_calendar(name="Odd", definition=definition, by=make.BY, at=NOW)

    assert refused.value.field == field


def test_the_database_refuses_to_edit_published_lines(harbor):
    agreement = make.agreement(harbor)
    version = agreement.versions.get()
    line = version.lines.get()
    changes = (
        lambda: version.lines.update(description="Other"),
        lambda: version.lines.all().delete(),
        lambda: AgreementLine.objects.create(
            version=version, position=9, description="More", kind="flat", facts={},
            line_key="6f1c3c0e-6f0f-4d1e-9d6e-0d2f4c1b2a3d",
        ),
    )  # fmt: skip

    for change in changes:
        with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
            change()
