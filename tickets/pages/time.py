"""Time from the ticket's page: a form, a timer that survives a reload, corrections."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from msp.kit.refusals import Refused
from msp.kit.web import blame, form_key, go, page, refusal
from tenants.people.gates import staff
from tenants.people.models import Person
from tenants.people.rules.roles import Permission
from tickets import actions, queries
from tickets.forms.time import TimeForm, time_initial
from tickets.models import Ticket, TimeEntry
from tickets.pages.ticket import ticket_of

EDIT = Permission.TICKET_EDIT


@staff(EDIT)
@require_http_methods(["GET", "POST"])
def time_new(request: HttpRequest, number: int) -> HttpResponse:
    """Write down work that is done."""
    found, at = ticket_of(request, number), datetime.now(UTC)
    initial = {"person": request.viewer.person_id, "work_type": "remote", "role": "technician"}
    form = TimeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.log_time(
                ticket=found, key=form_key(request), by=request.viewer.actor, at=at,
                **form.said(at),
            )  # fmt: skip
            return go(request, "ticket", number, toast_text="Time logged")
        except Refused as error:
            _blame(form, error)
    return _asked(request, found, form, None)


@staff(EDIT)
@require_POST
def timer_start(request: HttpRequest, number: int) -> HttpResponse:
    found, person = ticket_of(request, number), _me(request)
    try:
        actions.start_timer(
            ticket=found, person=person, by=request.viewer.actor, at=datetime.now(UTC)
        )
    except Refused as error:
        return refusal(request, error)
    return go(request, "ticket", number)


@staff(EDIT)
@require_http_methods(["GET", "POST"])
def time_entry(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Correct an entry; a timer that still runs is stopped with what is said here."""
    found, at = ticket_of(request, number), datetime.now(UTC)
    entry = _entry_of(request, found, pk)
    form = TimeForm(request.POST or None, initial=time_initial(entry, at))
    if request.method == "POST" and form.is_valid():
        act = actions.change_time if entry.ended_at else actions.stop_timer
        try:
            act(entry=entry, by=request.viewer.actor, at=at, **_exact(form, entry, at))
            return go(request, "ticket", number, toast_text="Time logged")
        except Refused as error:
            _blame(form, error)
    return _asked(request, found, form, entry)


@staff(EDIT)
@require_POST
def time_remove(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    found = ticket_of(request, number)
    entry = _entry_of(request, found, pk)
    try:
        actions.remove_time(entry=entry, by=request.viewer.actor, at=datetime.now(UTC))
    except Refused as error:
        return refusal(request, error)
    return go(request, "ticket", number, toast_text="Taken away")


def _exact(form: TimeForm, entry: TimeEntry, at: datetime) -> dict[str, Any]:
    """A form shows minutes; what was not changed in it keeps its seconds."""
    said, shown = form.said(at), time_initial(entry, at)
    took = said["ended_at"] - said["started_at"]
    if said["started_at"] == entry.started_at.replace(second=0, microsecond=0):
        said["started_at"] = entry.started_at
    said["ended_at"] = said["started_at"] + took
    if form.cleaned_data["minutes"] == shown["minutes"]:
        said["ended_at"] = said["started_at"] + ((entry.ended_at or at) - entry.started_at)
    return said | {"ended_at": max(min(said["ended_at"], at), said["started_at"])}


def _me(request: HttpRequest) -> Person:
    return get_object_or_404(Person, pk=request.viewer.person_id)


def _entry_of(request: HttpRequest, found: Ticket, pk: int) -> TimeEntry:
    rows = TimeEntry.objects.visible_to(request.viewer).select_related("ticket__client", "person")
    return get_object_or_404(rows, pk=pk, ticket=found)


def _blame(form: TimeForm, error: Refused) -> None:
    error.field = "minutes" if error.field == "ended_at" else error.field
    blame(form, error)


def _asked(
    request: HttpRequest, found: Ticket, form: TimeForm, entry: TimeEntry | None
) -> HttpResponse:
    """The form as a dialog, or as a page for whoever has no script."""
    answer = page(
        request, "tickets/time.html", part="tickets/_time_form.html", ticket=found, form=form,
        entry=entry, logged=queries.logged(entry) if entry and entry.ended_at else None,
        address=request.path, status=422 if form.errors else 200,
    )  # fmt: skip
    if form.errors:
        answer["HX-Retarget"] = "#dlg"
    return answer


urlpatterns = [
    path("tickets/<int:number>/time", time_new, name="ticket-time-new"),
    path("tickets/<int:number>/timer", timer_start, name="ticket-timer"),
    path("tickets/<int:number>/time/<int:pk>", time_entry, name="ticket-time"),
    path("tickets/<int:number>/time/<int:pk>/remove", time_remove, name="ticket-time-remove"),
]
