"""Promises and prices with long names, with nothing, and refused: sound, within the screen.

`test_screens.py` looks at the same pages as they usually are, over a server.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client as Visitor
from playwright.sync_api import Browser

from contracts import actions
from contracts.models import (
    Agreement,
    Calendar,
    Offer,
    PriceList,
    Quote,
    Service,
    ServiceLevel,
)
from tenants.context import Tenant
from tests import make
from tests.cast import Cast
from tests.eyes import named, seen, watching

LONG = "Consolidated-Freight-and-Warehousing-of-the-Lower-Valley"
BY = {"by": make.BY, "at": make.STARTED_AT}
TOMORROW = datetime.now(UTC).date() + timedelta(days=2)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with watching() as opened:
        yield opened


@dataclass(frozen=True)
class Shelf:
    """Two versions and a draft of one agreement, one of each promise, a list of prices."""

    plan: Agreement
    hours: Calendar
    level: ServiceLevel
    service: Service
    offer: Offer
    prices: PriceList


def _promised() -> tuple[Calendar, ServiceLevel]:
    """Hours with holidays, revised once, and what holds where no agreement does."""
    days = [{"name": "Christmas Day", "month": 12, "day": 25}]
    hours = make.calendar(f"Office {LONG}", make.WEEKDAYS | {"holidays": days})
    version = make.level(f"Standard {LONG}", calendar=hours)
    level = version.level
    targets = make.TARGETS | {"1": {"response": 600, "update": 1800, "resolution": 3600}}
    actions.revise_level(level=level, targets=targets, calendar=hours, **BY)
    actions.set_fallback(client=None, level=level, **BY)
    return hours, level


def _offered() -> tuple[Service, Offer, PriceList]:
    service = make.service(f"Backup {LONG}", "backup")
    offer = actions.add_offer(
        kind="tier", name="Complete", code="complete", rank=1,
        parts=[actions.PartInput(service)], **BY,
    )  # fmt: skip
    prices = actions.add_price_list(name=f"General {LONG}", currency="USD", client=None, **BY)
    for sold in ({"service": service}, {"offer": offer}):
        actions.set_price(
            price_list=prices, kind="flat", facts={"amount": "1250.00"},
            starts_on=date(2026, 5, 1), **sold, **BY,
        )  # fmt: skip
    return service, offer, prices


@pytest.fixture
def shelf(cast: Cast) -> Shelf:
    hours, level = _promised()
    service, offer, prices = _offered()
    make.device(cast.harbor, "hdg-ws-01", "workstation")
    drafted = make.agreement(
        cast.harbor, make.per_device("62.00", ["workstation"], description=LONG, service=service),
        make.per_user(), make.flat("1200.00", description="Licences", every="year"),
        level=level.versions.order_by("-number")[0], published=False,
    )  # fmt: skip
    version = drafted.versions.get()
    rows = [{"name": f"Projects {LONG}", "verdict": "billable", "work_types": ["project"],
             "rate": "165", "multiplier": "1.5"}]  # fmt: skip
    actions.set_coverage(version=version, rows=rows, **BY)
    actions.publish(version=version, backdated=True, **BY)
    actions.amend(agreement=drafted, effective_on=TOMORROW, by=make.BY, at=datetime.now(UTC))
    soon = {"name": "Soon over", "ends_on": TOMORROW + timedelta(days=40)}
    make.agreement(cast.quill, make.flat(), **soon)
    return Shelf(drafted, hours, level, service, offer, prices)


def test_agreements(browser: Browser, fay: Visitor, shelf: Shelf) -> None:
    plan = f"/agreements/{shelf.plan.pk}"
    pages = named(
        "/agreements", "/agreements?q=nothing+like+it", "/clients/harbor-dental/agreements",
        "/agreements/new", "/agreements/new?client=harbor-dental", plan, f"{plan}/edit",
        f"{plan}/rows",
    )  # fmt: skip
    assert seen(browser, fay, pages) == {}


def test_levels_and_hours(browser: Browser, fay: Visitor, shelf: Shelf) -> None:
    level, hours = f"/levels/{shelf.level.pk}", f"/calendars/{shelf.hours.pk}"
    pages = named(
        "/levels", "/levels/new", level, f"{level}/revise", "/calendars", "/calendars/new",
        hours, f"{hours}/edit",
    )  # fmt: skip
    assert seen(browser, fay, pages) == {}


def test_the_catalogue(browser: Browser, fay: Visitor, shelf: Shelf) -> None:
    pages = named(
        f"/services/{shelf.service.pk}/edit", "/offers/new", f"/offers/{shelf.offer.pk}",
        "/price-lists/new", f"/price-lists/{shelf.prices.pk}",
    )  # fmt: skip
    assert seen(browser, fay, pages) == {}


def test_forms_that_came_back(browser: Browser, fay: Visitor, shelf: Shelf) -> None:
    plan = f"/agreements/{shelf.plan.pk}"
    asked = {
        "agreement": "/agreements/new?client=harbor-dental", "editor": f"{plan}/edit",
        "end": f"{plan}/end", "renew": f"{plan}/renew", "rows": f"{plan}/rows",
        "level": "/levels/new", "hours": "/calendars/new", "service": "/services/new",
        "offer": "/offers/new", "list": "/price-lists/new",
        "price": f"/price-lists/{shelf.prices.pk}/price",
    }  # fmt: skip
    answers = {name: fay.post(path, {"x": "1"}) for name, path in asked.items()}
    assert {name: said.status_code for name, said in answers.items()} == dict.fromkeys(asked, 422)
    assert seen(browser, fay, answers) == {}


def test_nothing_yet(browser: Browser, guy: Visitor, alpha: Tenant) -> None:
    pages = named(
        "/agreements", "/agreements/renewals", "/levels", "/calendars", "/services", "/offers",
        "/price-lists",
    )  # fmt: skip
    assert seen(browser, guy, pages) == {}


def test_what_a_client_reads(browser: Browser, dan: Visitor, eve: Visitor, shelf: Shelf) -> None:
    for who in (dan, eve):
        assert seen(browser, who, named("/portal/agreement", "/portal/catalogue")) == {}


@pytest.fixture
def offer(cast: Cast, shelf: Shelf) -> Quote:
    """Three options, sent, with the next version being written."""
    now, key = datetime.now(UTC), "4a1a4b1e-58a9-4ea0-a3d2-2f6a6f0f3b11"
    made = actions.draft_quote(client=cast.harbor, name=f"Care for {LONG}", by=make.BY, at=now)
    desk = {"unit_price": "62.00", "device_classes": ["workstation"]}
    version = actions.write_quote(
        version=made.versions.get(), by=make.BY, at=now, valid_until_on=TOMORROW,
        intro="We looked at **everything**:\n\n- desks\n- copies", level_version=None,
        options=[
            actions.OptionInput("Essential", "The lights stay on."),
            actions.OptionInput("Standard", "Adds a plan.", True, shelf.offer),
            actions.OptionInput(f"Complete {LONG}"),
        ],
        lines=[
            actions.QuotedInput("Desks", "per_device", desk, 12, discount=10),
            actions.QuotedInput(f"Servers {LONG}", "per_device", {"unit_price": "145.00"}, 2,
                                ("c",), service=shelf.service),
            actions.QuotedInput("Set-up", "once", {"unit_price": "1500.00"}),
            actions.QuotedInput("Licences", "flat", {"amount": "1200.00", "every": "year"}),
            actions.QuotedInput("Quarterly review", "flat", {"amount": "150.00"}, optional=True,
                                key=key),
        ],
    )  # fmt: skip
    actions.send_quote(version=version, by=make.BY, at=now)
    actions.revise_quote(quote=made, by=make.BY, at=now)
    return made


def test_quotes(browser: Browser, fay: Visitor, cleo: Visitor, offer: Quote) -> None:
    path = f"/quotes/{offer.pk}"
    pages = named(
        "/quotes", "/quotes?q=nothing", "/quotes/new?client=harbor-dental",
        "/clients/harbor-dental/quotes", path, f"{path}/edit",
    )  # fmt: skip
    assert seen(browser, fay, pages) == {}
    back = fay.post(f"{path}/edit", {"do": "save"})
    assert seen(browser, fay, {"editor came back": back}) == {}
    theirs = f"/portal/quotes/{offer.number}"
    assert seen(browser, cleo, named("/portal/quotes", theirs)) == {}
    signed = {"version": "1", "option": "c", "typed_name": "Cleo"}
    assert cleo.post(f"{theirs}/accept", signed).status_code == 303
    assert seen(browser, cleo, {"accepted": cleo.get(theirs)}) == {}


def test_road_maps(browser: Browser, fay: Visitor, cleo: Visitor, cast: Cast, shelf: Shelf) -> None:
    made = actions.begin_roadmap(client=cast.harbor, name=f"Plan {LONG}", **BY)
    path = f"/roadmaps/{made.pk}"
    assert seen(browser, fay, {"empty plan": fay.get(path)}) == {}
    actions.assess(
        roadmap=made, answers={"copies": "no", "guests": "no", "duties": "unknown"}, signals=[],
        starts_on=date(2026, 2, 1), **BY,
    )  # fmt: skip
    actions.share_roadmap(roadmap=made, shared=True, **BY)
    pages = named(
        path, f"{path}/assess", f"{path}/phases/urgent", "/clients/harbor-dental/roadmaps/new",
        "/clients/harbor-dental/quotes",
    )  # fmt: skip
    assert seen(browser, fay, pages) == {}
    actions.ask_approval(version=shelf.plan.versions.get(number=2), **BY)
    theirs = f"/portal/agreements/{shelf.plan.pk}/approval"
    assert seen(browser, fay, {"asked": fay.get(f"/agreements/{shelf.plan.pk}")}) == {}
    assert seen(browser, cleo, named(f"/portal/roadmaps/{made.pk}", theirs, "/portal/")) == {}
