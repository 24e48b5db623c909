"""One unit of the register: when it was there and since when we know it, and correcting that."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from contracts.clients import actions, queries
from contracts.clients.forms import CorrectionForm, MarksForm
from contracts.clients.models import Client, Contact, Device, Holding, Site
from contracts.rules.knowledge import bands
from contracts.rules.register import Interval
from msp.kit.periods import local_date
from msp.kit.web import attempt, go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

SHOWN = 12  # states of knowledge in the picture
Unit = Device | Contact | Holding


@staff(Permission.CLIENT_VIEW)
@require_GET
def unit(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Days across, knowledge down."""
    return _unit_page(request, kind, _unit(request, kind, pk))


@staff(Permission.DEVICE_EDIT)
@require_POST
def unit_correct(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Say what was really so, as a new state of knowledge."""
    found = _unit(request, kind, pk)
    form = CorrectionForm(request.POST, unit=found)

    def correct(values: dict[str, Any]) -> None:
        actions.correct_unit(
            unit=found, interval_id=values["interval"] or None,
            said=actions.Stretch(**form.said()), reason=values["reason"], **_who(request),
        )  # fmt: skip

    if attempt(form, correct):
        return go(request, "unit", kind, pk, toast_text="The register knows it from now on")
    return _unit_page(request, kind, found, correction=form)


@staff(Permission.DEVICE_EDIT)
@require_POST
def unit_mark(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Let other rules count the unit from a day on."""
    found = _unit(request, kind, pk)
    form = MarksForm(request.POST, unit=found)

    def mark(values: dict[str, Any]) -> None:
        actions.mark_unit(
            unit=found, marks=values["marks"], on=values["on"], reason=values["reason"],
            **_who(request),
        )  # fmt: skip

    if attempt(form, mark):
        return go(request, "unit", kind, pk, toast_text="Counted by the new rule")
    return _unit_page(request, kind, found, marking=form)


def _unit(request: HttpRequest, kind: str, pk: int) -> Unit:
    found = queries.unit_of(request.viewer, kind, pk)
    if found is None:
        raise Http404("There is no such unit.")
    return found


def _unit_page(request: HttpRequest, kind: str, found: Unit, **given: Any) -> HttpResponse:
    today = local_date(datetime.now(UTC), found.client.zone)
    known = queries.known_intervals(unit_type=kind, unit_id=found.pk)
    newest = known[-1] if known else None
    correction = given.get("correction")
    chosen = correction.data.get("interval", "") if correction else None
    return page(
        request, "clients/unit.html", client=found.client, unit=found, kind=kind, known=known,
        forms=[
            (one, correction if one.interval_id == chosen else _correction(found, one))
            for one in known
        ],
        added=correction if chosen == "" else _correction(found, None),
        marking=given.get("marking") or _marking(found, newest, today),
        bands=bands(queries.versions_of_unit(unit_type=kind, unit_id=found.pk))[-SHOWN:],
        statements=queries.statements(unit_type=kind, unit_id=found.pk), today=today,
        names={
            "site": dict(Site.objects.filter(client=found.client).values_list("pk", "name")),
            "payer": dict(Client.objects.values_list("pk", "name")),
        },
        status=422 if any(form.errors for form in given.values()) else 200,
    )  # fmt: skip


def _correction(found: Unit, one: Interval | None) -> CorrectionForm:
    if one is None:
        return CorrectionForm(unit=found, auto_id="id_new_%s", initial={"was_there": True})
    last_on = one.ends_on - timedelta(days=1) if one.ends_on else None
    return CorrectionForm(
        unit=found, auto_id=f"id_{one.interval_id[:8]}_%s",
        initial={
            "interval": one.interval_id, "was_there": True, "starts_on": one.starts_on,
            "last_on": last_on, "unit_class": one.unit_class, "site": one.site_id,
            "quantity": one.quantity,
        },
    )  # fmt: skip


def _marking(found: Unit, one: Interval | None, today: Any) -> MarksForm:
    marks = one.marks if one else None
    initial: dict[str, Any] = {"on": today}
    if marks:
        initial |= {
            "aside": marks.aside, "shared": marks.shared, "seat": marks.seat_id,
            "payer": marks.payer_id, "person": marks.person_id,
        }  # fmt: skip
    return MarksForm(unit=found, initial=initial, auto_id="id_mark_%s")


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


urlpatterns = [
    path("units/<str:kind>/<int:pk>", unit, name="unit"),
    path("units/<str:kind>/<int:pk>/correct", unit_correct, name="unit-correct"),
    path("units/<str:kind>/<int:pk>/mark", unit_mark, name="unit-mark"),
]
