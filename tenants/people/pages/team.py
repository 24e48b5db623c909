"""Who of the MSP may sign in, and as what."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from msp.kit.refusals import Refused
from msp.kit.web import blame, go, page
from tenants.people import actions, queries, tokens
from tenants.people.forms import InviteForm, RoleForm
from tenants.people.gates import staff
from tenants.people.models import Person
from tenants.people.rules.roles import ROLES, Permission


@staff(Permission.PEOPLE_EDIT)
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who may sign in, what the roles mean, and the form that invites."""
    form = InviteForm(request.POST or None)
    invited = None
    if request.method == "POST" and form.is_valid():
        try:
            invited = _invite(request, form)
        except Refused as error:
            blame(form, error)
        else:
            form = InviteForm()
    return _list(request, form, invited)


def _invite(request: HttpRequest, form: InviteForm) -> dict[str, str]:
    now = datetime.now(UTC)
    person = actions.invite(**form.cleaned_data, by=request.viewer.actor, at=now)
    token = tokens.new_link(person=person, purpose="invite", at=now, hours=actions.INVITE_HOURS)
    return _invitation(request, person, token)


def _invitation(request: HttpRequest, person: Person, token: str) -> dict[str, str]:
    link = request.build_absolute_uri(reverse("link-open", args=[token]))
    return {"name": person.name, "link": link}


def _list(request: HttpRequest, form: InviteForm, invited: dict[str, str] | None) -> HttpResponse:
    rows = Person.objects.exclude(kind=Person.Kind.PORTAL).order_by("-is_active", "name", "pk")
    return page(
        request, "people/people.html", form=form, rows=rows, roles=list(ROLES.values()),
        invited=invited, teams=queries.teams(), status=422 if form.errors else 200,
    )  # fmt: skip


def _of_staff(pk: int) -> Person:
    return get_object_or_404(Person.objects.exclude(kind=Person.Kind.PORTAL), pk=pk)


def _try(request: HttpRequest, act: Callable[[], None], done: str) -> HttpResponse:
    """Do it and say so, or say why not; either way the list follows."""
    try:
        act()
    except Refused as error:
        messages.error(request, error.reason)
        return go(request, "people")
    return go(request, "people", toast_text=done)


@staff(Permission.PEOPLE_EDIT)
@require_POST
def invite_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link for somebody who has not come yet."""
    person = _of_staff(pk)
    try:
        token = actions.new_invitation(person=person, by=request.viewer.actor, at=datetime.now(UTC))
    except Refused as error:
        messages.error(request, error.reason)
        return go(request, "people")
    return _list(request, InviteForm(), _invitation(request, person, token))


@staff(Permission.PEOPLE_EDIT)
@require_POST
def change_role(request: HttpRequest, pk: int) -> HttpResponse:
    person, form = _of_staff(pk), RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the roles.")
        return go(request, "people")
    role = form.cleaned_data["role"]
    return _try(
        request,
        lambda: actions.change_role(
            person=person, role=role, by=request.viewer.actor, at=datetime.now(UTC)
        ),
        f"{person.name} is {ROLES[role].title.lower()} now.",
    )


@staff(Permission.PEOPLE_EDIT)
@require_POST
def end_access(request: HttpRequest, pk: int) -> HttpResponse:
    person = _of_staff(pk)
    return _try(
        request,
        lambda: actions.deactivate(person=person, by=request.viewer.actor, at=datetime.now(UTC)),
        f"{person.name} is signed out everywhere and cannot come back.",
    )


urlpatterns = [
    path("settings/people", people, name="people"),
    path("settings/people/<int:pk>/invite", invite_again, name="people-invite"),
    path("settings/people/<int:pk>/role", change_role, name="people-role"),
    path("settings/people/<int:pk>/end", end_access, name="people-end"),
]
