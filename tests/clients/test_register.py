"""The unit register: what was countable when, and as known when."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import ProgrammingError, transaction

from contracts.clients import actions, queries
from contracts.clients.models import UnitVersion
from contracts.rules import register
from msp.kit.periods import month
from msp.kit.refusals import Conflict, Refused
from tests import make

JUNE = month(2026, 6)
NOW = datetime(2026, 6, 11, 14, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


@pytest.fixture
def harbor(alpha):
    return make.client("Harbor Dental")


def days(client, unit_type="device", *, known_at=LATER, period=JUNE):
    versions = queries.unit_versions(client_id=client.pk, unit_type=unit_type, known_at=known_at)
    units = register.countable(register.as_known(versions, known_at), period)
    return {(unit.name, unit.unit_class): unit.days for unit in units}


def test_a_device_counts_from_its_first_day(harbor):
    make.device(harbor, "srv", counts_from_on=date(2026, 6, 11), at=NOW)

    assert days(harbor) == {("srv", "server"): 20}


def test_a_retired_device_counts_until_the_day_it_is_gone(harbor):
    device = make.device(harbor, "srv")

    actions.retire_device(device=device, on=date(2026, 6, 21), by=make.BY, at=NOW)

    assert days(harbor) == {("srv", "server"): 20}
    device.refresh_from_db()
    assert device.retired_on == date(2026, 6, 21)


def test_what_was_known_before_the_retirement_stays_known(harbor):
    device = make.device(harbor, "srv")
    actions.retire_device(device=device, on=date(2026, 6, 1), by=make.BY, at=NOW)

    assert days(harbor, known_at=NOW - timedelta(seconds=1)) == {("srv", "server"): 30}
    assert days(harbor) == {}


def test_a_device_retired_on_its_first_day_never_counted(harbor):
    device = make.device(harbor, "srv", counts_from_on=date(2026, 6, 3))

    actions.retire_device(device=device, on=date(2026, 6, 3), by=make.BY, at=NOW)

    assert days(harbor) == {}


def test_a_device_cannot_end_before_it_began_or_twice(harbor):
    device = make.device(harbor, "srv")

    with pytest.raises(Refused, match="counts from 2026-01-01") as refused:
        actions.retire_device(device=device, on=date(2025, 12, 31), by=make.BY, at=NOW)
    assert refused.value.field == "on"
    actions.retire_device(device=device, on=date(2026, 6, 1), by=make.BY, at=NOW)
    with pytest.raises(Conflict):
        actions.retire_device(device=device, on=date(2026, 6, 1), by=make.BY, at=NOW)


def test_a_new_class_counts_from_today_of_the_client(harbor):
    device = make.device(harbor, "box", "workstation")
    late = datetime(2026, 6, 12, 2, 0, tzinfo=UTC)  # still 11 June in New York

    actions.change_device(device=device, kind="server", by=make.BY, at=late)

    versions = queries.unit_versions(client_id=harbor.pk, unit_type="device")
    known = sorted(register.as_known(versions, LATER), key=lambda one: one.starts_on)
    assert [(one.unit_class, one.starts_on, one.ends_on) for one in known] == [
        ("workstation", date(2026, 1, 1), date(2026, 6, 11)),
        ("server", date(2026, 6, 11), None),
    ]


def test_a_class_corrected_on_the_first_day_was_always_so(harbor):
    device = make.device(harbor, "box", "workstation", counts_from_on=date(2026, 6, 11), at=NOW)

    actions.change_device(device=device, kind="laptop", by=make.BY, at=NOW)

    assert days(harbor) == {("box", "laptop"): 20}


def test_a_moved_device_counts_at_its_new_site(harbor):
    old, new = make.site(harbor, "Old"), make.site(harbor, "New")
    device = make.device(harbor, "srv", site=old)

    actions.change_device(device=device, site=new, by=make.BY, at=NOW)

    versions = queries.unit_versions(client_id=harbor.pk, unit_type="device")
    on = {
        day: [one.site_id for one in register.snapshot(register.as_known(versions, LATER), day)]
        for day in (date(2026, 6, 10), date(2026, 6, 11))
    }
    assert on == {date(2026, 6, 10): [old.pk], date(2026, 6, 11): [new.pk]}


def test_a_corrected_first_day_changes_the_past(harbor):
    device = make.device(harbor, "srv", counts_from_on=date(2026, 6, 21))

    actions.change_device(device=device, counts_from_on=date(2026, 6, 11), by=make.BY, at=NOW)

    assert days(harbor, known_at=NOW - timedelta(seconds=1)) == {("srv", "server"): 10}
    assert days(harbor) == {("srv", "server"): 20}


def test_the_first_day_cannot_move_behind_the_last(harbor):
    device = make.device(harbor, "srv")
    actions.retire_device(device=device, on=date(2026, 6, 10), by=make.BY, at=NOW)

    with pytest.raises(Refused) as refused:
        actions.change_device(device=device, counts_from_on=date(2026, 6, 10), by=make.BY, at=NOW)

    assert refused.value.field == "counts_from_on"


def test_a_returned_device_counts_again_without_the_gap(harbor):
    device = make.device(harbor, "srv")
    actions.retire_device(device=device, on=date(2026, 6, 11), by=make.BY, at=NOW)

    actions.return_device(device=device, on=date(2026, 6, 21), by=make.BY, at=NOW)

    assert days(harbor) == {("srv", "server"): 20}


def test_other_words_about_a_device_write_nothing(harbor):
    device = make.device(harbor, "srv")

    actions.change_device(device=device, maker="Acme", serial="S-1", by=make.BY, at=NOW)

    assert UnitVersion.objects.count() == 1


def test_a_user_counts_between_start_and_stop_and_again(harbor):
    cleo = make.contact(harbor, "Cleo", counts_from_on=date(2026, 6, 1))
    actions.stop_counting(contact=cleo, on=date(2026, 6, 11), by=make.BY, at=NOW)
    actions.start_counting(contact=cleo, on=date(2026, 6, 21), by=make.BY, at=NOW)

    assert days(harbor, "user") == {("Cleo", "user"): 20}
    with pytest.raises(Refused, match="counts since 2026-06-21 already"):
        actions.start_counting(contact=cleo, on=date(2026, 6, 25), by=make.BY, at=NOW)


def test_a_user_who_never_counted_cannot_stop(harbor):
    cleo = make.contact(harbor, "Cleo")

    with pytest.raises(Refused, match="does not count"):
        actions.stop_counting(contact=cleo, on=date(2026, 6, 11), by=make.BY, at=NOW)


def test_a_renamed_device_keeps_its_old_name_in_old_evidence(harbor):
    device = make.device(harbor, "srv")

    actions.change_device(device=device, name="srv-01", by=make.BY, at=NOW)

    assert days(harbor, known_at=NOW - timedelta(seconds=1)) == {("srv", "server"): 30}
    assert days(harbor) == {("srv-01", "server"): 30}


@pytest.mark.parametrize("change", [{"name": "other"}, {}])
def test_the_database_refuses_to_rewrite_the_register(harbor, change):
    make.device(harbor, "srv")
    rows = UnitVersion.objects.all()

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        rows.update(**change) if change else rows.delete()


def test_a_day_is_answered_with_the_knowledge_of_a_day(harbor):
    device = make.device(harbor, "srv")
    make.contact(harbor, "Cleo", counts_from_on=date(2026, 6, 1))
    actions.retire_device(device=device, on=date(2026, 6, 1), by=make.BY, at=NOW)

    before = queries.countable_on(
        client_id=harbor.pk, day=date(2026, 6, 5), known_at=NOW - timedelta(days=1)
    )
    after = queries.countable_on(client_id=harbor.pk, day=date(2026, 6, 5), known_at=NOW)

    assert [one.name for one in before.devices] == ["srv"]
    assert [one.name for one in after.devices] == []
    assert [one.name for one in after.users] == ["Cleo"]
