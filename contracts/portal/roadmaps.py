"""A plan that was shared with the client: where they stand, and what comes when."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET

from contracts.clients.gates import client_user
from contracts.models import Roadmap
from contracts.papers import roadmap_pdf
from contracts.portal.quotes import SEES
from contracts.queries import roadmaps as queries
from msp.kit.periods import local_date
from msp.kit.web import page


@client_user(*SEES)
@require_GET
def roadmap(request: HttpRequest, pk: int) -> HttpResponse:
    found, told = _told(request, pk)
    return page(request, "contracts/portal/roadmap.html", roadmap=found, told=told)


@client_user(*SEES)
@require_GET
def roadmap_paper(request: HttpRequest, pk: int) -> HttpResponse:
    return roadmap_pdf.response(*_told(request, pk))


def _told(request: HttpRequest, pk: int) -> tuple[Roadmap, queries.Told]:
    rows = Roadmap.objects.visible_to(request.viewer).select_related("client")
    found = get_object_or_404(rows, pk=pk)
    return found, queries.told_of(found, local_date(datetime.now(UTC), found.client.zone))


urlpatterns = [
    path("roadmaps/<int:pk>", roadmap, name="portal-quote-roadmap"),
    path("roadmaps/<int:pk>/roadmap.pdf", roadmap_paper, name="portal-quote-roadmap-pdf"),
]
