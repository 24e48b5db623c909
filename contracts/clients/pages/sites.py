"""The places of a client."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from contracts.clients import actions, queries
from contracts.clients.forms import SiteForm, initial_of
from contracts.clients.models import Site
from contracts.clients.pages.clients import client_of
from msp.kit.web import attempt, go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.CLIENT_VIEW)
@require_GET
def site_list(request: HttpRequest, slug: str) -> HttpResponse:
    client = client_of(request, slug)
    return page(
        request, "clients/sites.html", client=client, head=queries.client_head(client),
        rows=queries.list_sites(client),
    )  # fmt: skip


@staff(Permission.CLIENT_EDIT)
@require_http_methods(["GET", "POST"])
def site_new(request: HttpRequest, slug: str) -> HttpResponse:
    client = client_of(request, slug)
    form = SiteForm(request.POST or None)
    if request.method == "POST" and attempt(
        form,
        lambda values: actions.add_site(
            client=client, **values, by=request.viewer.actor, at=datetime.now(UTC)
        ),
    ):
        return go(request, "client-sites", slug, toast_text="Site added")
    return page(
        request, "clients/site_form.html", form=form, client=client, title="New site",
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.CLIENT_EDIT)
@require_http_methods(["GET", "POST"])
def site_edit(request: HttpRequest, pk: int) -> HttpResponse:
    site = get_object_or_404(
        Site.objects.visible_to(request.viewer).select_related("client"), pk=pk
    )
    form = SiteForm(request.POST or None, initial=initial_of(site, SiteForm))
    if request.method == "POST" and attempt(
        form,
        lambda values: actions.change_site(
            site=site, **values, by=request.viewer.actor, at=datetime.now(UTC)
        ),
    ):
        return go(request, "client-sites", site.client.slug, toast_text="Saved")
    return page(
        request, "clients/site_form.html", form=form, client=site.client, site=site,
        title=f"Edit {site.name}", status=422 if form.errors else 200,
    )  # fmt: skip


urlpatterns = [
    path("clients/<slug:slug>/sites", site_list, name="client-sites"),
    path("clients/<slug:slug>/sites/new", site_new, name="site-new"),
    path("sites/<int:pk>/edit", site_edit, name="site-edit"),
]
