"""A sign-in link by mail."""

import uuid
from datetime import UTC, datetime

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from msp.kit.refs import Actor
from tenants.notices import actions
from tenants.people import actions as people
from tenants.people.gates import anyone
from tenants.people.models import Person


@anyone
@never_cache
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """Ask for a sign-in link. The answer is the same whether or not the address is known."""
    email = request.POST.get("email", "").strip().lower()[:254].replace("\x00", "")
    if not email:
        return render(request, "account/link.html", status=200 if request.method == "GET" else 422)
    if not ratelimit.consume(request, action="login_link", key=email):
        return render(request, "429.html", status=429)
    person = Person.objects.filter(email__iexact=email, is_active=True).first()
    if person is not None:
        _mail_link(request, person)
    return render(request, "account/link_sent.html", {"email": email})


def _mail_link(request: HttpRequest, person: Person) -> None:
    now = datetime.now(UTC)
    token = people.send_link(person=person, by=Actor("person", person.pk, person.name), at=now)
    address = request.build_absolute_uri(reverse("link-open", args=[token]))
    actions.mail(
        key=f"link:{uuid.uuid4()}",
        to=person.email,
        subject=f"Sign in to {request.tenant.name}",
        text=f"Open this link to sign in. It works once, for an hour.\n\n{address}\n",
        at=now,
        secret=True,
    )


urlpatterns = [path("accounts/link/", link, name="link")]
