"""The inbox, and asking for a sign-in link by mail."""

from datetime import UTC, datetime

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from msp.kit.refs import Actor
from msp.kit.web import page, rows_of
from tenants.notices import actions
from tenants.notices.models import Notice
from tenants.people import actions as people
from tenants.people.gates import anyone, staff
from tenants.people.models import Person
from tenants.people.rules.viewer import Viewer


@anyone
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """Ask for a sign-in link. The answer is the same whether or not the address is known."""
    if request.method == "GET":
        return render(request, "account/link.html")
    email = request.POST.get("email", "").strip().lower()[:254].replace("\x00", "")
    allowed = bool(email) and ratelimit.consume(request, action="login_link", key=email)
    person = Person.objects.filter(email__iexact=email, is_active=True).first() if allowed else None
    if person is not None:
        _mail_link(request, person)
    return render(request, "account/link_sent.html", {"email": email})


def _mail_link(request: HttpRequest, person: Person) -> None:
    now = datetime.now(UTC)
    token = people.send_link(person=person, by=Actor("person", person.pk, person.name), at=now)
    address = request.build_absolute_uri(reverse("link-open", args=[token]))
    actions.mail(
        key=f"link:{token[:20]}",
        to=person.email,
        subject=f"Sign in to {request.tenant.name}",
        text=f"Open this link to sign in. It works once, for an hour.\n\n{address}\n",
        at=now,
    )


@staff()
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    rows = Notice.objects.filter(person_id=request.viewer.person_id).order_by("-at", "-pk")
    return page(
        request, "notices/inbox.html", part="notices/_inbox.html", rows=rows_of(request, rows)
    )


@staff()
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one notice (`id`) or all of them read."""
    chosen = request.POST.get("id", "")
    actions.mark_read(
        person_id=request.viewer.person_id,
        notice_id=int(chosen) if chosen.isdigit() else None,
        at=datetime.now(UTC),
    )
    return redirect("inbox")


def unread(viewer: Viewer) -> int:
    """How many notices wait, for the sidebar."""
    return Notice.objects.filter(person_id=viewer.person_id, read_at__isnull=True).count()


urlpatterns = [
    path("accounts/link/", link, name="link"),
    path("inbox", inbox, name="inbox"),
    path("inbox/read", read, name="inbox-read"),
]
