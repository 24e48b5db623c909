"""Support hours: the list, one calendar, its editor with a preview of real deadlines."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from contracts import actions
from contracts.forms.promises import CalendarForm, calendar_initial
from contracts.models import Calendar
from contracts.rules import preview
from contracts.rules.calendar import SupportCalendar, from_dict
from msp.kit.facts import InvalidFact
from msp.kit.refusals import Refused
from msp.kit.web import attempt, go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

WEEKDAYS = {f"day{number}": "09:00-17:00" for number in range(5)}


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def calendar_list(request: HttpRequest) -> HttpResponse:
    now = datetime.now(UTC)
    rows = [
        {"row": row, "open": preview.is_open(from_dict(row.definition), now)}
        for row in Calendar.objects.all()
    ]
    return page(request, "contracts/calendars.html", rows=rows)


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def calendar(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Calendar, pk=pk)
    return page(
        request, "contracts/calendar.html", calendar=found, days=calendar_initial(found),
        form=CalendarForm(initial=calendar_initial(found)), **_preview(from_dict(found.definition)),
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def calendar_new(request: HttpRequest) -> HttpResponse:
    form = CalendarForm(request.POST or None, initial={"zone": request.tenant.zone} | WEEKDAYS)
    if request.method == "POST" and request.POST.get("do") == "look":
        return _looked(request, form)
    if request.method == "POST" and attempt(form, lambda values: _save(request, form, None)):
        return go(request, "calendar-list", toast_text="Calendar added")
    return _form_page(request, form, "New support calendar")


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def calendar_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Calendar, pk=pk)
    form = CalendarForm(request.POST or None, initial=calendar_initial(found))
    if request.method == "POST" and request.POST.get("do") == "look":
        return _looked(request, form)
    if request.method == "POST" and attempt(form, lambda values: _save(request, form, found)):
        return go(request, "calendar", pk, toast_text="Saved. Revise a level to promise it")
    return _form_page(request, form, f"Edit {found.name}", found)


def _save(request: HttpRequest, form: CalendarForm, found: Calendar | None) -> Calendar:
    said = {"name": form.cleaned_data["name"], "definition": form.cleaned_data["definition"]}
    who = {"by": request.viewer.actor, "at": datetime.now(UTC)}
    try:
        if found is None:
            return actions.add_calendar(**said, **who)
        return actions.change_calendar(calendar=found, **said, **who)
    except Refused as error:
        if error.field not in form.fields:
            error.field = form.field_of(error.field or "")
        raise


def _looked(request: HttpRequest, form: CalendarForm) -> HttpResponse:
    return page(request, "contracts/_calendar_preview.html", **_preview(_readable(form)))


def _readable(form: CalendarForm) -> SupportCalendar | None:
    """The calendar of a form as far as it can be read; None while it cannot."""
    if not form.is_bound:
        form = CalendarForm(form.initial)
    if not form.is_valid():
        return None
    try:
        return from_dict(form.cleaned_data["definition"])
    except InvalidFact:
        return None


def _preview(calendar: SupportCalendar | None) -> dict[str, Any]:
    if calendar is None:
        return {"dues": [], "week": [], "zone": ""}
    now = datetime.now(UTC)
    return {
        "dues": preview.dues(calendar, now),
        "week": preview.next_days(calendar, now),
        "zone": calendar.zone,
        "open_now": preview.is_open(calendar, now),
    }


def _form_page(
    request: HttpRequest, form: CalendarForm, title: str, found: Calendar | None = None
) -> HttpResponse:
    return page(
        request, "contracts/calendar_form.html", form=form, title=title, calendar=found,
        status=422 if form.errors else 200, **_preview(_readable(form)),
    )  # fmt: skip


urlpatterns = [
    path("calendars", calendar_list, name="calendar-list"),
    path("calendars/new", calendar_new, name="calendar-new"),
    path("calendars/<int:pk>", calendar, name="calendar"),
    path("calendars/<int:pk>/edit", calendar_edit, name="calendar-edit"),
]
