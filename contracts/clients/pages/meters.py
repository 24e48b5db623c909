"""A meter: what it showed and when, reading it, and putting right what was wrong."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from contracts.clients import actions, queries
from contracts.clients.forms import DialForm, FixForm, ReadingForm
from contracts.clients.models import Holding, MeterReading
from contracts.clients.pages.holdings import end_held, held_of
from contracts.rules.metering import Dial
from msp.kit.web import attempt, go, page, rows_of
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.CLIENT_VIEW)
@require_GET
def meter(request: HttpRequest, pk: int) -> HttpResponse:
    """Its readings, the newest first."""
    return _meter_page(request, _meter(request, pk))


@staff(Permission.DEVICE_EDIT)
@require_POST
def meter_read(request: HttpRequest, pk: int) -> HttpResponse:
    """One more reading, on the client's wall clock."""
    found = _meter(request, pk)
    with timezone.override(ZoneInfo(found.client.zone)):
        form = ReadingForm(request.POST)
        read = attempt(
            form, lambda values: actions.record_reading(meter=found, **values, **_who(request))
        )
    if read:
        return go(request, "meter", pk, toast_text="The reading is kept")
    return _meter_page(request, found, reading=form)


@staff(Permission.DEVICE_EDIT)
@require_POST
def meter_dial(request: HttpRequest, pk: int) -> HttpResponse:
    """What its figures mean, known from now on."""
    found = _meter(request, pk)
    form = DialForm(request.POST, auto_id="id_dial_%s")
    if attempt(
        form, lambda said: actions.say_dial(meter=found, dial=said["dial"], **_who(request))
    ):
        return go(request, "meter", pk, toast_text="Read so from now on")
    return _meter_page(request, found, dial_form=form)


@staff(Permission.DEVICE_EDIT)
@require_POST
def reading_fix(request: HttpRequest, pk: int, reading: int) -> HttpResponse:
    """Say what a reading really was, or why it is less than the one before."""
    found = _meter(request, pk)
    row = get_object_or_404(MeterReading, meter=found, pk=reading)
    posted = request.POST.copy()
    if posted.get("gone") == "on" and not posted.get("value"):
        posted["value"] = f"{row.value or 0:f}"
    form = FixForm(posted, auto_id=f"id_r{row.pk}_%s")

    def correct(said: dict[str, Any]) -> None:
        actions.correct_reading(
            reading=row, value=None if said["gone"] else said["value"],
            drop="" if said["gone"] else said["drop"], reason=said["reason"], **_who(request),
        )  # fmt: skip

    if attempt(form, correct):
        return go(request, "meter", pk, toast_text="Known so from now on")
    return _meter_page(request, found, fixing=(row.pk, form))


@staff(Permission.DEVICE_EDIT)
@require_POST
def meter_end(request: HttpRequest, pk: int) -> HttpResponse:
    return end_held(request, _meter(request, pk))


def _meter(request: HttpRequest, pk: int) -> Holding:
    return held_of(request, Holding.Kind.METER, pk)


def _meter_page(
    request: HttpRequest, found: Holding, reading: Form | None = None,
    dial_form: Form | None = None, fixing: tuple[int, Form] | None = None,
) -> HttpResponse:  # fmt: skip
    dial = queries.dial_of(found)
    with timezone.override(ZoneInfo(found.client.zone)):
        first = reading or ReadingForm(initial={"taken_at": timezone.localtime()})
        shown = queries.readings_of(found)
        rows = rows_of(request, shown)
        broken = fixing[0] if fixing else None
        forms = [(one, fixing[1] if fixing and one.row.pk == broken else _fix(one)) for one in rows]
        return page(
            request, "clients/meter.html", client=found.client, meter=found, rows=rows,
            forms=forms, fixing=broken, reading=first, dial=dial,
            dial_form=dial_form or _dial_form(dial), open=[one for one in shown if one.open],
            status=422 if reading or dial_form or fixing else 200,
        )  # fmt: skip


def _fix(one: queries.Shown) -> FixForm:
    row = one.row
    return FixForm(
        auto_id=f"id_r{row.pk}_%s",
        initial={"value": f"{(row.value or 0):f}".rstrip("0").rstrip("."), "drop": row.drop},
    )


def _dial_form(dial: Dial) -> DialForm:
    initial = {"shows": dial.shows, "wraps_at": dial.wraps_at, "resets": dial.resets,
        "metric": dial.metric,
    }  # fmt: skip
    return DialForm(auto_id="id_dial_%s", initial=initial)


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


urlpatterns = [
    path("meters/<int:pk>", meter, name="meter"),
    path("meters/<int:pk>/read", meter_read, name="meter-read"),
    path("meters/<int:pk>/dial", meter_dial, name="meter-dial"),
    path("meters/<int:pk>/readings/<int:reading>", reading_fix, name="reading-fix"),
    path("meters/<int:pk>/end", meter_end, name="meter-end"),
]
