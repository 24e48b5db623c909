"""Schedules: who is on call, by whom it goes on, and who takes over."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from msp.kit.periods import day_start, local_date, zone_named
from msp.kit.refusals import Refused
from msp.kit.web import attempt, go, page, refusal
from tenants.people.gates import staff
from tenants.people.models import Person
from tenants.people.rules.roles import Permission
from tickets.dispatch import actions, queries
from tickets.dispatch.forms import (
    LayerForm,
    ScheduleForm,
    StretchForm,
    SwapForm,
    layer_initial,
)
from tickets.dispatch.models import Override, Schedule
from tickets.dispatch.rules import rota as rules
from tickets.dispatch.rules.rota import Layer
from tickets.dispatch.rules.written import layer_of

WEEKS = 4


def who(request: HttpRequest) -> dict[str, Any]:
    """By whom and when, for an action."""
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


def on_today(request: HttpRequest) -> dict[str, Any] | None:
    """Who is on call now, and what is asked of the viewer."""
    if not request.viewer.may(Permission.TICKET_VIEW):
        return None
    at = datetime.now(UTC)
    found = queries.on_call_now(at, request.viewer.person_id)
    if not found:
        return None
    return {
        "template": "dispatch/_today.html",
        "rows": found,
        "asked": queries.asked_of(request.viewer.person_id, at),
    }


@staff(Permission.TICKET_VIEW)
@require_GET
def oncall_list(request: HttpRequest) -> HttpResponse:
    """Every schedule with who it is now and who comes next."""
    at = datetime.now(UTC)
    return page(
        request, "dispatch/schedules.html", rows=queries.on_call_now(at, request.viewer.person_id),
        asked=queries.asked_of(request.viewer.person_id, at),
    )  # fmt: skip


@staff(Permission.ONCALL_EDIT)
@require_http_methods(["GET", "POST"])
def oncall_new(request: HttpRequest) -> HttpResponse:
    form = ScheduleForm(request.POST or None, initial={"zone": request.tenant.zone})
    if request.method == "POST":
        made = attempt(form, lambda values: actions.make_schedule(**values, **who(request)))
        if made:
            return go(request, "oncall-layer-new", made.pk, toast_text="Now say who takes turns.")
    return page(request, "dispatch/schedule_form.html", form=form, schedule=None,
                status=422 if form.errors else 200)  # fmt: skip


@staff(Permission.TICKET_VIEW)
@require_GET
def oncall(request: HttpRequest, pk: int) -> HttpResponse:
    """One schedule: four weeks as a picture, its layers, and who takes over when."""
    found = get_object_or_404(Schedule, pk=pk)
    return _shown(request, found, StretchForm(schedule=found, initial=_asked_stretch(request)))


def _asked_stretch(request: HttpRequest) -> dict[str, Any]:
    return {"person": request.viewer.person_id}


def _shown(request: HttpRequest, found: Schedule, form: StretchForm) -> HttpResponse:
    at = datetime.now(UTC)
    today = local_date(at, found.zone)
    first = today - timedelta(days=today.weekday())
    weeks = []
    for number in range(WEEKS):
        monday = first + timedelta(days=7 * number)
        days = [day_start(monday + timedelta(days=n), found.zone) for n in range(8)]
        weeks.append((days, queries.planned(found, days[0], days[-1])))
    layers = [layer_of(kept) for kept in found.layers]
    names = queries.people_named(found.layers)
    rota = queries.rota_of(found)
    return page(
        request, "dispatch/schedule.html", schedule=found, weeks=weeks, now=at, form=form,
        layers=[(number, one, [names.get(pk, "somebody who is gone") for pk in one.people])
                for number, one in enumerate(layers)],
        current=queries.on_call(found, at), overrides=list(queries.open_overrides(found, at)),
        gaps=rules.gaps(rota, at, at + timedelta(days=14)),
        mine=request.viewer.person_id, zone=zone_named(found.zone),
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.ONCALL_EDIT)
@require_http_methods(["GET", "POST"])
def oncall_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Its name and zone."""
    found = get_object_or_404(Schedule, pk=pk)
    form = ScheduleForm(request.POST or None, initial={"name": found.name, "zone": found.zone})
    layers = [layer_of(kept) for kept in found.layers]
    if request.method == "POST" and attempt(
        form,
        lambda values: actions.set_layers(schedule=found, layers=layers, **values, **who(request)),
    ):
        return go(request, "oncall", pk, toast_text="Saved.")
    return page(request, "dispatch/schedule_form.html", form=form, schedule=found,
                status=422 if form.errors else 200)  # fmt: skip


@staff(Permission.ONCALL_EDIT)
@require_http_methods(["GET", "POST"])
def layer_new(request: HttpRequest, pk: int) -> HttpResponse:
    return _layer(request, get_object_or_404(Schedule, pk=pk), None)


@staff(Permission.ONCALL_EDIT)
@require_http_methods(["GET", "POST"])
def layer_edit(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Change one layer, or with `remove` take it away."""
    found = get_object_or_404(Schedule, pk=pk)
    if number >= len(found.layers):
        raise Http404
    if request.method == "POST" and "remove" in request.POST:
        layers = [layer_of(kept) for kept in found.layers]
        _keep(request, found, layers[:number] + layers[number + 1 :])
        return go(request, "oncall", pk, toast_text="The layer is gone.")
    return _layer(request, found, number)


def _layer(request: HttpRequest, found: Schedule, number: int | None) -> HttpResponse:
    layers = [layer_of(kept) for kept in found.layers]
    today = local_date(datetime.now(UTC), found.zone)
    first: dict[str, Any] = {"starts_on": today - timedelta(days=today.weekday())}
    if number is not None:
        first = layer_initial(layers[number])
    form = LayerForm(request.POST or None, initial=first)

    def save(values: dict[str, Any]) -> object:
        made = form.layer(values)
        place = len(layers) if number is None else number
        return _keep(request, found, [*layers[:place], made, *layers[place + 1 :]])

    if request.method == "POST" and attempt(form, save):
        return go(request, "oncall", found.pk, toast_text="Saved.")
    return page(
        request, "dispatch/layer_form.html", form=form, schedule=found, number=number,
        status=422 if form.errors else 200,
    )  # fmt: skip


def _keep(request: HttpRequest, found: Schedule, layers: list[Layer]) -> Schedule:
    return actions.set_layers(
        schedule=found, name=found.name, zone=found.zone, layers=layers, **who(request)
    )


@staff(Permission.ONCALL_EDIT)
@require_POST
def oncall_remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Schedule, pk=pk)
    try:
        actions.remove_schedule(schedule=found, **who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "oncall-list", toast_text=f"{found.name} is gone.")


# -- taking over and swapping ----------------------------------------------------------------------


@staff(Permission.TICKET_EDIT)
@require_POST
def oncall_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Put somebody on call for a stretch; oneself always, others for those who plan."""
    found = get_object_or_404(Schedule, pk=pk)
    form = StretchForm(request.POST, schedule=found)

    def take(values: dict[str, Any]) -> Override:
        _may_put(request, values["person"])
        return actions.take_over(
            schedule=found, person=values["person"], starts_at=form.instant(values, "starts"),
            ends_at=form.instant(values, "ends"), **who(request),
        )  # fmt: skip

    if attempt(form, take):
        return go(request, "oncall", pk, toast_text="It is in the schedule.")
    return _shown(request, found, form)


def _may_put(request: HttpRequest, person: Person) -> None:
    mine = person.pk == request.viewer.person_id
    if not mine and not request.viewer.may(Permission.ONCALL_EDIT):
        raise Refused("You can take over yourself. Ask others to swap.", field="person")


@staff(Permission.TICKET_EDIT)
@require_http_methods(["GET", "POST"])
def oncall_swap(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask somebody to take one's own stretch."""
    found = get_object_or_404(Schedule, pk=pk)
    form = SwapForm(request.POST or None, schedule=found)

    def ask(values: dict[str, Any]) -> Override:
        stretch = (form.instant(values, "starts"), form.instant(values, "ends"))
        return actions.ask_swap(
            schedule=found, asker=request.user, person=values["person"], stretch=stretch,
            in_return=form.back(values), **who(request),
        )  # fmt: skip

    if request.method == "POST" and attempt(form, ask):
        return go(request, "oncall", pk, toast_text="They are asked.")
    return page(request, "dispatch/swap.html", form=form, schedule=found,
                status=422 if form.errors else 200)  # fmt: skip


@staff(Permission.TICKET_EDIT)
@require_POST
def override_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Override.objects.select_related("schedule"), pk=pk)
    me = request.viewer.person_id
    concerned = me in (found.person_id, found.asked_by_id)
    if not concerned and not request.viewer.may(Permission.ONCALL_EDIT):
        raise Http404
    return _answered(
        request, found, lambda: actions.cancel_override(override=found, **who(request))
    )


@staff(Permission.TICKET_EDIT)
@require_POST
def swap_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Yes or no, by the one who was asked."""
    rows = Override.objects.select_related("schedule")
    found = get_object_or_404(rows, pk=pk, person_id=request.viewer.person_id)
    agreed = request.POST.get("answer") == "yes"
    return _answered(
        request, found,
        lambda: actions.answer_swap(override=found, agreed=agreed, **who(request)),
    )  # fmt: skip


def _answered(request: HttpRequest, found: Override, do: Any) -> HttpResponse:
    try:
        do()
    except Refused as error:
        return refusal(request, error)
    return go(request, "oncall", found.schedule_id, toast_text="Done.")


urlpatterns = [
    path("oncall", oncall_list, name="oncall-list"),
    path("oncall/new", oncall_new, name="oncall-new"),
    path("oncall/<int:pk>", oncall, name="oncall"),
    path("oncall/<int:pk>/edit", oncall_edit, name="oncall-edit"),
    path("oncall/<int:pk>/remove", oncall_remove, name="oncall-remove"),
    path("oncall/<int:pk>/layers/new", layer_new, name="oncall-layer-new"),
    path("oncall/<int:pk>/layers/<int:number>", layer_edit, name="oncall-layer"),
    path("oncall/<int:pk>/take", oncall_take, name="oncall-take"),
    path("oncall/<int:pk>/swap", oncall_swap, name="oncall-swap"),
    path("oncall/stretches/<int:pk>/cancel", override_cancel, name="override-cancel"),
    path("oncall/stretches/<int:pk>/answer", swap_answer, name="swap-answer"),
]
