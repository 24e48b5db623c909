"""What may and may not be done with clients, sites, contacts and devices."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from contracts.clients import actions
from contracts.clients.gates import contact_viewer
from contracts.clients.models import Client
from msp.kit.refusals import Conflict, Refused
from tenants import context
from tenants.journal.queries import about
from tenants.people.gates import viewer_of
from tests import make

NOW = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
BY_AT = {"by": make.BY, "at": NOW}


@pytest.fixture
def harbor(alpha):
    return make.client("Harbor Dental")


def test_a_client_gets_an_address_from_its_name(harbor):
    second = make.client("Harbor  Dental!")

    assert (harbor.slug, second.slug) == ("harbor-dental", "harbor-dental-2")


def test_a_client_called_new_does_not_hide_the_form_for_new_ones(alpha):
    assert make.client("New").slug == "new-2"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "harbor dental"}, "name"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"currency": "XYZ"}, "currency"),
        ({"segment": "huge"}, "segment"),
        ({"tax_rate": Decimal(-1)}, "tax_rate"),
        ({"payment_days": 4000}, "payment_days"),
    ],
)
def test_a_wrong_client_is_refused_by_field(harbor, fields, field):
    with pytest.raises(Refused) as refused:
        make.client(**({"name": "Other"} | fields))

    assert refused.value.field == field


def test_two_msps_know_nothing_of_each_others_clients(harbor, beta):
    with context.inside(beta):
        assert not Client.objects.exists()
        make.client("Harbor Dental")
    assert Client.objects.count() == 1


def test_a_change_says_what_was_changed(harbor):
    actions.change_client(
        client=harbor, name="Harbor Dental Group", zone="America/Chicago", **BY_AT
    )

    assert about("client", harbor.pk)[-1].sentence == (
        "changed the name and the time zone of Harbor Dental Group"
    )


def test_a_change_of_nothing_is_not_told(harbor):
    actions.change_client(client=harbor, name="Harbor Dental", **BY_AT)

    assert [line.kind for line in about("client", harbor.pk)] == ["clients.added"]


def test_a_client_with_counting_units_cannot_be_archived(harbor):
    device = make.device(harbor)
    cleo = make.contact(harbor, "Cleo", counts_from_on=date(2026, 1, 1))
    with pytest.raises(Refused, match="1 of its devices"):
        actions.archive_client(client=harbor, **BY_AT)
    actions.retire_device(device=device, on=date(2026, 6, 1), **BY_AT)
    with pytest.raises(Refused, match="1 of its people"):
        actions.archive_client(client=harbor, **BY_AT)
    actions.stop_counting(contact=cleo, on=date(2026, 6, 1), **BY_AT)

    actions.archive_client(client=harbor, **BY_AT)

    harbor.refresh_from_db()
    assert harbor.archived_at == NOW
    with pytest.raises(Conflict, match="archived"):
        make.site(harbor)


def test_a_site_is_named_once_per_client(harbor):
    make.site(harbor, "Main")
    make.site(make.client("Quill"), "Main")

    with pytest.raises(Refused) as refused:
        make.site(harbor, "MAIN")
    assert refused.value.field == "name"


def test_a_device_name_is_free_again_after_retirement(harbor):
    device = make.device(harbor, "srv")
    with pytest.raises(Refused) as refused:
        make.device(harbor, "SRV")
    assert refused.value.field == "name"
    actions.retire_device(device=device, on=date(2026, 6, 1), **BY_AT)

    make.device(harbor, "srv")

    with pytest.raises(Refused) as refused:
        actions.return_device(device=device, on=date(2026, 6, 2), **BY_AT)
    assert refused.value.field == "name"


@pytest.mark.parametrize("field", ["site", "owner"])
def test_a_device_belongs_to_places_and_people_of_its_client(harbor, field):
    quill = make.client("Quill")
    foreign = make.site(quill) if field == "site" else make.contact(quill, "Eve")

    with pytest.raises(Refused, match="another client") as refused:
        make.device(harbor, "srv", **{field: foreign})

    assert refused.value.field == field


def test_an_address_belongs_to_one_contact(harbor):
    make.contact(harbor, "Cleo", email="cleo@harbor.example")

    with pytest.raises(Refused) as refused:
        make.contact(harbor, "Dan", email="CLEO@harbor.example")

    assert refused.value.field == "email"


def test_portal_access_opens_changes_closes_and_opens_again(harbor):
    cleo = make.contact(harbor, "Cleo")

    person = make.portal(cleo, "user")
    assert contact_viewer(viewer_of(person)).role == "user"
    assert make.portal(cleo, "admin").pk == person.pk
    person.refresh_from_db()
    assert contact_viewer(viewer_of(person)).role == "admin"

    actions.close_portal(contact=cleo, **BY_AT)
    person.refresh_from_db()
    assert not person.is_active
    assert contact_viewer(viewer_of(person)) is None

    assert actions.open_portal(contact=cleo, role="billing", **BY_AT).pk == person.pk
    person.refresh_from_db()
    assert person.is_active
    assert [line.sentence for line in about("contact", cleo.pk)] == [
        "added Cleo as a contact",
        "gave Cleo portal access as user",
        "gave Cleo portal access as admin",
        "ended the portal access of Cleo",
        "gave Cleo portal access as billing",
    ]


def test_portal_access_needs_an_address_and_a_known_role(harbor):
    cleo = make.contact(harbor, "Cleo", email="")
    with pytest.raises(Refused) as refused:
        make.portal(cleo)
    assert refused.value.field == "email"
    with pytest.raises(Refused) as refused:
        make.portal(make.contact(harbor, "Dan"), "owner")
    assert refused.value.field == "role"


def test_the_address_somebody_signs_in_with_is_kept(harbor):
    cleo = make.contact(harbor, "Cleo")
    make.portal(cleo)

    with pytest.raises(Refused) as refused:
        actions.change_contact(contact=cleo, email="other@harbor.example", **BY_AT)

    assert refused.value.field == "email"


def test_an_archived_contact_has_no_portal_and_counts_no_more(harbor):
    cleo = make.contact(harbor, "Cleo", counts_from_on=date(2026, 1, 1))
    person = make.portal(cleo)
    with pytest.raises(Refused, match="still counts"):
        actions.archive_contact(contact=cleo, **BY_AT)
    actions.stop_counting(contact=cleo, on=date(2026, 6, 1), **BY_AT)

    actions.archive_contact(contact=cleo, **BY_AT)

    person.refresh_from_db()
    assert not person.is_active
