"""Tiers side by side, bundles with what each part earns, and writing either."""

from datetime import UTC, date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts import actions, queries
from contracts.forms.catalogue import OfferForm, offer_initial
from contracts.models import Offer, PriceList, Service
from msp.kit.periods import local_date
from msp.kit.web import asked, attempt, go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def offer_list(request: HttpRequest) -> HttpResponse:
    state = asked(request, "state")
    offers = queries.list_offers(state=state)
    tiers = [one for one in offers if one.kind == Offer.Kind.TIER]
    return page(
        request, "contracts/offers.html", state=state, tiers=tiers,
        table=queries.tier_table(tiers),
        bundles=[one for one in offers if one.kind == Offer.Kind.BUNDLE],
    )  # fmt: skip


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """What is in, out and extra; for each currency with a price whose revenue it is."""
    found = get_object_or_404(Offer, pk=pk)
    currencies = PriceList.objects.filter(client=None, retired_at=None).values_list(
        "currency", flat=True
    )
    day = today(request)
    splits = [queries.bundled(found, currency=one, day=day) for one in currencies]
    return page(
        request, "contracts/offer.html", offer=found, day=day,
        parts=found.parts.select_related("service"), prices=queries.prices_of(offer=found),
        splits=[one for one in splits if one.price is not None],
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def offer_new(request: HttpRequest) -> HttpResponse:
    start = {"kind": asked(request, "kind") or "tier", "rank": 1}
    form = OfferForm(request.POST or None, services=_services(), initial=start)
    if request.method == "POST":
        made = attempt(
            form,
            lambda _values: actions.add_offer(parts=form.parts(), **form.words(), **_who(request)),
        )
        if made:
            return go(request, "offer", made.pk, toast_text="Offer added")
    return _form_page(request, form, "New offer")


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def offer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Offer, pk=pk)
    form = OfferForm(
        request.POST or None, services=_services(found), changes=True, initial=offer_initial(found)
    )
    if request.method == "POST" and attempt(
        form,
        lambda _values: actions.change_offer(
            offer=found, parts=form.parts(), **form.words(), **_who(request)
        ),
    ):
        return go(request, "offer", pk, toast_text="Saved")
    return _form_page(request, form, f"Edit {found.name}", found)


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def offer_retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Not offered any more; agreements made from it go on. Asked again, it is offered again."""
    found = get_object_or_404(Offer, pk=pk)
    who = _who(request)
    actions.change_offer(offer=found, retired_at=None if found.retired_at else who["at"], **who)
    return go(request, "offer", pk, toast_text="Saved")


def today(request: HttpRequest) -> date:
    """The date where the MSP is."""
    return local_date(datetime.now(UTC), request.tenant.zone)


def _services(found: Offer | None = None) -> list[Service]:
    """What may be in it: everything on offer, and what is in it already."""
    kept = set(found.parts.values_list("service_id", flat=True)) if found else set()
    rows = Service.objects.order_by("domain", "name")
    return [one for one in rows if one.retired_at is None or one.pk in kept]


def _form_page(
    request: HttpRequest, form: OfferForm, title: str, found: Offer | None = None
) -> HttpResponse:
    return page(
        request, "contracts/offer_form.html", form=form, title=title, offer=found,
        status=422 if form.errors else 200,
    )  # fmt: skip


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


urlpatterns = [
    path("offers", offer_list, name="offer-list"),
    path("offers/new", offer_new, name="offer-new"),
    path("offers/<int:pk>", offer, name="offer"),
    path("offers/<int:pk>/edit", offer_edit, name="offer-edit"),
    path("offers/<int:pk>/retire", offer_retire, name="offer-retire"),
]
