"""One ticket: what was said and done, what was promised, and everything that can be done next."""

import uuid
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from contracts import queries as contracts
from msp.kit.web import page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission
from tickets import queries
from tickets.forms import staff_people, teams, wanted_from
from tickets.models import Ticket
from tickets.rules import states
from tickets.rules.states import PAUSING, Status, Verb

PARTS = {"": "All", "conversation": "Conversation", "notes": "Notes", "changes": "Changes"}


def ticket_of(request: HttpRequest, number: int) -> Ticket:
    """The ticket of the address with all that its page shows, or 404."""
    rows = (
        Ticket.objects.visible_to(request.viewer)
        .select_related(
            "client",
            "contact",
            "device",
            "site",
            "owner",
            "team",
            "agreement",
            "follows",
            "merged_into",
        )
        .prefetch_related("clocks__spans")
    )
    return get_object_or_404(rows, number=number)


@staff(Permission.TICKET_VIEW)
@require_GET
def ticket(request: HttpRequest, number: int) -> HttpResponse:
    found = ticket_of(request, number)
    return page(
        request, "tickets/ticket.html", part="tickets/_timeline.html",
        **shown(request, found), **_around(request, found),
    )  # fmt: skip


@staff(Permission.TICKET_VIEW)
@require_GET
def ticket_parts(request: HttpRequest, number: int) -> HttpResponse:
    """The head, the rail and the timeline, for a page that is open when the ticket changes."""
    found = ticket_of(request, number)
    return page(request, "tickets/_changed.html", **shown(request, found))


def shown(request: HttpRequest, found: Ticket) -> dict[str, Any]:
    """What the parts of the page are drawn from."""
    at = datetime.now(UTC)
    part = request.GET.get("part", "")
    items = queries.timeline(found, for_client=False)
    clocks = queries.clocks_of(found, at)
    return {
        "ticket": found,
        "showing": part if part in PARTS else "",
        "items": [item for item in items if part not in PARTS or part in ("", item.part)],
        "tabs": _tabs(found, items),
        "clocks": clocks,
        "clock": queries.next_of(clocks),
        "level": contracts.level(found.level_version_id) if found.level_version_id else None,
        "key": uuid.uuid4().hex,
        **_family(found),
        "waits": queries.waits_of(found) if _has_waited(found) else [],
        "other_zone": found.client.zone != (request.viewer.zone or request.tenant.zone),
        "can_edit": request.viewer.may(Permission.TICKET_EDIT),
        "time": queries.time_of(found, request.viewer.person_id),
        **_choices(found, request.viewer.may(Permission.TICKET_MAJOR)),
    }


def _family(found: Ticket) -> dict[str, list[Ticket]]:
    """The tickets it took over, and those it solves with itself."""
    rows = Ticket.objects.filter(Q(merged_into=found) | Q(parent=found))
    known = list(rows.only("number", "subject", "status", "merged_into", "parent"))
    known.sort(key=lambda one: one.number)
    return {
        "merged": [one for one in known if one.merged_into_id == found.pk],
        "children": [one for one in known if one.parent_id == found.pk],
    }


def _has_waited(found: Ticket) -> bool:
    """Whether a clock stood still, by what is read already."""
    return states.pauses(found.status) or any(
        len(clock.spans.all()) > 1 for clock in found.clocks.all()
    )


def _tabs(found: Ticket, items: list[queries.Item]) -> list[tuple[str, str, str, int]]:
    counts = queries.parts(items)
    here = reverse("ticket", args=[found.number])
    return [
        (name, label, f"{here}?part={name}" if name else here, counts[name])
        for name, label in PARTS.items()
    ]


def _choices(found: Ticket, may_major: bool) -> dict[str, Any]:
    """What may be done to the ticket in its status."""
    verbs = states.allowed_verbs(found.status)
    moves = {
        Verb.OPEN: Status.OPEN,
        Verb.START: Status.IN_PROGRESS,
        Verb.SCHEDULE: Status.SCHEDULED,
        Verb.WAIT_CLIENT: Status.WAITING_CLIENT,
        Verb.WAIT_VENDOR: Status.WAITING_VENDOR,
    }
    to_whom = f" to {found.contact.name.split(' ')[0]}" if found.contact else ""
    to = [moves[verb] for verb in verbs if verb in moves]
    kinds = [("reply", f"Reply{to_whom}", "R")] if Verb.REPLY in verbs else []
    vendor = [("vendor", "Vendor's word", "V")] if found.status == Status.WAITING_VENDOR else []
    return {
        "verbs": {str(verb) for verb in verbs},
        "kinds": [*kinds, ("note", "Internal note", "I"), *vendor],
        "statuses": [(one.value, one.words, one in PAUSING) for one in to],
        "status_words": Status(found.status).words,
        "priorities": [one for one in Ticket.Priority.choices if may_major or one[0]],
        "may_major": may_major,
        "people": list(staff_people()) if Verb.ASSIGN in verbs else [],
        "teams": list(teams()) if Verb.ASSIGN in verbs else [],
    }


def _around(request: HttpRequest, found: Ticket) -> dict[str, Any]:
    """The list this ticket was opened from, and its neighbours there."""
    asked = QueryDict(request.GET.get("list", "")[:300])
    wanted = wanted_from(asked)
    before, after = queries.neighbours(wanted, request.viewer, datetime.now(UTC), found)
    return {
        "list_url": f"{reverse('ticket-queue')}?{urlencode(wanted.params)}",
        "list_name": queries.VIEWS[wanted.view][0],
        "list_query": urlencode({"list": urlencode(wanted.params)}),
        "before": before,
        "after": after,
        "wanted": wanted,
    }


urlpatterns = [
    path("tickets/<int:number>", ticket, name="ticket"),
    path("tickets/<int:number>/parts", ticket_parts, name="ticket-parts"),
]
