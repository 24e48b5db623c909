"""A person's own account, whichever side they are on."""

from datetime import UTC, datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from msp.kit.web import go, page
from tenants.people import actions
from tenants.people.forms import AccountForm
from tenants.people.gates import anyone, signed_in, viewer_of
from tenants.people.models import Person


@signed_in
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Name, time zone, and the ways this person signs in."""
    person: Person = request.user
    form = AccountForm(request.POST or None, initial={"name": person.name, "zone": person.zone})
    if request.method == "POST" and form.is_valid():
        actions.change_account(
            person=person, **form.cleaned_data, by=request.viewer.actor, at=datetime.now(UTC)
        )
        return go(request, "account", toast_text="Saved.")
    shell = "staff.html" if request.viewer.is_staff else "portal.html"
    kinds = list(Authenticator.objects.filter(user=person).values_list("type", flat=True))
    return page(
        request, "people/account.html", form=form, shell=shell, person=person,
        has_app="totp" in kinds, passkeys=kinds.count("webauthn"),
        has_codes="recovery_codes" in kinds, status=422 if form.errors else 200,
    )  # fmt: skip


@anyone
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep light, dark or the system's theme for whoever is signed in."""
    wanted = request.POST.get("theme", "")
    if request.user.is_authenticated:
        actions.set_theme(
            person=request.user, theme=wanted if wanted in ("light", "dark") else "",
            by=viewer_of(request.user).actor, at=datetime.now(UTC),
        )  # fmt: skip
    if request.htmx:
        return HttpResponse(status=204)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return HttpResponseRedirect(back if safe and back.startswith("/") else "/")


@anyone
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("account_login")


urlpatterns = [
    path("me", account, name="account"),
    path("me/theme", theme, name="theme"),
    path("sign-out", sign_out, name="sign-out"),
]
