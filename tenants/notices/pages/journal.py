"""The audit trail, and what did not follow from it."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from msp.kit.refusals import Refused
from msp.kit.web import go, page
from tenants.journal import actions, queries
from tenants.journal.models import Delivery
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.JOURNAL_VIEW)
@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    """What happened, newest first; `?room=`, `?who=`, `?before=` narrow it."""
    room = request.GET.get("room", "")
    who = request.GET.get("who", "").replace("\x00", "")[:120]
    rooms = queries.rooms()
    lines, older = queries.browse(
        room=room if room in rooms else "", who=who, before=_number(request.GET.get("before", ""))
    )
    return page(
        request, "journal/journal.html", lines=lines, older=older, rooms=rooms, room=room,
        who=who, failing=queries.failing(), may_retry=request.viewer.may(Permission.SETTINGS_EDIT),
    )  # fmt: skip


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@staff(Permission.SETTINGS_EDIT)
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Run a reaction that failed once more."""
    delivery = get_object_or_404(Delivery, pk=pk)
    try:
        actions.retry(delivery=delivery, by=request.viewer.actor, at=datetime.now(UTC))
    except Refused as error:
        messages.error(request, error.reason)
        return go(request, "journal")
    return go(request, "journal", toast_text="It is tried again now.")


urlpatterns = [
    path("settings/journal", journal, name="journal"),
    path("settings/journal/deliveries/<int:pk>/retry", retry, name="journal-retry"),
]
