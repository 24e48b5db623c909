"""Signing in: allauth for password, TOTP and passkeys, and our one-time link on top of it.

The link ends in the same `perform_login` as a password, so a second factor is asked for on every
way in (reliability T22).
"""

from datetime import UTC, datetime

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import include, path, reverse
from django.views.decorators.http import require_http_methods

from msp.kit.refusals import Refused
from tenants.people import actions
from tenants.people.gates import anyone
from tenants.people.models import Person


class Adapter(DefaultAccountAdapter):
    """People are invited, never signed up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if request.user.is_authenticated and request.user.kind == Person.Kind.PORTAL:
            return reverse("portal-home")
        return resolve_url("/")


@anyone
@require_http_methods(["GET", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """A button first: mail scanners open links, and this one works once."""
    if request.method == "GET":
        return render(request, "account/link_open.html")
    try:
        person = actions.use_link(token=token, at=datetime.now(UTC))
    except Refused as error:
        messages.error(request, error.reason)
        return redirect("link")
    return perform_login(request, Login(user=person))


urlpatterns = [
    path("link/<str:token>/", open_link, name="link-open"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
]
