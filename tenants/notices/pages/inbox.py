"""A person's inbox, and the names of what changed for open pages."""

from datetime import UTC, datetime

import redis
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from msp.kit import live as stream
from msp.kit.web import go, page, rows_of
from tenants.context import current_schema
from tenants.notices import actions, queries
from tenants.notices.models import Notice
from tenants.people.gates import marked, staff, viewer_of


@staff()
@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits (`?view=unread`) or all of it, newest first."""
    rows = Notice.objects.filter(person_id=request.viewer.person_id).order_by("-at", "-pk")
    waiting = rows.filter(read_at__isnull=True)
    view = "unread" if request.GET.get("view") == "unread" else "all"
    return page(
        request, "notices/inbox.html", part="notices/_inbox.html", view=view,
        waiting=waiting.count(), rows=rows_of(request, waiting if view == "unread" else rows),
    )  # fmt: skip


@staff()
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one notice (`id`) or all of them read."""
    chosen = request.POST.get("id", "")
    known = chosen.isascii() and chosen.isdigit() and len(chosen) < 19
    if chosen and not known:
        return HttpResponse("No notice has this number.", status=422)
    actions.mark_read(
        person_id=request.viewer.person_id,
        notice_id=int(chosen) if chosen else None,
        at=datetime.now(UTC),
    )
    return go(request, "inbox")


@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """Names of what changed since a cursor: 204 when quiet, 503 when the stream is away.

    Only names this person may know. The cursor moves on past the others, so none is read twice.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    try:
        found = stream.since(current_schema(), request.GET.get("since", "")[:40])
    except redis.RedisError:
        return HttpResponse(status=503, headers={"Retry-After": "10"})
    if found is None:
        return HttpResponse(status=204, headers={"Cache-Control": "no-store"})
    names = stream.few(queries.heard_by(viewer_of(request.user), found[1]))
    return JsonResponse({"cur": found[0], "e": names}, headers={"Cache-Control": "no-store"})


marked(live, "signed_in")

urlpatterns = [
    path("inbox", inbox, name="inbox"),
    path("inbox/read", read, name="inbox-read"),
    path("live", live, name="live"),
]
