"""Teams: who shares a queue."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from msp.kit.refusals import Refused
from msp.kit.web import attempt, go, page
from tenants.people import actions, queries
from tenants.people.forms import TeamForm
from tenants.people.gates import staff
from tenants.people.models import Team
from tenants.people.rules.roles import Permission


@staff(Permission.PEOPLE_EDIT)
@require_http_methods(["GET", "POST"])
def team_new(request: HttpRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if request.method == "POST":
        made = attempt(form, lambda values: actions.create_team(**values, **_who(request)))
        if made:
            return go(request, "people", toast_text=f"{made.name} can be given tickets now.")
    return _form(request, form, None)


@staff(Permission.PEOPLE_EDIT)
@require_http_methods(["GET", "POST"])
def team(request: HttpRequest, pk: int) -> HttpResponse:
    """Its name and its members, and the way to remove it while nothing was handed to it."""
    found = get_object_or_404(Team, pk=pk)
    now = {"name": found.name, "members": list(found.members.all())}
    form = TeamForm(request.POST or None, initial=now)
    if request.method == "POST" and attempt(
        form, lambda values: actions.change_team(team=found, **values, **_who(request))
    ):
        return go(request, "people", toast_text="Saved.")
    return _form(request, form, found)


@staff(Permission.PEOPLE_EDIT)
@require_POST
def team_remove(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Team, pk=pk)
    try:
        actions.remove_team(team=found, **_who(request))
    except Refused as error:
        messages.error(request, error.reason)
        return go(request, "people-team", pk)
    return go(request, "people", toast_text=f"The team {found.name} is gone.")


def _who(request: HttpRequest) -> dict:
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


def _form(request: HttpRequest, form: TeamForm, found: Team | None) -> HttpResponse:
    return page(
        request, "people/team.html", form=form, team=found,
        used=found is not None and queries.team_in_use(found),
        status=422 if form.errors else 200,
    )  # fmt: skip


urlpatterns = [
    path("settings/people/teams/new", team_new, name="people-team-new"),
    path("settings/people/teams/<int:pk>", team, name="people-team"),
    path("settings/people/teams/<int:pk>/remove", team_remove, name="people-team-remove"),
]
