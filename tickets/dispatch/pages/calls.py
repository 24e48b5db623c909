"""The calls that were made: who was told when, and who took it on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from msp.kit.web import go, page, rows_of
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission
from tickets.dispatch import actions, queries
from tickets.dispatch.models import Call
from tickets.dispatch.pages.rotas import who


@staff(Permission.TICKET_VIEW)
@require_GET
def call_list(request: HttpRequest) -> HttpResponse:
    rows = rows_of(request, queries.recent_calls())
    return page(request, "dispatch/calls.html", part="dispatch/_calls.html", rows=rows)


@staff(Permission.INCIDENT_EDIT)
@require_POST
def call_take(request: HttpRequest, pk: int) -> HttpResponse:
    """I am on it."""
    found = get_object_or_404(Call, pk=pk)
    actions.take_call(source_key=found.source_key, **who(request))
    return go(request, "call-list", toast_text="Nobody else is called.")


urlpatterns = [
    path("oncall/calls", call_list, name="call-list"),
    path("oncall/calls/<int:pk>/take", call_take, name="call-take"),
]
