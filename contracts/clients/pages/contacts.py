"""The people of a client: the list, the form, counting as a user, portal access."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts.clients import actions, queries
from contracts.clients.forms import ContactForm, DayForm, PortalForm, initial_of
from contracts.clients.models import Contact
from contracts.clients.pages.clients import client_of
from msp.kit.periods import local_date
from msp.kit.refusals import Refused
from msp.kit.web import asked, attempt, go, page, refusal, rows_of
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

SHOWS = (("", "Everybody"), ("users", "Users"), ("portal", "With portal access"))


@staff(Permission.CLIENT_VIEW)
@require_GET
def contact_list(request: HttpRequest, slug: str) -> HttpResponse:
    client = client_of(request, slug)
    wanted = {name: asked(request, name) for name in ("q", "show")}
    return page(
        request, "clients/people.html", part="clients/_people.html", client=client,
        head=queries.client_head(client), wanted=wanted, shows=SHOWS,
        rows=rows_of(request, queries.list_contacts(client, **wanted)),
    )  # fmt: skip


@staff(Permission.CLIENT_EDIT)
@require_http_methods(["GET", "POST"])
def contact_new(request: HttpRequest, slug: str) -> HttpResponse:
    client = client_of(request, slug)
    form = ContactForm(request.POST or None, client=client, new=True)
    if request.method == "POST":
        made = attempt(
            form, lambda values: actions.add_contact(client=client, **values, **_who(request))
        )
        if made:
            return go(request, "contact", made.pk, toast_text=f"{made.name} added")
    return page(
        request, "clients/contact_form.html", form=form, client=client, title="New contact",
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.CLIENT_VIEW)
@require_GET
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    return _contact_page(request, _contact(request, pk))


@staff(Permission.CLIENT_EDIT)
@require_http_methods(["GET", "POST"])
def contact_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = _contact(request, pk)
    form = ContactForm(
        request.POST or None, client=found.client, new=False,
        initial=initial_of(found, ContactForm),
    )  # fmt: skip
    if request.method == "POST" and attempt(
        form, lambda values: actions.change_contact(contact=found, **values, **_who(request))
    ):
        return go(request, "contact", pk, toast_text="Saved")
    return page(
        request, "clients/contact_form.html", form=form, client=found.client, contact=found,
        title=f"Edit {found.name}", status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.CLIENT_EDIT)
@require_POST
def contact_count(request: HttpRequest, pk: int) -> HttpResponse:
    """Start counting the person as a user, or stop, from a date on."""
    found = _contact(request, pk)
    counting = found.counts_from_on is not None and found.counts_until_on is None
    act = actions.stop_counting if counting else actions.start_counting
    form = DayForm(request.POST)
    if attempt(form, lambda values: act(contact=found, on=values["on"], **_who(request))):
        return go(request, "contact", pk, toast_text="The register knows")
    return _contact_page(request, found, count_form=form)


@staff(Permission.CLIENT_EDIT)
@require_POST
def contact_portal(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the portal for the person with a role, or change the role."""
    found = _contact(request, pk)
    form = PortalForm(request.POST)
    if attempt(
        form,
        lambda values: actions.open_portal(contact=found, role=values["role"], **_who(request)),
    ):
        return go(request, "contact", pk, toast_text=f"{found.name} can enter the portal")
    return _contact_page(request, found, portal_form=form)


@staff(Permission.CLIENT_EDIT)
@require_POST
def contact_portal_end(request: HttpRequest, pk: int) -> HttpResponse:
    found = _contact(request, pk)
    try:
        actions.close_portal(contact=found, **_who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "contact", pk, toast_text="Portal access ended")


@staff(Permission.CLIENT_EDIT)
@require_POST
def contact_archive(request: HttpRequest, pk: int) -> HttpResponse:
    found = _contact(request, pk)
    try:
        actions.archive_contact(contact=found, **_who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "client-people", found.client.slug, toast_text=f"{found.name} is archived")


def _contact(request: HttpRequest, pk: int) -> Contact:
    rows = Contact.objects.visible_to(request.viewer).select_related("client", "site", "person")
    return get_object_or_404(rows, pk=pk)


def _contact_page(request: HttpRequest, found: Contact, **forms_given: forms.Form) -> HttpResponse:
    today = local_date(datetime.now(UTC), found.client.zone)
    shown: dict[str, Any] = {
        "count_form": DayForm(initial={"on": today}),
        "portal_form": PortalForm(initial={"role": found.portal_role or Contact.Portal.USER}),
    } | forms_given
    return page(
        request, "clients/contact.html", client=found.client, contact=found,
        counting=found.counts_from_on is not None and found.counts_until_on is None,
        devices=list(found.devices.filter(retired_on__isnull=True)),
        history=queries.known_intervals(unit_type="user", unit_id=found.pk),
        status=422 if any(form.errors for form in forms_given.values()) else 200, **shown,
    )  # fmt: skip


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


urlpatterns = [
    path("clients/<slug:slug>/people", contact_list, name="client-people"),
    path("clients/<slug:slug>/people/new", contact_new, name="contact-new"),
    path("contacts/<int:pk>", contact, name="contact"),
    path("contacts/<int:pk>/edit", contact_edit, name="contact-edit"),
    path("contacts/<int:pk>/count", contact_count, name="contact-count"),
    path("contacts/<int:pk>/portal", contact_portal, name="contact-portal"),
    path("contacts/<int:pk>/portal/end", contact_portal_end, name="contact-portal-end"),
    path("contacts/<int:pk>/archive", contact_archive, name="contact-archive"),
]
