"""Clients, their people, sites and devices in a real browser: sound, never wider than it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client as Visitor
from playwright.sync_api import Browser, expect

from contracts.clients import actions, queries
from contracts.clients.models import Contact, Device, Site
from contracts.rules.marks import Marks
from tenants.context import Tenant
from tests import make
from tests.browsing import overflow, violations
from tests.cast import Cast
from tests.eyes import Eyes, named, seen, watching

LONG = "Consolidated-Freight-and-Warehousing-of-the-Lower-Valley"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with watching() as opened:
        yield opened


@dataclass(frozen=True)
class Estate:
    """One of each, with words as long as they come."""

    site: Site
    server: Device
    retired: Device
    uncounted: Contact


@pytest.fixture
def estate(cast: Cast) -> Estate:
    by = {"by": make.BY, "at": make.STARTED_AT}
    actions.change_client(
        client=cast.harbor, address="1 Quay Street\nPortland", billing_email=f"{LONG}@x.example",
        warning=f"Call before a visit. {LONG}", industry="Dental care", **by,
    )  # fmt: skip
    site = make.site(cast.harbor, LONG, address="1 Quay Street\nPortland")
    server = make.device(cast.harbor, f"srv-{'x' * 50}", site=site, serial="S" * 60)
    make.device(cast.harbor, "hdg-ws-01", "workstation", owner=cast.cleo)
    old = make.device(cast.harbor, "hdg-ws-02", "workstation")
    actions.retire_device(device=old, on=date(2026, 3, 1), **by)
    actions.start_counting(contact=cast.cleo, on=date(2026, 1, 1), **by)
    make.agreement(cast.harbor, make.per_device("62.00", description=LONG), make.per_user())
    uncounted = make.contact(cast.harbor, f"Nora {LONG[:40]}", title="Front desk", phone="555-0100")
    return Estate(site, server, old, uncounted)


def test_the_staffs_pages(browser: Browser, ada: Visitor, estate: Estate, cast: Cast) -> None:
    home, cleo, server = "/clients/harbor-dental", cast.cleo.pk, estate.server.pk
    pages = named(
        "/clients", "/clients?q=nothing+like+it", home, "/clients/quill-accounting",
        f"{home}/people", f"{home}/sites", f"{home}/devices", f"{home}/register",
        "/devices", "/devices?q=nothing+like+it", f"/devices/{server}",
        f"/devices/{estate.retired.pk}", f"/contacts/{cleo}", f"/contacts/{estate.uncounted.pk}",
        "/search?q=h", "/search?q=nothing+like+it",
    )  # fmt: skip
    assert seen(browser, ada, pages) == {}


def test_the_register_and_what_is_held(
    browser: Browser, ada: Visitor, estate: Estate, cast: Cast
) -> None:
    home, by = "/clients/harbor-dental", {"by": make.BY, "at": make.STARTED_AT}
    since = {"counts_from_on": date(2026, 1, 1), **by}
    licence = actions.add_licence(client=cast.harbor, product=LONG, seats=40, **since)
    actions.change_seats(licence=licence, seats=44, on=date(2026, 6, 16), **by)
    meter = actions.add_meter(client=cast.harbor, name=f"Pages {LONG}", measure="pages", **since)
    for number, value in enumerate((9000, 9950, 40)):
        taken_at = datetime(2026, 1, 9 + number, tzinfo=UTC)
        actions.record_reading(
            meter=meter, value=Decimal(value), taken_at=taken_at, by=make.BY, at=taken_at
        )
    [known] = queries.known_intervals(unit_type="device", unit_id=estate.retired.pk)
    actions.correct_unit(
        unit=estate.retired, interval_id=known.interval_id, reason=LONG, by=make.BY,
        said=actions.Stretch(date(2026, 1, 1), date(2026, 2, 1), "laptop"),
        at=datetime(2026, 4, 2, 15, tzinfo=UTC),
    )  # fmt: skip
    aside = Marks(aside="spare", shared=True, payer_id=cast.quill.pk)
    actions.mark_unit(unit=estate.server, marks=aside, on=date(2026, 3, 1), **by)
    learned = f"{home}/register?day=2026-02-10&known_on=2026-03-31"
    pages = named(
        learned, f"{home}/register?day=2019-01-01", f"{home}/holdings",
        f"/units/device/{estate.retired.pk}", f"/units/device/{estate.server.pk}",
        f"/units/licence/{licence.pk}", f"/units/user/{cast.cleo.pk}", f"{home}/licences/new",
        f"{home}/meters/new", f"/meters/{meter.pk}", "/clients/quill-accounting/holdings",
    )  # fmt: skip
    assert seen(browser, ada, pages) == {}


def test_the_staffs_forms(browser: Browser, ada: Visitor, estate: Estate, cast: Cast) -> None:
    home = "/clients/harbor-dental"
    pages = named(
        "/clients/new", f"{home}/edit", f"{home}/sites/new", f"/sites/{estate.site.pk}/edit",
        f"{home}/people/new", f"/contacts/{cast.cleo.pk}/edit", "/devices/new",
        "/devices/new?client=harbor-dental", f"/devices/{estate.server.pk}/edit",
    )  # fmt: skip
    assert seen(browser, ada, pages) == {}


def test_forms_that_came_back(browser: Browser, ada: Visitor, estate: Estate, cast: Cast) -> None:
    home, cleo = "/clients/harbor-dental", cast.cleo.pk
    asked = {
        "client": "/clients/new", "site": f"{home}/sites/new", "person": f"{home}/people/new",
        "device": "/devices/new?client=harbor-dental", "count": f"/contacts/{cleo}/count",
        "portal": f"/contacts/{cleo}/portal", "retire": f"/devices/{estate.server.pk}/retire",
        "licence": f"{home}/licences/new", "mark": f"/units/user/{cleo}/mark",
        "correct": f"/units/device/{estate.server.pk}/correct",
    }  # fmt: skip
    answers = {name: ada.post(path, {"x": "1"}) for name, path in asked.items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(
        asked, 422
    )
    assert seen(browser, ada, answers) == {}


def test_nothing_to_show_and_nothing_to_change(
    browser: Browser, guy: Visitor, alpha: Tenant
) -> None:
    assert seen(browser, guy, named("/clients", "/devices", "/search")) == {}


def test_the_palette_finds_as_one_types(browser: Browser, ada: Visitor, estate: Estate) -> None:
    eyes = Eyes(browser)
    page = eyes.open()
    eyes.know("/palette", ada.get("/palette?q=hdg-ws-01"))
    eyes.visit(page, ada, "/clients")
    page.keyboard.press("Control+k")
    page.get_by_label("Search or type a command").fill("hdg-ws-01")
    expect(page.get_by_role("option", name="hdg-ws-01")).to_be_visible()
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert overflow(page) == 0
    found = f"/devices/{Device.objects.get(name='hdg-ws-01').pk}"
    eyes.know(found, ada.get(found))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{found}")
    assert eyes.complaints == []
    page.context.close()


def test_the_portals_pages(browser: Browser, cleo: Visitor, dan: Visitor, estate: Estate) -> None:
    device = f"/portal/devices/{estate.server.pk}"
    learned = "/portal/counted?day=2026-02-10&known_on=2026-03-31"
    pages = named("/portal/", "/portal/devices", device, learned)
    assert seen(browser, cleo, pages) == {}
    assert seen(browser, dan, named("/portal/devices")) == {}
