"""Projects: the list, a new one, one as it stands, and its terms."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods

from contracts.clients import queries as clients
from contracts.clients.models import Client
from contracts.models import Agreement
from msp.kit.money import format_money
from msp.kit.periods import anchored, local_date
from msp.kit.prose import html_of
from msp.kit.web import asked, attempt, go, page, rows_of
from tenants.journal.queries import about
from tenants.people.gates import staff
from tenants.people.models import Person
from tenants.people.rules.roles import Permission
from tickets.projects import actions, queries
from tickets.projects.forms import ProjectForm, project_initial
from tickets.projects.models import Project

TIMELINE = 20
VIEWS = (("open", "Open"), ("done", "Done"), ("cancelled", "Cancelled"))


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def project_list(request: HttpRequest) -> HttpResponse:
    """Every project with how far it is; those that are not over first."""
    wanted = {name: asked(request, name) for name in ("q", "client", "state")}
    wanted["state"] = wanted["state"] or "open"
    rows = rows_of(request, queries.list_projects(request.viewer, **wanted))
    now = datetime.now(UTC)
    for row in rows:
        row.standing = queries.standing(row, now)
    return page(
        request, "projects/list.html", part="projects/_list.html", wanted=wanted, rows=rows,
        clients=clients.client_names(request.viewer), views=VIEWS,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def project_new(request: HttpRequest) -> HttpResponse:
    """First the client, then the terms; the plan opens on what was made."""
    slug = asked(request, "client")
    if not slug:
        choices = clients.client_names(request.viewer)
        return page(request, "projects/client.html", clients=choices)
    client = get_object_or_404(Client.objects.visible_to(request.viewer), slug=slug)
    today = local_date(datetime.now(UTC), client.zone)
    first = {"starts_on": today, "due_on": anchored(today, 3), "owner": request.viewer.actor.id}
    form = ProjectForm(request.POST or None, initial=first, **_choices(client))
    if request.method == "POST":
        made = attempt(
            form, lambda values: actions.plan_project(client=client, **form.said(), **who(request))
        )
        if made:
            return go(request, "project-plan", made.pk, toast_text="Planned")
    return page(
        request, "projects/form.html", form=form, client=client,
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """How far it is, what it comes to, and what happened."""
    return shown(request, project_of(request, pk))


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def project_edit(request: HttpRequest, pk: int) -> HttpResponse:
    found = project_of(request, pk)
    form = ProjectForm(
        request.POST or None, initial=project_initial(found), project=found,
        **_choices(found.client),
    )  # fmt: skip

    def change(values: dict[str, Any]) -> Project:
        return actions.change_project(project=found, **form.said(), **who(request))

    if request.method == "POST" and attempt(form, change):
        return go(request, "project", pk, toast_text="Saved")
    return page(
        request, "projects/form.html", form=form, client=found.client, project=found,
        status=422 if form.errors else 200,
    )  # fmt: skip


def shown(request: HttpRequest, found: Project, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of a project, with a form that came back where there is one."""
    return page(
        request, "projects/project.html", part="projects/_project.html", status=status,
        project=found, client=found.client, told=queries.standing(found, datetime.now(UTC)),
        time=queries.time_spent(found), orders=queries.change_orders(found),
        scope=html_of(found.scope), fee=format_money(found.amount, found.currency),
        timeline=list(reversed(about("project", found.pk, limit=TIMELINE))), **forms,
    )  # fmt: skip


def project_of(request: HttpRequest, pk: int) -> Project:
    """The project of the address, or 404 for one the viewer may not see."""
    rows = Project.objects.visible_to(request.viewer)
    return get_object_or_404(rows.select_related("client", "agreement", "owner"), pk=pk)


def who(request: HttpRequest) -> dict[str, Any]:
    """By whom and when, as actions take it."""
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


def _choices(client: Client) -> dict[str, Any]:
    people = Person.objects.filter(kind=Person.Kind.STAFF, is_active=True).order_by("name")
    agreements = Agreement.objects.filter(client=client).exclude(state=Agreement.State.ENDED)
    return {"agreements": list(agreements.order_by("name")), "people": list(people)}


urlpatterns = [
    path("projects", project_list, name="project-list"),
    path("projects/new", project_new, name="project-new"),
    path("projects/<int:pk>", project, name="project"),
    path("projects/<int:pk>/edit", project_edit, name="project-edit"),
]
