"""Projects in the client's words: how far they are, and what waits for their word."""

from datetime import UTC, datetime
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from contracts.clients.gates import client_user
from contracts.clients.models import Client
from msp.kit.prose import html_of
from msp.kit.web import attempt, go, page, rows_of
from tenants.people.gates import refused
from tenants.people.rules.roles import PortalRight, portal_roles
from tickets.projects import actions, queries
from tickets.projects.forms import NameForm, ReasonForm
from tickets.projects.models import Milestone, Project

SEES = portal_roles(PortalRight.OFFERS_SEE)


@client_user(*SEES)
@require_GET
def project_list(request: HttpRequest) -> HttpResponse:
    """Everything we do or did for them that has a start and an end."""
    rows = rows_of(request, queries.list_projects(request.viewer))
    now = datetime.now(UTC)
    for row in rows:
        row.standing = queries.standing(row, now)
    return page(request, "projects/portal/list.html", rows=rows)


@client_user(*SEES)
@require_GET
def project(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, _project_of(request, pk))


@client_user(*SEES)
@require_POST
def milestone_accept(request: HttpRequest, pk: int, step: int) -> HttpResponse:
    """Keep their yes under the name they typed."""
    if not request.viewer.may_as_client(PortalRight.OFFERS_ANSWER):
        return refused(request)
    found, form = _milestone_of(request, pk, step), NameForm(request.POST)

    def accept(values: dict[str, Any]) -> Milestone:
        return actions.accept_milestone(
            milestone=found, typed_name=values["typed_name"], by=request.viewer.actor,
            address=get_adapter().get_client_ip(request), at=datetime.now(UTC),
        )  # fmt: skip

    if attempt(form, accept):
        return go(request, "portal-project", pk, toast_text="Thank you. It is accepted.")
    return _shown(request, found.project, status=422, asked=found.pk, sign_form=form)


@client_user(*SEES)
@require_POST
def milestone_return(request: HttpRequest, pk: int, step: int) -> HttpResponse:
    """What is missing, in their words."""
    if not request.viewer.may_as_client(PortalRight.OFFERS_ANSWER):
        return refused(request)
    found, form = _milestone_of(request, pk, step), ReasonForm(request.POST)

    def give_back(values: dict[str, Any]) -> Milestone:
        return actions.return_milestone(
            milestone=found, by=request.viewer.actor, at=datetime.now(UTC), **values
        )

    if attempt(form, give_back):
        return go(request, "portal-project", pk, toast_text="Thank you. We look at it again.")
    return _shown(request, found.project, status=422, asked=found.pk, back_form=form)


def on_home(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    """What is done and waits for their word."""
    if not request.viewer.may_as_client(PortalRight.OFFERS_ANSWER):
        return None
    waiting = queries.to_accept(request.viewer)
    return {"template": "projects/portal/_waiting.html", "waiting": waiting} if waiting else None


def _shown(request: HttpRequest, found: Project, status: int = 200, **forms: Any) -> HttpResponse:
    told = queries.standing(found, datetime.now(UTC))
    may_answer = request.viewer.may_as_client(PortalRight.OFFERS_ANSWER)
    return page(
        request, "projects/portal/project.html", status=status, project=found, told=told,
        scope=html_of(found.scope), may_answer=may_answer, waits=may_answer and told.waits, **forms,
    )  # fmt: skip


def _project_of(request: HttpRequest, pk: int) -> Project:
    rows = Project.objects.visible_to(request.viewer).select_related("client")
    return get_object_or_404(rows, pk=pk)


def _milestone_of(request: HttpRequest, pk: int, step: int) -> Milestone:
    project = _project_of(request, pk)
    found = get_object_or_404(Milestone, pk=step, project=project)
    found.project = project
    return found


urlpatterns = [
    path("projects", project_list, name="portal-project-list"),
    path("projects/<int:pk>", project, name="portal-project"),
    path("projects/<int:pk>/milestones/<int:step>/accept", milestone_accept,
         name="portal-project-accept"),
    path("projects/<int:pk>/milestones/<int:step>/return", milestone_return,
         name="portal-project-return"),
]  # fmt: skip
