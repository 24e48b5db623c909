"""Which line covers a device, whose promise follows, and why."""

from datetime import UTC, date, datetime

import pytest

from contracts import queries
from tests import make

NOW = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)


@pytest.fixture
def harbor(alpha):
    return make.client("Harbor Dental")


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
