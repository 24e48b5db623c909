"""The staff's pages about clients, by the cast."""

from datetime import UTC, date, datetime

import pytest

from contracts.clients import actions
from contracts.clients.models import Client, Contact, Device
from tenants import context
from tests import make


@pytest.fixture
def harbor(cast):
    client = cast.harbor
    client.site = make.site(client, "Main Street")
    client.device = make.device(client, "hdg-srv-01", site=client.site, owner=cast.cleo)
    return client


def pages_of(harbor, contact):
    return [
        "/clients", "/clients?q=harb&segment=small&sort=-devices", f"/clients/{harbor.slug}",
        f"/clients/{harbor.slug}/people", f"/clients/{harbor.slug}/people?q=cle&show=portal",
        f"/clients/{harbor.slug}/devices", f"/clients/{harbor.slug}/sites",
        f"/clients/{harbor.slug}/register", f"/contacts/{contact.pk}",
        "/devices", "/devices?q=srv&kind=server&client=harbor-dental&sort=since",
        "/devices?state=retired", f"/devices/{harbor.device.pk}", "/palette?q=har",
        "/search?q=har", "/",
    ]  # fmt: skip


def forms_of(harbor, contact):
    return [
        "/clients/new", f"/clients/{harbor.slug}/edit", f"/clients/{harbor.slug}/people/new",
        f"/clients/{harbor.slug}/sites/new", f"/sites/{harbor.site.pk}/edit",
        f"/contacts/{contact.pk}/edit", "/devices/new", "/devices/new?client=harbor-dental",
        f"/devices/{harbor.device.pk}/edit",
    ]  # fmt: skip


def test_everybody_on_the_staff_may_look(harbor, cast, ada, guy):
    for address in pages_of(harbor, cast.cleo):
        assert ada.get(address).status_code == 200, address
        assert guy.get(address).status_code == 200, address


def test_only_who_may_change_gets_the_forms(harbor, cast, ben, guy):
    for address in forms_of(harbor, cast.cleo):
        assert ben.get(address).status_code == 200, address
        assert guy.get(address).status_code == 403, address


def test_the_portal_has_no_way_into_the_staffs_pages(harbor, cast, cleo, nobody):
    for address in [*pages_of(harbor, cast.cleo)[:-3], *forms_of(harbor, cast.cleo)]:
        assert cleo.get(address).status_code == 403, address
        assert nobody.get(address).status_code == 302, address


def test_what_another_msp_has_does_not_exist_here(harbor, ada, beta):
    with context.inside(beta):
        quill = make.client("Quill Brothers")
        site, contact = make.site(quill), make.contact(quill, "Eve")
        device = make.device(quill, "srv")
        while device.pk <= harbor.device.pk:
            device = make.device(quill, f"srv-{device.pk}")
    foreign = [
        "/clients/quill-brothers", "/clients/quill-brothers/register",
        f"/contacts/{contact.pk + 100}", f"/devices/{device.pk}", f"/sites/{site.pk + 100}/edit",
    ]  # fmt: skip
    for address in foreign:
        assert ada.get(address).status_code == 404, address
    assert "Quill Brothers" not in ada.get("/clients?q=quill").content.decode()


@pytest.mark.parametrize(
    "address",
    ["/clients?q=%25_&page=-1", "/clients?page=zz&sort=%27&segment=x", "/devices?q=%5C",
     "/devices?site=%D9%A1&kind=x&client=x&sort=-", "/palette?q=%27", "/search?q=%F0%9F%92%A5",
     "/clients/harbor-dental/people?q=%25&show=zz"],
)  # fmt: skip
def test_strange_addresses_are_answered_calmly(harbor, ada, address):
    assert ada.get(address).status_code == 200


MISSING = ("/devices/99999999999999999999", "/clients/no-such", "/sites/0/edit")


@pytest.mark.parametrize("address", MISSING)
def test_what_is_not_there_is_a_404(harbor, ada, address):
    assert ada.get(address).status_code == 404


CLIENT = {
    "name": "Orchard Dental", "zone": "America/Chicago", "currency": "usd", "segment": "mid",
    "tax_rate": "8.25", "payment_days": "14", "billing_email": "bills@orchard.example",
}  # fmt: skip


def test_a_client_is_taken_on_changed_and_archived(alpha, ada):
    made = ada.post("/clients/new", CLIENT)
    assert (made.status_code, made["Location"]) == (303, "/clients/orchard-dental")
    client = Client.objects.get(slug="orchard-dental")
    assert (client.currency, str(client.tax_rate), client.payment_days) == ("USD", "8.250", 14)

    changed = ada.post(
        "/clients/orchard-dental/edit", CLIENT | {"warning": "Ring before you restart"}
    )
    assert changed.status_code == 303
    page = ada.get("/clients/orchard-dental").content.decode()
    assert "Before you touch anything:" in page
    assert "Ring before you restart" in page

    assert ada.post("/clients/orchard-dental/archive").status_code == 303
    assert "Orchard" not in ada.get("/clients").content.decode().split("toasts")[0]
    assert "Orchard" in ada.get("/clients?state=archived").content.decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [({"name": ""}, "name"), ({"name": "Harbor DENTAL"}, "name"), ({"zone": "Mars"}, "zone"),
     ({"currency": "ZZZ"}, "currency"), ({"tax_rate": "abc"}, "tax_rate"),
     ({"payment_days": "-3"}, "payment_days"), ({"billing_email": "nobody"}, "billing_email"),
     ({"name": "A\x00B"}, "name")],
)  # fmt: skip
def test_a_wrong_client_form_comes_back_with_its_field(harbor, ada, change, field):
    answer = ada.post("/clients/new", CLIENT | change)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_device_goes_through_its_life(harbor, cast, ben):
    form = {"name": "ws-7", "kind": "workstation", "counts_from_on": "2026-02-01",
            "site": harbor.site.pk, "owner": cast.dan.pk}  # fmt: skip
    made = ben.post("/devices/new?client=harbor-dental", form)
    device = Device.objects.get(name="ws-7")
    assert made["Location"] == f"/devices/{device.pk}"

    ben.post(f"/devices/{device.pk}/edit", form | {"kind": "laptop", "maker": "Acme"})
    device.refresh_from_db()
    assert (device.kind, device.maker) == ("laptop", "Acme")

    early = ben.post(f"/devices/{device.pk}/retire", {"on": "2026-01-01"})
    assert early.status_code == 422
    assert "cannot end before" in early.content.decode()
    assert ben.post(f"/devices/{device.pk}/retire", {"on": "2026-03-01"}).status_code == 303
    assert "ws-7" in ben.get("/devices?state=retired").content.decode()
    assert ben.post(f"/devices/{device.pk}/retire", {"on": "2026-04-01"}).status_code == 303
    device.refresh_from_db()
    assert device.retired_on is None


def test_sites_and_owners_of_other_clients_cannot_be_chosen(harbor, cast, ben):
    foreign = make.site(cast.quill, "Elsewhere")

    answer = ben.post(
        "/devices/new?client=harbor-dental",
        {"name": "x", "kind": "server", "counts_from_on": "2026-02-01", "site": foreign.pk,
         "owner": cast.eve.pk},
    )  # fmt: skip

    assert {"site", "owner"} <= set(answer.context["form"].errors)


def test_a_contact_is_counted_and_let_into_the_portal(harbor, ben):
    made = ben.post(
        "/clients/harbor-dental/people/new",
        {"name": "Gil", "email": "gil@harbor.example", "counts_from_on": "2026-02-01"},
    )
    contact = Contact.objects.get(name="Gil")
    assert made["Location"] == f"/contacts/{contact.pk}"
    assert ben.post(f"/contacts/{contact.pk}/portal", {"role": "billing"}).status_code == 303
    assert ben.post(f"/contacts/{contact.pk}/portal", {"role": "owner"}).status_code == 422
    assert ben.post(f"/contacts/{contact.pk}/count", {"on": "2026-01-01"}).status_code == 422
    assert ben.post(f"/contacts/{contact.pk}/archive").status_code == 422
    assert ben.post(f"/contacts/{contact.pk}/count", {"on": "2026-03-01"}).status_code == 303
    assert ben.post(f"/contacts/{contact.pk}/portal/end").status_code == 303
    contact.refresh_from_db()
    assert (contact.portal_role, str(contact.counts_until_on)) == ("", "2026-03-01")
    assert ben.post(f"/contacts/{contact.pk}/archive").status_code == 303


def test_only_who_may_change_can_post(harbor, cast, guy):
    posts = [
        "/clients/new", "/clients/harbor-dental/archive", f"/contacts/{cast.dan.pk}/portal",
        f"/contacts/{cast.dan.pk}/count", f"/devices/{harbor.device.pk}/retire",
    ]  # fmt: skip
    for address in posts:
        assert guy.post(address, {"on": "2026-03-01", "role": "admin"}).status_code == 403, address


def test_the_register_answers_two_dates(harbor, ada):
    actions.retire_device(
        device=harbor.device, on=date(2026, 6, 1), by=make.BY, at=datetime(2026, 6, 20, tzinfo=UTC)
    )

    before = ada.get("/clients/harbor-dental/register?day=2026-06-10&known_on=2026-06-15")
    after = ada.get("/clients/harbor-dental/register?day=2026-06-10&known_on=2026-06-25")

    assert [(one.shown.name, one.state) for one in before.context["rows"]] == [
        ("hdg-srv-01", "removed")
    ]
    assert "it did not count" in before.content.decode()
    assert list(after.context["rows"]) == []
    assert ada.get("/clients/harbor-dental/register?day=soon").status_code == 422


def test_the_palette_finds_clients_devices_people_and_commands(harbor, ada, guy):
    found = ada.get("/palette?q=har").content.decode()
    assert 'data-href="/clients/harbor-dental"' in found
    assert f'data-href="/devices/{harbor.device.pk}"' in ada.get("/palette?q=srv").content.decode()
    assert "Quill" not in found
    people = ada.get("/palette?q=@cle").content.decode()
    assert "Cleo" in people
    assert "New client" in ada.get("/palette?q=>new").content.decode()
    assert "Nothing found" in guy.get("/palette?q=>new").content.decode()


def test_lists_answer_an_htmx_request_with_their_rows_alone(harbor, ada):
    part = ada.get("/clients?q=har", headers={"HX-Request": "true"}).content.decode()

    assert part.lstrip().startswith('<div id="found">')
    assert "<html" not in part


def test_a_page_of_many_devices_needs_few_questions(harbor, ada, django_assert_max_num_queries):
    for number in range(60):
        make.device(harbor, f"ws-{number:02}", "workstation", site=harbor.site, owner=None)
    ada.get("/devices")

    with django_assert_max_num_queries(16):
        answer = ada.get("/devices")

    assert len(list(answer.context["rows"])) == 50


def test_a_row_is_drawn_again_with_the_columns_of_its_list(harbor, ada, eve):
    address = f"/devices/{harbor.device.pk}/row"

    row = ada.get(address).content.decode()
    narrow = ada.get(f"{address}?of=client").content.decode()

    assert row.strip().startswith(f'<tr id="device-{harbor.device.pk}"')
    assert "Harbor Dental" in row
    assert "Harbor Dental" not in narrow
    assert ada.get(f"{address}?watched=1").content.decode().count("<td") == row.count("<td") + 2
    assert eve.get(address).status_code == 403
