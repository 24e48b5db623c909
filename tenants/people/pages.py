"""The people of the MSP: home, own account, people and keys."""

from datetime import UTC, datetime

from django import forms
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from msp.kit.refusals import Refused
from msp.kit.web import blame, page
from tenants.people import actions, tokens
from tenants.people.gates import anyone, staff
from tenants.people.models import ApiKey, Person
from tenants.people.rules.roles import ROLES, Permission


class InviteForm(forms.Form):
    name = forms.CharField(max_length=120)
    email = forms.EmailField()
    role = forms.ChoiceField(choices=[(role.code, role.title) for role in ROLES.values()])


class KeyForm(forms.Form):
    name = forms.CharField(max_length=80)
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in actions.SCOPES], widget=forms.CheckboxSelectMultiple
    )


@staff()
@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """The first page of the day; higher rooms fill it."""
    return page(request, "people/today.html")


@staff(Permission.PEOPLE_EDIT)
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    link = ""
    if request.method == "POST" and form.is_valid():
        now = datetime.now(UTC)
        try:
            person = actions.invite(**form.cleaned_data, by=request.viewer.actor, at=now)
        except Refused as error:
            blame(form, error)
        else:
            token = tokens.new_link(
                person=person, purpose="invite", at=now, hours=actions.INVITE_HOURS
            )
            link = request.build_absolute_uri(reverse("link-open", args=[token]))
            form = InviteForm()
    rows = Person.objects.exclude(kind=Person.Kind.PORTAL).order_by("-is_active", "name")
    status = 422 if form.errors else 200
    return page(
        request, "people/people.html", form=form, rows=rows, roles=ROLES, link=link, status=status
    )


@staff(Permission.PEOPLE_EDIT)
@require_POST
def end_access(request: HttpRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(Person, pk=pk)
    try:
        actions.deactivate(person=person, by=request.viewer.actor, at=datetime.now(UTC))
    except Refused as error:
        from django.contrib import messages

        messages.error(request, error.reason)
    return redirect("people")


@staff(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    form = KeyForm(request.POST or None)
    shown = ""
    if request.method == "POST" and form.is_valid():
        shown = actions.create_key(
            person=request.user,
            **form.cleaned_data,
            by=request.viewer.actor,
            at=datetime.now(UTC),
        )
        form = KeyForm()
    rows = ApiKey.objects.select_related("user").order_by("-created")
    status = 422 if form.errors else 200
    return page(request, "people/keys.html", form=form, rows=rows, shown=shown, status=status)


@staff(Permission.SETTINGS_EDIT)
@require_POST
def revoke_key(request: HttpRequest, prefix: str) -> HttpResponse:
    key = get_object_or_404(ApiKey, prefix=prefix, revoked_at__isnull=True)
    actions.revoke_key(key=key, by=request.viewer.actor, at=datetime.now(UTC))
    return redirect("keys")


@anyone
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep light, dark or the system's theme for whoever is signed in."""
    if request.user.is_authenticated:
        actions.set_theme(
            person=request.user,
            theme=request.POST.get("theme", "")
            if request.POST.get("theme") in ("light", "dark")
            else "",
            by=_self(request.user),
            at=datetime.now(UTC),
        )
    return HttpResponse(status=204)


def _self(person: Person):  # type: ignore[no-untyped-def]
    from msp.kit.refs import Actor

    return Actor("person", person.pk, person.name)


@anyone
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("account_login")


urlpatterns = [
    path("", today, name="today"),
    path("settings/people", people, name="people"),
    path("settings/people/<int:pk>/end", end_access, name="people-end"),
    path("settings/keys", keys, name="keys"),
    path("settings/keys/<str:prefix>/revoke", revoke_key, name="key-revoke"),
    path("me/theme", theme, name="theme"),
    path("sign-out", sign_out, name="sign-out"),
]
