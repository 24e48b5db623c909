"""Signing in: allauth for password, TOTP and passkeys, and our one-time link on top of it.

The link ends in the same `perform_login` as a password, so a second factor is asked for on every
way in (reliability T22). Of allauth's addresses only those we need are open.
"""

import base64
from datetime import UTC, datetime

from allauth.account import views as accounts
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import include, path, re_path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.context import current_schema
from tenants.people import actions, queries
from tenants.people.gates import anyone
from tenants.people.models import Person, SignInLink

# What the journal says about a change that allauth tells by mail.
CHANGES = {
    "account/email/password_reset": "the password, by a mailed link,",
    "mfa/email/totp_activated": "the authenticator app (added)",
    "mfa/email/totp_deactivated": "the authenticator app (removed)",
    "mfa/email/webauthn_added": "the passkeys (one added)",
    "mfa/email/webauthn_removed": "the passkeys (one removed)",
    "mfa/email/recovery_codes_generated": "the recovery codes",
}


class Adapter(DefaultAccountAdapter):
    """People are invited, never signed up by themselves; what they change is journalled."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        if request.user.is_authenticated and request.user.kind == Person.Kind.PORTAL:
            return reverse("portal-home")
        if request.user.is_authenticated and queries.is_to_set_up(request.user):
            return reverse("setup")
        return resolve_url("/")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def format_email_subject(self, subject: str) -> str:
        return subject

    def login(self, request: HttpRequest, user: Person) -> None:
        super().login(request, user)
        actions.note_sign_in(person=user, at=datetime.now(UTC))

    def set_password(self, user: Person, password: str) -> None:
        by = Actor("person", user.pk, user.name)
        actions.set_password(person=user, password=password, by=by, at=datetime.now(UTC))

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Person,
        context: dict | None = None,
        email: str | None = None,
    ) -> None:
        """Journal the change and mail the person; a person's one address is always known."""
        if template_prefix in CHANGES:
            by = Actor("person", user.pk, user.name)
            what = CHANGES[template_prefix]
            actions.note_change(person=user, what=what, by=by, at=datetime.now(UTC))
        super().send_notification_mail(template_prefix, user, context, email or user.email)


class SecondFactor(DefaultMFAAdapter):
    """TOTP seeds and recovery codes are encrypted at rest, with a key of each MSP's own."""

    def _box(self) -> Fernet:
        kdf = HKDF(SHA256(), 32, salt=None, info=f"mfa:{current_schema()}".encode())
        return Fernet(base64.urlsafe_b64encode(kdf.derive(settings.SECRET_KEY.encode())))

    def encrypt(self, text: str) -> str:
        return self._box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self._box().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        from tenants.context import current

        return current().name


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """A button first: mail scanners open links, and this one works once."""
    if request.method == "GET":
        return render(request, "account/link_open.html")
    try:
        link = actions.use_link(token=token, at=datetime.now(UTC))
    except Refused as error:
        messages.error(request, error.reason)
        return redirect("link")
    welcome = link.purpose == SignInLink.Purpose.INVITE and not link.person.has_usable_password()
    next_url = reverse("account_set_password") if welcome else None
    return perform_login(request, Login(user=link.person, redirect_url=next_url))


account_urls = [
    path("login/", accounts.login, name="account_login"),
    path("logout/", accounts.logout, name="account_logout"),
    path("inactive/", accounts.account_inactive, name="account_inactive"),
    path("signup/", accounts.signup, name="account_signup"),
    path("reauthenticate/", accounts.reauthenticate, name="account_reauthenticate"),
    path("password/change/", accounts.password_change, name="account_change_password"),
    path("password/set/", accounts.password_set, name="account_set_password"),
    path("password/reset/", accounts.password_reset, name="account_reset_password"),
    path("password/reset/done/", accounts.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        accounts.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-0-9A-Za-z_]+)/$",
        accounts.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]

urlpatterns = [
    path("link/<str:token>/", open_link, name="link-open"),
    *account_urls,
    path("2fa/", include("allauth.mfa.urls")),
]
