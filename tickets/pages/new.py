"""Taking a ticket down: whose it is, what it is about, and what is promised for it."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from contracts.clients.models import Client, Device
from msp.kit.refusals import Refused
from msp.kit.web import blame, go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission
from tickets import actions, queries
from tickets.forms import NewTicketForm, devices_of
from tickets.models import Ticket


@staff(Permission.TICKET_EDIT)
@require_http_methods(["GET", "POST"])
def ticket_new(request: HttpRequest) -> HttpResponse:
    """The form; `?client=slug&device=7` fills it in, as the client's and device's pages do."""
    client = _client(request)
    if request.method == "POST" and "choose" not in request.POST:
        form = NewTicketForm(request.POST, client=client, **_rights(request))
        opened = _open(request, form)
        if opened is not None:
            return go(request, "ticket", opened.number, toast_text=f"#{opened.number} opened")
    else:
        form = NewTicketForm(initial=_initial(request), client=client, **_rights(request))
    return page(
        request, "tickets/new.html", form=form, status=422 if form.errors else 200,
        **_about(client, _device(request, client)),
    )  # fmt: skip


@staff(Permission.TICKET_EDIT)
@require_GET
def ticket_choices(request: HttpRequest) -> HttpResponse:
    """The people and devices of the client just chosen, and what it was promised."""
    client = _client(request)
    form = NewTicketForm(initial=_initial(request), client=client)
    return page(
        request, "tickets/_choices.html", form=form, **_about(client, _device(request, client))
    )


def _open(request: HttpRequest, form: NewTicketForm) -> Ticket | None:
    if not form.is_valid():
        return None
    try:
        return actions.open_ticket(
            **form.said(), may_major=request.viewer.may(Permission.TICKET_MAJOR),
            by=request.viewer.actor, at=datetime.now(UTC),
        )  # fmt: skip
    except Refused as error:
        blame(form, error)
        return None


def _rights(request: HttpRequest) -> dict[str, bool]:
    return {
        "may_major": request.viewer.may(Permission.TICKET_MAJOR),
        "may_backdate": request.viewer.may(Permission.TICKET_BACKDATE),
    }


def _asked(request: HttpRequest, name: str) -> str:
    return str(request.POST.get(name) or request.GET.get(name) or "").replace("\x00", "")[:200]


def _initial(request: HttpRequest) -> dict[str, Any]:
    names = ("client", "contact", "device", "subject", "body", "priority", "channel", "owner")
    given = {name: _asked(request, name) for name in names if _asked(request, name)}
    return {"owner": request.viewer.person_id} | given


def _client(request: HttpRequest) -> Client | None:
    return (
        Client.objects.visible_to(request.viewer)
        .filter(slug=_asked(request, "client"), archived_at__isnull=True)
        .first()
    )


def _device(request: HttpRequest, client: Client | None) -> Device | None:
    pk = _asked(request, "device")
    known = client is not None and pk.isdecimal() and len(pk) < 16
    return devices_of(client).filter(pk=int(pk)).first() if known and client else None


def _about(client: Client | None, device: Device | None) -> dict[str, Any]:
    """What is promised to this client, and which of its tickets are open already."""
    if client is None:
        return {"client": None, "promise": None}
    promise = queries.promised(
        client_id=client.pk, device_id=device.pk if device else None, at=datetime.now(UTC)
    )
    return {
        "client": client,
        "promise": promise,
        "promised": [
            (label, *promise.due[value])
            for value, label in Ticket.Priority.choices
            if value in promise.due and value != Ticket.Priority.MAJOR
        ],
    }


urlpatterns = [
    path("tickets/new", ticket_new, name="ticket-new"),
    path("tickets/new/choices", ticket_choices, name="ticket-choices"),
]
