"""Price lists: what holds on a day, what comes, the next price, and raising all of them."""

from datetime import UTC, date, datetime
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts import actions, queries
from contracts.forms.catalogue import PriceForm, PriceListForm, UpliftForm
from contracts.forms.pricing import price_initial
from contracts.models import Offer, PriceList, Service
from contracts.pages.offers import today
from contracts.rules.pricing import cliffs
from contracts.rules.terms import Counting, Terms, Usage
from msp.kit.periods import month_of
from msp.kit.web import asked, attempt, go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def pricelist_list(request: HttpRequest) -> HttpResponse:
    state = asked(request, "state")
    return page(
        request,
        "contracts/pricelists.html",
        rows=queries.list_price_lists(state=state),
        state=state,
    )


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def pricelist(request: HttpRequest, pk: int) -> HttpResponse:
    return _list_page(request, _found(pk))


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def pricelist_new(request: HttpRequest) -> HttpResponse:
    form = PriceListForm(request.POST or None)
    if request.method == "POST":
        made = attempt(form, lambda values: actions.add_price_list(**values, **_who(request)))
        if made:
            return go(request, "pricelist", made.pk, toast_text="Price list added")
    return page(
        request, "contracts/pricelist_form.html", form=form, status=422 if form.errors else 200
    )


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def pricelist_price(request: HttpRequest, pk: int) -> HttpResponse:
    """The next price of something; the one before ends where it begins."""
    found = _found(pk)
    form = PriceForm(request.POST or None, sold=_sold(), initial=_start(request, found))
    if request.method == "POST" and attempt(form, lambda values: _set(request, found, form)):
        return go(request, "pricelist", pk, toast_text="Price written")
    return page(
        request, "contracts/price_form.html", form=form, price_list=found,
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def pricelist_uplift(request: HttpRequest, pk: int) -> HttpResponse:
    """Every price of the list raised from a day on."""
    found = _found(pk)
    form = UpliftForm(request.POST)
    if attempt(
        form, lambda values: actions.uplift_prices(price_list=found, **values, **_who(request))
    ):
        return go(request, "pricelist", pk, toast_text="The new prices are written")
    return _list_page(request, found, uplift_form=form)


def _start(request: HttpRequest, found: PriceList) -> dict[str, Any]:
    """The last price of what is to be priced anew, else an empty one."""
    sold = asked(request, "sold")
    start = {"sold": sold, "starts_on": today(request)}
    kind, _, pk = sold.partition("-")
    if kind in ("service", "offer") and pk.isdecimal():
        last = found.prices.filter(**{f"{kind}_id": int(pk)}).order_by("-starts_on").first()
        if last is not None:
            return price_initial(last.kind, last.facts) | start
    return {"kind": "per_device", "counting": "daily", "prorate": True} | start


def _found(pk: int) -> PriceList:
    return get_object_or_404(PriceList.objects.select_related("client"), pk=pk)


def _list_page(request: HttpRequest, found: PriceList, **given: Form) -> HttpResponse:
    now = today(request)
    day = _asked_day(request, now)
    wanted = {"q": asked(request, "q"), "on": day.isoformat() if day != now else ""}
    rows = queries.prices_on(found, day, q=wanted["q"])
    coming = [one for one in queries.price_history(found) if one.price.starts_on > day]
    forms = {"uplift_form": UpliftForm(initial={"effective_on": month_of(month_of(now).end).end})}
    return page(
        request, "contracts/pricelist.html", part="contracts/_pricelist.html", price_list=found,
        rows=[(one, warnings(one.terms)) for one in rows], coming=coming, day=day, today=now,
        wanted=wanted, status=422 if any(form.errors for form in given.values()) else 200,
        **(forms | given),
    )  # fmt: skip


def warnings(terms: Terms) -> list[str]:
    """Where more would cost less: a client will notice before we do."""
    if not isinstance(terms, Counting | Usage):
        return []
    return [
        f"{one.at:f} cost {one.price.normalize():f}, one more {one.beyond.normalize():f}"
        for one in cliffs(terms.scheme)
    ]


def _asked_day(request: HttpRequest, now: date) -> date:
    try:
        return date.fromisoformat(asked(request, "on"))
    except ValueError:
        return now


def _set(request: HttpRequest, found: PriceList, form: PriceForm) -> Any:
    return actions.set_price(
        price_list=found, kind=form.cleaned_data["kind"], facts=form.facts(),
        starts_on=form.cleaned_data["starts_on"], **form.of(), **_who(request),
    )  # fmt: skip


def _sold() -> list[tuple[str, str]]:
    services = Service.objects.filter(retired_at=None).values_list("pk", "name")
    offers = Offer.objects.filter(retired_at=None).values_list("pk", "name")
    return [
        *((f"service-{pk}", name) for pk, name in services),
        *((f"offer-{pk}", f"{name} (offer)") for pk, name in offers),
    ]


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


urlpatterns = [
    path("price-lists", pricelist_list, name="pricelist-list"),
    path("price-lists/new", pricelist_new, name="pricelist-new"),
    path("price-lists/<int:pk>", pricelist, name="pricelist"),
    path("price-lists/<int:pk>/price", pricelist_price, name="pricelist-price"),
    path("price-lists/<int:pk>/uplift", pricelist_uplift, name="pricelist-uplift"),
]
