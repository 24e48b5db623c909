"""Live updates for open pages, and the journal as a page."""

import redis
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET

from msp.kit import live as stream
from msp.kit.web import page
from tenants.context import current_schema
from tenants.journal import queries
from tenants.people.gates import marked, staff
from tenants.people.rules.roles import Permission


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
    lines = list(reversed(queries.recent(limit=200, kinds=request.GET.get("kind", "")[:40])))
    return page(request, "journal/journal.html", lines=lines, failing=queries.failing())


urlpatterns = [path("live", live, name="live"), path("settings/journal", journal, name="journal")]
