"""The client's side of a ticket: a request, who is on it, and what was promised."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts.clients.gates import client_user
from contracts.clients.models import Client, Contact, Device
from contracts.models import Agreement
from msp.kit.refusals import Refused
from msp.kit.web import blame, form_key, go, page, refusal, rows_of
from tickets import actions, queries
from tickets.forms import IMPACTS, RequestForm
from tickets.models import Ticket
from tickets.rules import states

SHOWN_ON_HOME = 3
MOST_OPEN = 100
MONTHS_TOLD = 3
NEEDS = (  # words, icon
    ("Reset a password", "key-round"),
    ("New team member", "user-plus"),
    ("Order equipment", "laptop"),
    ("Book a visit", "calendar-plus"),
)


@client_user()
@require_GET
def request_list(request: HttpRequest) -> HttpResponse:
    """What is open first; what is done is folded below. An administrator sees everyone's."""
    admin = request.viewer.role == "admin"
    mine = not admin or request.GET.get("who") == "mine"
    at = datetime.now(UTC)
    found = queries.open_requests(request.viewer, mine=mine).prefetch_related("clocks__spans")
    ended = rows_of(request, queries.ended_requests(request.viewer, mine=mine))
    return page(
        request, "tickets/portal/list.html", part="tickets/portal/_list.html",
        rows=[queries.as_request(ticket, at) for ticket in found[:MOST_OPEN]],
        ended=ended, ended_rows=[(ticket, queries.in_words(ticket)) for ticket in ended],
        admin=admin, mine=mine, here=request.get_full_path(),
    )  # fmt: skip


@client_user()
@require_http_methods(["GET", "POST"])
def request_new(request: HttpRequest) -> HttpResponse:
    """Ask for something. The words typed on the first page are kept."""
    contact = _me(request)
    form = RequestForm(
        request.POST or None, devices=_devices(request),
        initial={
            "subject": request.GET.get("subject", "")[:200],
            "impact": request.GET.get("impact", "slow"),
            "device": request.GET.get("device") or _own_device(request, contact),
        },
    )  # fmt: skip
    if request.method == "POST":
        opened = _send(request, form, contact)
        if opened is not None:
            return go(request, "portal-request", opened.number, toast_text="We have your request")
    promise = queries.promised(client_id=contact.client_id, device_id=None, at=datetime.now(UTC))
    return page(
        request, "tickets/portal/new.html", form=form, impacts=_impacts(promise),
        key=request.POST.get("key", "")[:32] or uuid.uuid4().hex,
        status=422 if form.errors else 200,
    )  # fmt: skip


def _me(request: HttpRequest) -> Contact:
    return Contact.objects.select_related("client").get(pk=request.viewer.contact_id)


def _devices(request: HttpRequest) -> Any:
    """An administrator asks for any device of the company, others for those they use."""
    rows = Device.objects.filter(client_id=request.viewer.client_id, retired_on__isnull=True)
    admin = request.viewer.role == "admin"
    return rows if admin else rows.filter(owner_id=request.viewer.contact_id)


def _own_device(request: HttpRequest, contact: Contact) -> int | None:
    """The one device they use; we know it already."""
    own = list(_devices(request).filter(owner=contact).values_list("pk", flat=True)[:2])
    return own[0] if len(own) == 1 else None


def _impacts(promise: queries.Promise) -> list[tuple[str, str, Any]]:
    """Each impact in their words with the time by which somebody answers."""
    return [
        (key, words, promise.due.get(int(priority), (None,))[0])
        for key, (words, priority) in IMPACTS.items()
    ]


def _send(request: HttpRequest, form: RequestForm, contact: Contact) -> Ticket | None:
    if not form.is_valid():
        return None
    values = form.cleaned_data
    try:
        return actions.open_ticket(
            client=contact.client, contact=contact, channel=Ticket.Channel.PORTAL,
            subject=values["subject"], body=values["body"] or values["subject"],
            device=values["device"], priority=form.priority,
            source_key=_source_key(request), by=request.viewer.actor, at=datetime.now(UTC),
        )  # fmt: skip
    except Refused as error:
        blame(form, error)
        return None


def _source_key(request: HttpRequest) -> str | None:
    """A form sent twice is one request; the key is the sender's own, whatever the form says."""
    key = request.POST.get("key", "")[:32]
    return f"portal:{request.viewer.contact_id}:{key}" if key.isalnum() else None


@client_user()
@require_GET
def one_request(request: HttpRequest, number: int) -> HttpResponse:
    return page(
        request, "tickets/portal/request.html", part="tickets/portal/_request.html",
        **_shown(_request_of(request, number)),
    )  # fmt: skip


def _request_of(request: HttpRequest, number: int) -> Ticket:
    rows = (
        Ticket.objects.visible_to(request.viewer)
        .select_related("client", "contact", "device", "owner", "merged_into")
        .prefetch_related("clocks__spans")
    )
    return get_object_or_404(rows, number=number)


def _shown(found: Ticket) -> dict[str, Any]:
    verbs = states.allowed_verbs(found.status)
    return {
        "ticket": found,
        "asked": queries.as_request(found, datetime.now(UTC)),
        "items": queries.timeline(found, for_client=True),
        "worked": queries.told_client(found),
        "left_out": [] if found.covered else found.policy_failed[:6],
        "key": uuid.uuid4().hex,
        "ended": states.Verb.REOPEN in verbs,
        "waits": states.pauses(found.status),
    }


@client_user()
@require_POST
def request_say(request: HttpRequest, number: int) -> HttpResponse:
    """A word from the client. Of a request that ended long ago it begins a new one."""
    contact, body = _me(request), request.POST.get("body", "")
    key = form_key(request)
    return _do(
        request, number,
        lambda found, who: actions.client_message(
            ticket=found, body=body, contact=contact, key=key, **who
        ).ticket.number,
    )  # fmt: skip


@client_user()
@require_POST
def request_close(request: HttpRequest, number: int) -> HttpResponse:
    """It is done, says the client: resolve what is open, then file it away."""

    def close(found: Ticket, who: dict[str, Any]) -> int:
        if found.status not in states.ENDED:
            actions.resolve(ticket=found, **who)
        return actions.close(ticket=found, **who).number

    return _do(request, number, close)


@client_user()
@require_POST
def request_reopen(request: HttpRequest, number: int) -> HttpResponse:
    return _do(request, number, lambda found, who: actions.reopen(ticket=found, **who).number)


@client_user()
@require_POST
def request_contest(request: HttpRequest, number: int) -> HttpResponse:
    """The clock stands still, and they do not agree; somebody of ours hears of it."""
    contact = _me(request)
    return _do(
        request, number,
        lambda found, who: actions.contest_wait(ticket=found, contact=contact, **who).number,
    )  # fmt: skip


def _do(
    request: HttpRequest, number: int, act: Callable[[Ticket, dict[str, Any]], int]
) -> HttpResponse:
    found = _request_of(request, number)
    try:
        shown = act(found, {"by": request.viewer.actor, "at": datetime.now(UTC)})
    except Refused as error:
        if request.htmx:
            return refusal(request, error)
        messages.error(request, error.reason)
        shown = number
    if not request.htmx or shown != number:
        return go(request, "portal-request", shown)
    return page(request, "tickets/portal/_request.html", **_shown(_request_of(request, number)))


# -- what the client's first page shows of it ------------------------------------------------------


def on_portal_state(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    """How things stand, in one sentence, where something grave is open."""
    count = queries.problem_count(request.viewer)
    if not count:
        return None
    words = "We are fixing one problem" if count == 1 else f"We are fixing {count} problems"
    return {"sentence": words, "tone": "warn", "shape": "alert", "rank": 40}


def on_portal_live(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    found = queries.problem(request.viewer, datetime.now(UTC))
    return {"template": "tickets/portal/_live.html", "asked": found} if found else None


def on_portal_ask(request: HttpRequest, client: Client) -> dict[str, Any]:
    return {"template": "tickets/portal/_ask.html", "needs": NEEDS}


def on_portal_home(request: HttpRequest, client: Client) -> dict[str, Any]:
    admin = request.viewer.role == "admin"
    rows = queries.open_requests(request.viewer, mine=not admin)
    return {
        "template": "tickets/portal/_home.html",
        "rows": [(ticket, queries.in_words(ticket)) for ticket in rows[:SHOWN_ON_HOME]],
        "count": rows.count(),
        "admin": admin,
    }


def on_portal_agreement(request: HttpRequest, agreement: Agreement) -> dict[str, Any] | None:
    """How we kept what we promised, in sentences, for this month and those before."""
    months = queries.kept_under(agreement, datetime.now(UTC), MONTHS_TOLD)
    told = [month for month in months if month.words]
    return {"template": "tickets/portal/_kept.html", "months": told} if told else None


def on_portal_device(request: HttpRequest, device: Device) -> dict[str, Any]:
    """What is open about a device, and the way to report one more thing."""
    found = queries.open_requests(request.viewer, mine=False).filter(device_id=device.pk)
    return {
        "template": "tickets/portal/_of_device.html",
        "device": device,
        "rows": [(ticket, queries.in_words(ticket)) for ticket in found[:SHOWN_ON_HOME]],
    }


urlpatterns = [
    path("requests", request_list, name="portal-request-list"),
    path("requests/new", request_new, name="portal-request-new"),
    path("requests/<int:number>", one_request, name="portal-request"),
    path("requests/<int:number>/say", request_say, name="portal-request-say"),
    path("requests/<int:number>/close", request_close, name="portal-request-close"),
    path("requests/<int:number>/contest", request_contest, name="portal-request-contest"),
    path("requests/<int:number>/reopen", request_reopen, name="portal-request-reopen"),
]
