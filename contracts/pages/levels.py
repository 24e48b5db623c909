"""Service levels: the list, one level with its versions, and its revision."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from contracts import actions, queries
from contracts.forms.promises import LevelForm, level_initial
from contracts.models import Calendar, ServiceLevel, ServiceLevelVersion
from contracts.rules import preview, targets, words
from contracts.rules.calendar import from_dict
from contracts.rules.spans import write_span
from msp.kit.refusals import Refused
from msp.kit.web import attempt, go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

_MINUTE, _HOUR = 60, 3600
USUAL = {
    "1": {"response": 15 * _MINUTE, "resolution": 4 * _HOUR},
    "2": {"response": 30 * _MINUTE, "resolution": 8 * _HOUR},
    "3": {"response": 2 * _HOUR, "resolution": 16 * _HOUR},
    "4": {"response": 4 * _HOUR, "resolution": 40 * _HOUR},
}


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def level_list(request: HttpRequest) -> HttpResponse:
    return page(request, "contracts/levels.html", rows=queries.newest_levels())


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def level(request: HttpRequest, pk: int) -> HttpResponse:
    """What is promised now, when a ticket opened now would be due, and the versions before."""
    found = get_object_or_404(ServiceLevel, pk=pk)
    versions = list(found.versions.order_by("-number"))
    newest = versions[0]
    return page(
        request, "contracts/level.html", level=found, newest=newest,
        rows=_rows(newest), versions=_told(versions), used_by=queries.level_users(found),
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def level_new(request: HttpRequest) -> HttpResponse:
    form = LevelForm(request.POST or None, initial=level_initial(USUAL))
    if request.method == "POST":
        made = attempt(form, lambda values: _add(request, form))
        if made:
            return go(request, "level", made.level_id, toast_text="Service level added")
    return page(
        request, "contracts/level_form.html", form=form, title="New service level",
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def level_revise(request: HttpRequest, pk: int) -> HttpResponse:
    """The next version; agreements and tickets keep the one they name until they are amended."""
    found = get_object_or_404(ServiceLevel, pk=pk)
    newest = found.versions.order_by("-number")[0]
    initial = level_initial(newest.targets) | {
        "calendar": Calendar.objects.filter(name=newest.calendar_name).first(),
        "pauses_response": newest.pauses_response,
    }
    form = LevelForm(request.POST or None, initial=initial, revises=True)
    if request.method == "POST" and attempt(form, lambda values: _revise(request, form, found)):
        return go(request, "level", pk, toast_text="A new version is promised from now on")
    return page(
        request, "contracts/level_form.html", form=form, level=found,
        title=f"Revise {found.name}", status=422 if form.errors else 200,
    )  # fmt: skip


def _add(request: HttpRequest, form: LevelForm) -> ServiceLevelVersion:
    return _asked(form, lambda said: actions.add_level(
        name=form.cleaned_data["name"], **said, **_who(request)
    ))  # fmt: skip


def _revise(request: HttpRequest, form: LevelForm, found: ServiceLevel) -> ServiceLevelVersion:
    return _asked(form, lambda said: actions.revise_level(level=found, **said, **_who(request)))


def _asked(form: LevelForm, act: Any) -> ServiceLevelVersion:
    """Run the action; `targets.1.resolution` is the field `resolution1`."""
    values = form.cleaned_data
    said = {
        "targets": form.targets(),
        "calendar": values["calendar"],
        "pauses_response": values["pauses_response"],
    }
    try:
        version: ServiceLevelVersion = act(said)
    except Refused as error:
        parts = (error.field or "").split(".")
        if len(parts) == 3:
            error.field = f"{parts[2]}{parts[1]}"
        raise
    return version


def _rows(version: ServiceLevelVersion) -> list[dict[str, Any]]:
    """Each priority's targets, and when a ticket opened now would be due."""
    calendar, now = from_dict(version.calendar), datetime.now(UTC)
    return [
        {
            "priority": int(priority),
            "response": write_span(target["response"]),
            "resolution": write_span(target["resolution"]),
            "reply_by": preview.due_in(calendar, now, target["response"]),
            "fix_by": preview.due_in(calendar, now, target["resolution"]),
        }
        for priority, target in sorted(version.targets.items())
    ]


def _told(versions: list[ServiceLevelVersion]) -> list[dict[str, Any]]:
    told = []
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        changes = []
        if before is not None:
            changes = [
                f"{words.PROMISE_WORDS[promise]}, {words.PRIORITY_WORDS[priority]}: "
                f"{write_span(was)} → {write_span(now)}"
                for priority, promise, was, now in targets.changes(before.targets, version.targets)
            ]
            if before.calendar != version.calendar:
                changes.append(f"Hours: {before.calendar_name} → {version.calendar_name}")
        told.append({"version": version, "changes": changes})
    return told


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


urlpatterns = [
    path("levels", level_list, name="level-list"),
    path("levels/new", level_new, name="level-new"),
    path("levels/<int:pk>", level, name="level"),
    path("levels/<int:pk>/revise", level_revise, name="level-revise"),
]
