"""Service levels: the list, one level with its versions, and its revision."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from contracts import actions, queries
from contracts.forms.levels import GRADES, FallbackForm, LevelForm, level_initial, version_initial
from contracts.models import ServiceLevel, ServiceLevelVersion
from contracts.rules import policy_words as policies
from contracts.rules import preview, targets, words
from contracts.rules.calendar import from_dict
from contracts.rules.policy import read_policy
from contracts.rules.spans import write_span
from msp.kit.refusals import Refused
from msp.kit.web import attempt, go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def level_list(request: HttpRequest) -> HttpResponse:
    return page(
        request, "contracts/levels.html", rows=queries.newest_levels(),
        fallbacks=queries.fallbacks(), fallback_form=FallbackForm(),
    )  # fmt: skip


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
        **_applied(newest),
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def level_new(request: HttpRequest) -> HttpResponse:
    form = LevelForm(request.POST or None, initial=level_initial(targets.USUAL))
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
    form = LevelForm(request.POST or None, initial=version_initial(newest), revises=True)
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
    try:
        version: ServiceLevelVersion = act(form.said())
    except Refused as error:
        error.field = form.field_of(error.field or "")
        raise
    return version


def _rows(version: ServiceLevelVersion) -> list[dict[str, Any]]:
    """Each priority's targets, and when a ticket opened now would be due."""
    calendar, now = from_dict(version.calendar), datetime.now(UTC)
    return [
        {
            "priority": int(priority),
            "response": write_span(target["response"]),
            "update": write_span(target["update"]) if target.get("update") else "",
            "resolution": write_span(target["resolution"]),
            "reply_by": preview.due_in(calendar, now, target["response"]),
            "fix_by": preview.due_in(calendar, now, target["resolution"]),
        }
        for priority, target in sorted(version.targets.items())
    ]


def _applied(version: ServiceLevelVersion) -> dict[str, Any]:
    """The matrix, and in sentences what holds beside the targets."""
    policy = read_policy(version.policy)
    return {
        "grades": GRADES,
        "matrix": list(zip(GRADES, policy.matrix, strict=True)),
        "applied": policies.sentences(policy, bool(version.pauses_response)),
    }


def _told(versions: list[ServiceLevelVersion]) -> list[dict[str, Any]]:
    told = []
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        changes = []
        if before is not None:
            changes = [
                f"{words.PROMISE_WORDS[promise]}, {words.PRIORITY_WORDS[priority]}: "
                f"{words.target_words(was)} → {words.target_words(now)}"
                for priority, promise, was, now in targets.changes(before.targets, version.targets)
            ]
            changes += policies.changes(read_policy(before.policy), read_policy(version.policy))
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
