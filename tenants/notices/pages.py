"""What people are told: the inbox, live updates, the journal, and a sign-in link by mail."""

from datetime import UTC, datetime

import redis
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from msp.kit import live as stream
from msp.kit.refs import Actor
from msp.kit.web import page, rows_of
from tenants.context import current_schema
from tenants.journal import queries as journals
from tenants.notices import actions
from tenants.notices.models import Notice
from tenants.people import actions as people
from tenants.people.gates import anyone, marked, staff
from tenants.people.models import Person
from tenants.people.rules.roles import Permission
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


@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """Names of what changed since a cursor: 204 when quiet, 503 when the stream is away.

    A portal person learns names, never contents; the element behind a name has its own gate.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    try:
        found = stream.since(current_schema(), request.GET.get("since", "")[:40])
    except redis.RedisError:
        return HttpResponse(status=503, headers={"Retry-After": "10"})
    if found is None:
        return HttpResponse(status=204)
    return JsonResponse({"cur": found[0], "e": found[1]}, headers={"Cache-Control": "no-store"})


marked(live, "signed_in")


@staff(Permission.JOURNAL_VIEW)
@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    lines = list(reversed(journals.recent(limit=200, kinds=request.GET.get("kind", "")[:40])))
    return page(request, "journal/journal.html", lines=lines, failing=journals.failing())


def unread(viewer: Viewer) -> int:
    """How many notices wait, for the sidebar."""
    return Notice.objects.filter(person_id=viewer.person_id, read_at__isnull=True).count()


urlpatterns = [
    path("accounts/link/", link, name="link"),
    path("inbox", inbox, name="inbox"),
    path("live", live, name="live"),
    path("settings/journal", journal, name="journal"),
    path("inbox/read", read, name="inbox-read"),
]
