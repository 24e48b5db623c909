"""The catalogue: what is offered, at what price from when, and how a draft takes from it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from contracts import actions, queries
from contracts.models import Offer, Price, PriceList, Service
from contracts.rules.pricing import NoPrice
from msp.kit.refusals import Conflict, Refused
from tenants import context
from tests import make

MAY, JULY = date(2026, 5, 1), date(2026, 7, 1)
DAY = date(2026, 6, 15)


def who():
    return {"by": make.BY, "at": make.STARTED_AT}


def general(currency="USD", client=None):
    return actions.add_price_list(
        name=f"{client or 'General'} {currency}", currency=currency, client=client, **who()
    )


def priced(price_list, amount, *, on=MAY, kind="flat", **of):
    fact = "amount" if kind == "flat" else "unit_price"
    return actions.set_price(
        price_list=price_list, kind=kind, facts={fact: amount}, starts_on=on, **of, **who()
    )


@pytest.fixture
def backup(alpha):
    return make.service("Backup", "backup")


def test_a_service_says_what_is_in_and_out_and_refuses_what_is_none(alpha):
    made = actions.add_service(
        name="Hosted voice", code="voice", domain="voice", nature="service", partner="Trunk Co",
        includes="Numbers\nVoicemail", excludes="Handsets", **who(),
    )  # fmt: skip
    assert (made.domain, made.partner) == ("voice", "Trunk Co")
    for wrong, field in (({"domain": "farming"}, "domain"), ({"nature": "x"}, "nature")):
        with pytest.raises(Refused) as refused:
            actions.change_service(service=made, **wrong, **who())
        assert refused.value.field == field
    assert [one.code for one in queries.list_services(q="trunk", domain="voice")] == ["voice"]
    assert ("voice", "Voice", 1) in queries.domain_counts()


def test_the_next_price_ends_the_one_before_and_none_is_ever_edited(backup):
    usd = general()
    first = priced(usd, "100.00", service=backup)
    priced(usd, "110.00", on=JULY, service=backup)
    first.refresh_from_db()
    assert first.ends_on == JULY
    for on, amount in ((DAY, "100"), (JULY, "110")):
        found = queries.price_for(service=backup, currency="USD", day=on)
        assert found.listed.terms.amount == Decimal(amount)
    with pytest.raises(Refused, match="begins on 2026-07-01"):
        priced(usd, "1.00", on=DAY, service=backup)
    with pytest.raises(IntegrityError), transaction.atomic():
        Price.objects.create(
            price_list=usd, service=backup, kind="flat", facts={"amount": "1"}, starts_on=DAY,
            created_at=make.STARTED_AT,
        )  # fmt: skip


def test_a_price_is_of_one_thing_and_can_be_charged(backup):
    usd = general()
    with pytest.raises(Refused, match="one service or of one offer"):
        priced(usd, "1.00")
    with pytest.raises(Refused) as refused:
        priced(usd, "-1.00", service=backup)
    assert refused.value.field == "amount"


def test_a_clients_list_comes_first_and_a_missing_price_is_an_error(backup):
    harbor = make.client("Harbor Dental")
    priced(general(), "100.00", service=backup)
    priced(general(client=harbor), "80.00", service=backup)
    own = queries.price_for(service=backup, currency="USD", day=DAY, client=harbor)
    assert own.reason.startswith("80 USD: the client's price list")
    everybody = queries.price_for(service=backup, currency="USD", day=DAY)
    assert everybody.listed.terms.amount == 100
    with pytest.raises(NoPrice, match="which is not converted"):
        queries.price_for(service=backup, currency="EUR", day=DAY)


def test_there_is_one_general_list_in_a_currency(alpha):
    general()
    with pytest.raises(Conflict) as refused:
        actions.add_price_list(name="Another", currency="USD", **who())
    assert refused.value.field == "currency"
    with pytest.raises(Refused, match="ISO 4217"):
        actions.add_price_list(name="Moon", currency="MOO", **who())


def test_raising_a_list_writes_new_prices_from_a_day_on(backup):
    usd = general()
    priced(usd, "100.00", service=backup)
    tiered = actions.set_price(
        price_list=usd, service=make.service("Mailboxes"), kind="per_user", starts_on=MAY,
        facts={
            "unit_price": "5.00", "model": "graduated",
            "tiers": [{"up_to": "10", "unit_price": "5.00"}, {"unit_price": "4.00"}],
        },
        **who(),
    )  # fmt: skip
    made = actions.uplift_prices(price_list=usd, percent=Decimal("3.5"), effective_on=JULY, **who())
    assert len(made) == 2
    now = queries.price_for(service=backup, currency="USD", day=JULY).listed
    assert now.terms.amount == Decimal("103.50")
    mail = queries.price_for(service=tiered.service, currency="USD", day=JULY).listed
    assert [tier.unit_price for tier in mail.terms.tiers] == [Decimal("5.18"), Decimal("4.14")]
    with pytest.raises(Refused, match="has a price from 2026-07-01 already"):
        actions.uplift_prices(price_list=usd, percent=Decimal(1), effective_on=JULY, **who())


@pytest.fixture
def bundle(backup):
    usd = general()
    priced(usd, "50.00", service=backup)
    monitoring = make.service("Monitoring", "monitoring")
    priced(usd, "100.00", service=monitoring)
    made = actions.add_offer(
        kind="bundle", name="Server care", code="care",
        parts=[actions.PartInput(monitoring), actions.PartInput(backup)], **who(),
    )  # fmt: skip
    priced(usd, "120.00", offer=made)
    return made


def test_a_bundles_price_is_shared_by_the_prices_of_its_parts(bundle):
    found = queries.bundled(bundle, currency="USD", day=DAY)
    assert {one.part.name: str(one.amount) for one in found.splits} == {
        "Monitoring": "80.00", "Backup": "40.00",
    }  # fmt: skip
    assert (found.saving, found.missing) == (30, [])
    assert queries.bundled(bundle, currency="EUR", day=DAY).missing == ["Backup", "Monitoring"]


def test_tiers_stand_side_by_side(backup):
    voice = make.service("Voice")
    small, large = (
        actions.add_offer(
            kind="tier", name=name, code=name.lower(), rank=rank, parts=parts, **who()
        )
        for rank, (name, parts) in enumerate(
            (
                ("Essential", [actions.PartInput(backup, "extra")]),
                ("Complete", [actions.PartInput(backup), actions.PartInput(voice, "out")]),
            ),
            start=1,
        )
    )
    table = queries.tier_table(queries.list_offers(kind="tier"))
    told = {
        row.service.name: [part.verdict if part else "-" for _tier, part in row.pairs]
        for row in table
    }
    assert told == {"Backup": ["extra", "in"], "Voice": ["-", "out"]}
    changed = actions.change_offer(offer=small, parts=[], **who())
    assert changed.parts.count() == 0
    with pytest.raises(Refused, match="named twice"):
        actions.change_offer(offer=large, parts=[actions.PartInput(voice)] * 2, **who())


# -- pages, portal, api --------------------------------------------------------------------------


@pytest.fixture
def shop(cast, bundle):
    return {
        "service": Service.objects.get(code="backup"), "offer": bundle,
        "list": PriceList.objects.get(),
    }  # fmt: skip


def test_who_reads_the_catalogue_and_who_writes_it(shop, guy, fay, ben, cleo):
    pages = [
        "/services", "/services?q=back&domain=managed&nature=service&state=retired",
        f"/services/{shop['service'].pk}", "/offers", "/offers?state=retired",
        f"/offers/{shop['offer'].pk}", "/price-lists", f"/price-lists/{shop['list'].pk}",
        f"/price-lists/{shop['list'].pk}?on=2026-01-01&q=x",
        f"/price-lists/{shop['list'].pk}?on=soon",
    ]  # fmt: skip
    forms = [
        "/services/new", f"/services/{shop['service'].pk}/edit", "/offers/new",
        f"/offers/{shop['offer'].pk}/edit", "/price-lists/new",
        f"/price-lists/{shop['list'].pk}/price",
    ]  # fmt: skip
    for address in pages:
        assert guy.get(address).status_code == 200, address
        assert cleo.get(address).status_code == 403, address
    for address in forms:
        assert fay.get(address).status_code == 200, address
        assert ben.get(address).status_code == 403, address


def test_another_msps_catalogue_is_not_here(shop, fay, beta):
    with context.inside(beta):
        foreign = make.service("Theirs")
        while foreign.pk <= shop["service"].pk + 5:
            foreign = make.service("Theirs")
    assert fay.get(f"/services/{foreign.pk}").status_code == 404
    assert "Theirs" not in fay.get("/services").content.decode()


def test_a_service_an_offer_and_a_price_are_written_by_hand(shop, fay):
    told = fay.post("/services/new", {
        "name": "Print", "code": "print", "domain": "print", "nature": "product",
        "includes": "Toner",
    })  # fmt: skip
    printing = Service.objects.get(code="print")
    assert told["Location"] == f"/services/{printing.pk}"
    fay.post("/offers/new", {
        "kind": "tier", "name": "Standard", "code": "standard", "rank": "2",
        f"part-{printing.pk}": "in", f"times-{printing.pk}": "3",
    })  # fmt: skip
    part = Offer.objects.get(code="standard").parts.get()
    assert (part.service, part.quantity) == (printing, 3)
    listed = f"/price-lists/{shop['list'].pk}"
    fields = {
        "sold": f"service-{printing.pk}", "starts_on": "2026-06-01", "kind": "per_device",
        "model": "volume", "tiers": "10: 4.00\nmore: 3.00", "device_classes": ["printer"],
    }  # fmt: skip
    assert fay.post(f"{listed}/price", fields)["Location"] == listed
    shown = fay.get(listed).content.decode()
    assert "$4.00 up to 10, $3.00 beyond" in shown
    assert "More costs less: 10 cost 40, one more 33" in shown
    wrong = fay.post(f"{listed}/price", fields | {"tiers": "ten: 4", "starts_on": "2026-08-01"})
    assert wrong.status_code == 422
    assert "is not a line like" in str(wrong.context["form"].errors["tiers"])
    raised = fay.post(f"{listed}/uplift", {"percent": "5", "effective_on": "2027-01-01"})
    assert raised["Location"] == listed
    assert fay.post(f"{listed}/uplift", {"percent": "0", "effective_on": ""}).status_code == 422


def test_a_draft_takes_a_line_from_the_catalogue(shop, fay, cast):
    plan = make.agreement(cast.harbor, make.flat(), starts_on=date.today() + timedelta(days=40),  # noqa: DTZ011
                          published=False)  # fmt: skip
    head = {
        "name": "Plan", "effective_on": plan.starts_on.isoformat(), "line-TOTAL_FORMS": 0,
        "line-INITIAL_FORMS": 0, "do": "add", "from": f"offer-{shop['offer'].pk}",
    }  # fmt: skip
    form = fay.post(f"/agreements/{plan.pk}/edit", head).context["lines"].forms[0]
    assert (form["description"].value(), form["price"].value()) == ("Server care", "120.00")
    posted = head | {"do": "save", "line-TOTAL_FORMS": 1} | {
        f"line-0-{name}": form[name].value() or "" for name in form.fields
        if name not in ("device_classes", "site_ids", "DELETE", "never_more", "work_types")
    }  # fmt: skip
    assert fay.post(f"/agreements/{plan.pk}/edit", posted).status_code == 303
    facts = plan.versions.get().lines.get().facts
    assert [(part["name"], part["list_price"]) for part in facts["parts"]] == [
        ("Backup", "50.00"), ("Monitoring", "100.00"),
    ]  # fmt: skip


def test_clients_read_the_catalogue_in_plain_words(shop, cleo, dan):
    actions.change_service(service=shop["service"], description="We keep copies.", **who())
    text = cleo.get("/portal/catalogue").content.decode()
    assert "We keep copies." in text
    assert "$50.00 a month" in text
    assert "$50.00 a month" not in dan.get("/portal/catalogue").content.decode()
