"""Agreements: versions that tile time, and what they bill and cover."""

from datetime import UTC, date, datetime
from uuid import uuid4

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


def test_a_key_is_one_lines_and_no_other_agreements(harbor):
    other = make.agreement(harbor, make.flat("99.00")).versions.get().lines.get().line_key
    draft = make.agreement(harbor, published=False).versions.get()

    def lines(*keys):
        return [
            actions.LineInput(f"Fee {key}", "flat", {"amount": "5.00"}, line_key=key)
            for key in keys
        ]

    for wrong in ([other], [own := uuid4(), own]):
        with pytest.raises(Refused) as refused:
            actions.set_lines(version=draft, lines=lines(*wrong), by=make.BY, at=datetime.now(UTC))
        assert refused.value.field == f"lines[{len(wrong) - 1}].line_key"
    actions.set_lines(version=draft, lines=lines(own), by=make.BY, at=datetime.now(UTC))
    actions.set_lines(version=draft, lines=lines(own), by=make.BY, at=datetime.now(UTC))
    assert draft.lines.get().line_key == own


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


def test_the_database_refuses_to_edit_published_lines(harbor):
    agreement = make.agreement(harbor)
    version = agreement.versions.get()
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
