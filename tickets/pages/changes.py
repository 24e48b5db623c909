"""What a technician does to a ticket. Each answers with the parts of the page that changed."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from msp.kit.refusals import Refused
from msp.kit.web import blame, form_key, go, page, refusal, toast
from tenants.people.gates import staff
from tenants.people.models import Team
from tenants.people.rules.roles import Permission
from tickets import actions
from tickets.forms import ResolveForm, WaitForm, staff_people
from tickets.models import Ticket
from tickets.pages.ticket import shown, ticket_of

EDIT = Permission.TICKET_EDIT


def do(
    request: HttpRequest, number: int, act: Callable[[Ticket, dict[str, Any]], Any], said: str = ""
) -> HttpResponse:
    """Act on the ticket and show what became of it; a refusal is said and changes nothing."""
    found = ticket_of(request, number)
    try:
        act(found, {"by": request.viewer.actor, "at": datetime.now(UTC)})
    except Refused as error:
        if request.htmx:
            return refusal(request, error)
        messages.error(request, error.reason)
        return go(request, "ticket", number)
    if not request.htmx:
        return go(request, "ticket", number, toast_text=said)
    answer = page(request, "tickets/_changed.html", **shown(request, ticket_of(request, number)))
    return toast(answer, said) if said else answer


@staff(EDIT)
@require_POST
def ticket_say(request: HttpRequest, number: int) -> HttpResponse:
    """A reply to the client, a note among ourselves, or what a vendor said."""
    body, key = request.POST.get("body", ""), form_key(request)
    status = request.POST.get("status", "")[:20] or None
    reason = request.POST.get("pause_reason", "")

    def say(found: Ticket, who: dict[str, Any]) -> None:
        if request.POST.get("kind") == "note":
            actions.note(ticket=found, body=body, key=key, **who)
        elif request.POST.get("kind") == "vendor":
            actions.vendor_answered(ticket=found, body=body, key=key, **who)
        else:
            actions.reply(
                ticket=found, body=body, key=key, status=status, pause_reason=reason, **who
            )

    return do(request, number, say)


@staff(EDIT)
@require_POST
def ticket_status(request: HttpRequest, number: int) -> HttpResponse:
    status = request.POST.get("status", "")[:20]
    return do(
        request, number, lambda found, who: actions.set_status(ticket=found, status=status, **who)
    )


@staff(EDIT)
@require_POST
def ticket_priority(request: HttpRequest, number: int) -> HttpResponse:
    sent = request.POST.get("priority", "")[:2]
    priority = int(sent) if sent.isdecimal() else -1
    major = request.viewer.may(Permission.TICKET_MAJOR)
    return do(
        request, number,
        lambda found, who: actions.set_priority(
            ticket=found, priority=priority, may_major=major, **who
        ),
    )  # fmt: skip


@staff(EDIT)
@require_POST
def ticket_assign(request: HttpRequest, number: int) -> HttpResponse:
    """Give it to somebody, to oneself (`me`), or to nobody."""
    sent = request.POST.get("owner", "")[:15]
    pk = request.viewer.person_id if sent == "me" else int(sent) if sent.isdecimal() else None
    owner = get_object_or_404(staff_people(), pk=pk) if sent else None
    return do(request, number, lambda found, who: actions.assign(ticket=found, owner=owner, **who))


@staff(EDIT)
@require_POST
def ticket_hand(request: HttpRequest, number: int) -> HttpResponse:
    """Into a team's queue, or (empty) into none."""
    sent = request.POST.get("team", "")[:15]
    pk = int(sent) if sent.isdecimal() else None
    team = get_object_or_404(Team, pk=pk) if sent else None
    return do(request, number, lambda found, who: actions.hand(ticket=found, team=team, **who))


@staff(EDIT)
@require_POST
def ticket_reopen(request: HttpRequest, number: int) -> HttpResponse:
    """Go on with it; too long after its end that is a new ticket that follows."""
    found, who = ticket_of(request, number), {"by": request.viewer.actor, "at": datetime.now(UTC)}
    going_on = actions.reopen(ticket=found, **who)
    if going_on.pk == found.pk and request.htmx:
        return page(request, "tickets/_changed.html", **shown(request, ticket_of(request, number)))
    said = "" if going_on.pk == found.pk else f"#{going_on.number} follows #{number}"
    return go(request, "ticket", going_on.number, toast_text=said)


@staff(EDIT)
@require_http_methods(["GET", "POST"])
def ticket_wait(request: HttpRequest, number: int) -> HttpResponse:
    """Ask why the work stands still, and stop the clock."""
    found = ticket_of(request, number)
    wanted = request.GET.get("status", "waiting_client")
    form = WaitForm(request.POST or None, initial={"status": wanted})
    done = asked_for(request, form, lambda values, who: actions.set_status(
        ticket=found, **values, **who
    ))  # fmt: skip
    address = reverse("ticket-wait", args=[number])
    return done or ask(request, found, form, "Why does it wait?", "Stop the clock", address)


@staff(EDIT)
@require_http_methods(["GET", "POST"])
def ticket_resolve(request: HttpRequest, number: int) -> HttpResponse:
    """Ask what fixed it, and resolve."""
    found = ticket_of(request, number)
    form = ResolveForm(request.POST or None)
    if request.method == "POST" and not form.data:
        form = ResolveForm({"text": ""})
    done = asked_for(
        request, form, lambda values, who: actions.resolve(ticket=found, **values, **who)
    )
    address = reverse("ticket-resolve", args=[number])
    return done or ask(request, found, form, f"Resolve #{number}", "Resolve", address)


def asked_for(
    request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any], dict[str, Any]], Ticket]
) -> HttpResponse | None:
    """What follows a form that was sent and went through; None while it must be shown."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        done = act(form.cleaned_data, {"by": request.viewer.actor, "at": datetime.now(UTC)})
    except Refused as error:
        blame(form, error)
        return None
    return go(request, "ticket", done.number)


def ask(
    request: HttpRequest, found: Ticket, form: forms.Form, title: str, submit: str, address: str
) -> HttpResponse:
    """The form as a dialog, or as a page for whoever has no script."""
    answer = page(
        request, "tickets/ask.html", part="tickets/_ask.html", ticket=found, form=form,
        title=title, submit=submit, address=address, status=422 if form.errors else 200,
    )  # fmt: skip
    if form.errors:
        answer["HX-Retarget"] = "#dlg"
    return answer


urlpatterns = [
    path("tickets/<int:number>/say", ticket_say, name="ticket-say"),
    path("tickets/<int:number>/status", ticket_status, name="ticket-status"),
    path("tickets/<int:number>/priority", ticket_priority, name="ticket-priority"),
    path("tickets/<int:number>/assign", ticket_assign, name="ticket-assign"),
    path("tickets/<int:number>/team", ticket_hand, name="ticket-hand"),
    path("tickets/<int:number>/reopen", ticket_reopen, name="ticket-reopen"),
    path("tickets/<int:number>/wait", ticket_wait, name="ticket-wait"),
    path("tickets/<int:number>/resolve", ticket_resolve, name="ticket-resolve"),
]
