"""The staff's pages about clients, by the cast."""

import pytest

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
