"""What a ticket is held to: how urgent it is, whose promise, and which ticket goes on."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from contracts.clients.models import Client
from msp.kit.refusals import Refused
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission
from tickets import actions
from tickets.forms import AssessForm, HoldToForm, MergeForm, MoveForm
from tickets.models import Ticket
from tickets.pages.changes import EDIT, ask, asked_for
from tickets.pages.ticket import ticket_of


@staff(EDIT)
@require_http_methods(["GET", "POST"])
def ticket_assess(request: HttpRequest, number: int) -> HttpResponse:
    """Impact and urgency; the promise's matrix gives the priority."""
    found = ticket_of(request, number)
    form = AssessForm(
        request.POST or None, initial={"impact": found.impact or 2, "urgency": found.urgency or 2}
    )
    done = asked_for(request, form, lambda values, who: actions.assess(
        ticket=found, **values, **who
    ))  # fmt: skip
    address = reverse("ticket-assess", args=[number])
    return done or ask(request, found, form, "How urgent is it?", "Set the priority", address)


@staff(EDIT)
@require_http_methods(["GET", "POST"])
def ticket_merge(request: HttpRequest, number: int) -> HttpResponse:
    """End this ticket in another one about the same thing."""
    found = ticket_of(request, number)
    form = MergeForm(request.POST or None)

    def merge(values: dict[str, Any], who: dict[str, Any]) -> Ticket:
        rows = Ticket.objects.visible_to(request.viewer).filter(number=values["into"])
        into = rows.first()
        if into is None:
            raise Refused(f"There is no ticket #{values['into']}.", field="into")
        same = values["same_incident"]
        return actions.merge(ticket=found, into=into, same_incident=same, **who)

    done = asked_for(request, form, merge)
    address = reverse("ticket-merge", args=[number])
    return done or ask(request, found, form, f"Merge #{number}", "Merge", address)


@staff(EDIT)
@require_http_methods(["GET", "POST"])
def ticket_move(request: HttpRequest, number: int) -> HttpResponse:
    """Give it to the client or device it is really about; the promise is looked up anew."""
    found = ticket_of(request, number)
    client = _chosen(request) or found.client
    address = reverse("ticket-move", args=[number])
    own = {"contact": found.contact_id, "device": found.device_id}
    initial = {"client": client.slug} | (own if client == found.client else {})
    form = MoveForm(request.POST or None, client=client, address=address, initial=initial)
    done = asked_for(request, form, lambda values, who: actions.move(
        ticket=found, **values, **who
    ))  # fmt: skip
    return done or ask(request, found, form, "Whom is it about?", "Move", address)


def _chosen(request: HttpRequest) -> Client | None:
    slug = str(request.POST.get("client") or request.GET.get("client") or "").replace("\x00", "")
    rows = Client.objects.visible_to(request.viewer).filter(archived_at__isnull=True)
    return rows.filter(slug=slug[:100]).first() if slug else None


@staff(Permission.TICKET_MAJOR)
@require_http_methods(["GET", "POST"])
def ticket_hold_to(request: HttpRequest, number: int) -> HttpResponse:
    """Another service level for this one ticket, with the reason."""
    found = ticket_of(request, number)
    form = HoldToForm(request.POST or None, initial={"level_version": found.level_version_id})
    done = asked_for(request, form, lambda values, who: actions.hold_to(
        ticket=found, **values, **who
    ))  # fmt: skip
    address = reverse("ticket-hold-to", args=[number])
    return done or ask(request, found, form, "Hold it to another promise", "Change", address)


urlpatterns = [
    path("tickets/<int:number>/assess", ticket_assess, name="ticket-assess"),
    path("tickets/<int:number>/merge", ticket_merge, name="ticket-merge"),
    path("tickets/<int:number>/move", ticket_move, name="ticket-move"),
    path("tickets/<int:number>/hold-to", ticket_hold_to, name="ticket-hold-to"),
]
