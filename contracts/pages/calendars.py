"""Support hours: the list, one calendar, its editor with a preview of real deadlines."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from contracts import actions
from contracts.forms.calendars import (
    CalendarForm,
    CountryForm,
    FileForm,
    LookForm,
    calendar_initial,
)
from contracts.models import Calendar
from contracts.rules import preview, targets, written_hours
from contracts.rules.calendar import SupportCalendar, from_dict
from contracts.rules.year import year_of
from msp.kit.facts import InvalidFact
from msp.kit.periods import local_date
from msp.kit.refusals import Refused
from msp.kit.web import attempt, go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

WEEKDAYS = {f"day{number}": "09:00-17:00" for number in range(5)}
IMPORTS = {"country": CountryForm, "file": FileForm}


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
        request, "contracts/calendar.html", part="contracts/_calendar_preview.html",
        calendar=found, days=calendar_initial(found), form=CalendarForm(
            initial=calendar_initial(found)
        ), **_preview(request, from_dict(found.definition)),
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def calendar_new(request: HttpRequest) -> HttpResponse:
    form = CalendarForm(request.POST or None, initial={"zone": request.tenant.zone} | WEEKDAYS)
    return _edited(request, form, None)


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def calendar_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Calendar, pk=pk)
    form = CalendarForm(request.POST or None, initial=calendar_initial(found))
    return _edited(request, form, found)


def _edited(request: HttpRequest, form: CalendarForm, found: Calendar | None) -> HttpResponse:
    """The editor: looked at, given more holidays, or saved."""
    do = request.POST.get("do", "")
    if do == "look":
        return page(
            request, "contracts/_calendar_preview.html", **_preview(request, _readable(form))
        )
    if do in IMPORTS:
        return _imported(request, form, do, found)
    if request.method == "POST" and attempt(form, lambda values: _save(request, form, found)):
        if found is None:
            return go(request, "calendar-list", toast_text="Calendar added")
        return go(request, "calendar", found.pk, toast_text="Saved. Revise a level to promise it")
    return _form_page(request, form, found)


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


def _imported(
    request: HttpRequest, form: CalendarForm, do: str, found: Calendar | None
) -> HttpResponse:
    """Write holidays of a country or a file into the form; nothing is kept until it is saved."""
    asked = IMPORTS[do](request.POST, request.FILES)
    typed = {name: request.POST.get(name, "") for name in form.fields}
    added: list[dict[str, Any]] = []
    if asked.is_valid():
        try:
            added = asked.found(datetime.now(UTC).year)
            before = written_hours.read_holidays(typed["holidays"])
            merged = written_hours.merged_holidays(before, added)
            typed["holidays"] = written_hours.write_holidays(merged)
        except InvalidFact as error:
            field = error.field if error.field in asked.fields else None
            asked.add_error(field, error.reason)
    return _form_page(
        request, CalendarForm(initial=typed), found, added=len(added), **{f"{do}_form": asked},
        status=422 if asked.errors else 200,
    )  # fmt: skip


def _readable(form: CalendarForm) -> SupportCalendar | None:
    """The calendar of a form as far as it can be read; None while it cannot."""
    if not form.is_bound:
        form = CalendarForm(form.initial | {"name": form.initial.get("name") or "New"})
    if not form.is_valid():
        return None
    try:
        return from_dict(form.cleaned_data["definition"])
    except InvalidFact:
        return None


def _preview(request: HttpRequest, shape: SupportCalendar | None) -> dict[str, Any]:
    """What the hours mean: deadlines of a ticket opened now or then, the week, the year."""
    asked = request.POST if request.method == "POST" else request.GET
    look = LookForm({name: asked.get(name, "")[:40] for name in ("at", "level")})
    if shape is None:
        return {"dues": [], "week": [], "zone": "", "look": look}
    now = datetime.now(UTC)
    at = look.instant(shape.zone)
    this_year = local_date(at or now, shape.zone).year
    return {
        "look": look,
        "dues": preview.dues(shape, at or now, look.targets or targets.USUAL),
        "week": preview.next_days(shape, at or now),
        "zone": shape.zone,
        "opened_at": at.astimezone(preview.zone_of(shape)) if at else None,
        "open_now": preview.is_open(shape, at or now),
        "year": year_of(shape, _year(asked.get("year", ""), this_year)),
    }


def _year(asked: str, this_year: int) -> int:
    number = int(asked) if asked.isdecimal() and len(asked) == 4 else this_year
    return min(max(number, this_year - 10), this_year + 10)


def _form_page(
    request: HttpRequest, form: CalendarForm, found: Calendar | None, status: int = 0,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    shown = {"country_form": CountryForm(), "file_form": FileForm()} | more
    return page(
        request, "contracts/calendar_form.html", form=form, calendar=found,
        title=f"Edit {found.name}" if found else "New support calendar",
        status=status or (422 if form.errors else 200), **shown,
        **_preview(request, _readable(form)),
    )  # fmt: skip


urlpatterns = [
    path("calendars", calendar_list, name="calendar-list"),
    path("calendars/new", calendar_new, name="calendar-new"),
    path("calendars/<int:pk>", calendar, name="calendar"),
    path("calendars/<int:pk>/edit", calendar_edit, name="calendar-edit"),
]
