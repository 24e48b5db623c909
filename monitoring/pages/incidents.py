"""Incidents: the wall of what is wrong now, the list by state, and one incident."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from monitoring import actions
from monitoring.forms import CauseForm, ResolveForm, SnoozeForm
from monitoring.models import Incident
from monitoring.queries import history, standing, views
from monitoring.queries.standing import Pulse
from msp.kit.refusals import Refused
from msp.kit.web import asked, attempt, go, page, refusal, rows_of
from tenants.people.gates import staff
from tenants.people.models import Person
from tenants.people.rules.roles import Permission

TABS = (("", "Wall"), ("open", "Open"), ("acknowledged", "Acknowledged"), ("resolved", "Resolved"))

TITLES = {"snooze": "Leave it alone", "cause": "What it was"}
AFTERWARDS = timedelta(minutes=10)


def who(request: HttpRequest) -> dict[str, Any]:
    """By whom and when, for an action."""
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


@staff(Permission.INCIDENT_VIEW)
@require_GET
def incident_list(request: HttpRequest) -> HttpResponse:
    """The wall; with a state, the list of it."""
    now = standing.pulse(datetime.now(UTC))
    state, q = asked(request, "state"), asked(request, "q")
    state = state if state in Incident.State.values else ""
    counts = views.state_counts(request.viewer)
    shown = _listed(request, state, q, now) if state else _wall(request, q, now)
    return page(
        request, "monitoring/incidents.html", part="monitoring/_incidents.html", now=now, q=q,
        state=state, tabs=[(key, word, counts.get(key) if key != "resolved" else None)
                           for key, word in TABS],
        **shown,
    )  # fmt: skip


def _listed(request: HttpRequest, state: str, q: str, now: Pulse) -> dict[str, Any]:
    rows = rows_of(request, views.list_incidents(request.viewer, state=state, q=q))
    return {"rows": rows, "cards": views.cards(list(rows), now, history.IN_A_ROW)}


def _wall(request: HttpRequest, q: str, now: Pulse) -> dict[str, Any]:
    found = views.wall(request.viewer, now, q)
    tiles = standing.tiles(now)
    totals = standing.totals(tiles)
    return {
        "cards": found[: views.MOST_CARDS],
        "folded": views.folded(found[: views.MOST_CARDS]),
        "more": len(found) > views.MOST_CARDS,
        "tiles": tiles,
        "totals": totals,
        "watched": sum(totals.values()),
        "calm_since": None if found else views.last_end(),
    }


@staff(Permission.INCIDENT_VIEW)
@require_GET
def incident(request: HttpRequest, number: int) -> HttpResponse:
    return _shown(request, incident_of(request, number))


def incident_of(request: HttpRequest, number: int) -> Incident:
    return get_object_or_404(views.incident_by_number(request.viewer, number))


def _shown(request: HttpRequest, found: Incident) -> HttpResponse:
    now = standing.pulse(datetime.now(UTC))
    then = _hour_of(found, now)
    card = views.cards([found], then)[0]
    return page(
        request, "monitoring/incident.html", part="monitoring/_incident.html", incident=found,
        card=card, now=now, story=views.story(found, now), facts=views.facts(card, now),
        around=views.around(found), team=team() if found.resolved_at is None else [],
        elsewhere=found.client.zone != (request.viewer.zone or request.tenant.zone),
    )  # fmt: skip


def _hour_of(found: Incident, now: Pulse) -> Pulse:
    """The hour to show: the last one, or the one in which the incident ended."""
    ended = found.resolved_at + AFTERWARDS if found.resolved_at else now.at
    return now if ended >= now.at else Pulse(ended, None)


# -- what a person does about it -------------------------------------------------------------------


@staff(Permission.INCIDENT_EDIT)
@require_POST
def incident_acknowledge(request: HttpRequest, number: int) -> HttpResponse:
    """I am on it. From the wall, the card comes back."""
    return _do(request, number, lambda found: actions.acknowledge(incident=found, **who(request)))


@staff(Permission.INCIDENT_EDIT)
@require_POST
def incident_note(request: HttpRequest, number: int) -> HttpResponse:
    body = request.POST.get("body", "").replace("\x00", "").strip()
    return _do(
        request, number,
        lambda found: actions.note_incident(incident=found, note=body, **who(request)),
    )  # fmt: skip


@staff(Permission.INCIDENT_EDIT)
@require_POST
def incident_take(request: HttpRequest, number: int) -> HttpResponse:
    """Give it to somebody of the team, to nobody, or take it oneself."""
    wanted = request.POST.get("owner", "")
    owner = None
    if wanted:
        pk = str(request.viewer.person_id) if wanted == "me" else wanted
        if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
            raise Http404
        owner = get_object_or_404(team(), pk=int(pk))
    return _do(
        request, number,
        lambda found: actions.assign_incident(incident=found, owner=owner, **who(request)),
    )  # fmt: skip


@staff(Permission.INCIDENT_EDIT)
@require_POST
def incident_reopen(request: HttpRequest, number: int) -> HttpResponse:
    """It was closed by hand and is not over."""
    return _do(
        request, number, lambda found: actions.reopen_incident(incident=found, **who(request))
    )


@staff(Permission.INCIDENT_EDIT)
@require_http_methods(["GET", "POST"])
def incident_snooze(request: HttpRequest, number: int) -> HttpResponse:
    """Leave it alone until a time of the viewer's own clock."""
    zone = ZoneInfo(request.viewer.zone or request.tenant.zone)
    later = datetime.now(zone) + timedelta(hours=1)
    form = SnoozeForm(request.POST or None, initial={"until": later.replace(tzinfo=None)})

    def sleep(found: Incident, values: dict[str, Any]) -> object:
        until = values["until"].replace(tzinfo=zone)
        return actions.snooze(incident=found, until=until, **who(request))

    return _asked(request, number, form, sleep, "snooze", "It is left alone until then")


@staff(Permission.INCIDENT_EDIT)
@require_http_methods(["GET", "POST"])
def incident_cause(request: HttpRequest, number: int) -> HttpResponse:
    """What it was."""
    found = incident_of(request, number)
    form = CauseForm(request.POST or None, initial={"cause": found.cause})
    return _asked(
        request, number, form,
        lambda found, values: actions.set_cause(incident=found, **values, **who(request)),
        "cause", "Kept",
    )  # fmt: skip


def _asked(
    request: HttpRequest, number: int, form: Any, act: Callable[[Incident, dict[str, Any]], object],
    what: str, done: str,
) -> HttpResponse:  # fmt: skip
    """A dialog with one question about an incident, and what is done with the answer."""
    found = incident_of(request, number)
    if request.method == "POST" and attempt(form, lambda values: act(found, values)):
        return go(request, "incident", number, toast_text=done)
    response = page(
        request, "monitoring/ask.html", part="monitoring/_ask.html", incident=found, form=form,
        title=TITLES[what], url=reverse(f"incident-{what}", args=[number]),
        status=422 if form.errors else 200,
    )  # fmt: skip
    if form.errors:
        response["HX-Retarget"] = "#dlg"
    return response


def team() -> QuerySet[Person]:
    """Who can have an incident."""
    return Person.objects.filter(kind=Person.Kind.STAFF, is_active=True).order_by("name")


def _do(request: HttpRequest, number: int, act: Callable[[Incident], object]) -> HttpResponse:
    found = incident_of(request, number)
    try:
        act(found)
    except Refused as error:
        if request.htmx:
            return refusal(request, error)
        messages.error(request, error.reason)
    if request.htmx:
        show = _shown if request.htmx.target == "incident" else _card
        return show(request, incident_of(request, number))
    return go(request, "incident", number)


def _card(request: HttpRequest, found: Incident) -> HttpResponse:
    now = standing.pulse(datetime.now(UTC))
    card = views.cards([found], now)[0]
    return page(request, "monitoring/_card.html", card=card, now=now)


@staff(Permission.INCIDENT_EDIT)
@require_http_methods(["GET", "POST"])
def incident_resolve(request: HttpRequest, number: int) -> HttpResponse:
    """Close it by hand, saying why: the device itself has not reported."""
    found = incident_of(request, number)
    form = ResolveForm(request.POST or None)
    if request.method == "POST" and attempt(
        form, lambda values: actions.resolve_incident(incident=found, **values, **who(request))
    ):
        return go(request, "incident", number, toast_text=f"Incident {number} is closed")
    response = page(
        request, "monitoring/resolve.html", part="monitoring/_resolve.html", incident=found,
        form=form, status=422 if form.errors else 200,
    )  # fmt: skip
    if form.errors:
        response["HX-Retarget"] = "#dlg"
    return response


urlpatterns = [
    path("incidents", incident_list, name="incident-list"),
    path("incidents/<int:number>", incident, name="incident"),
    path("incidents/<int:number>/acknowledge", incident_acknowledge, name="incident-acknowledge"),
    path("incidents/<int:number>/note", incident_note, name="incident-note"),
    path("incidents/<int:number>/take", incident_take, name="incident-take"),
    path("incidents/<int:number>/snooze", incident_snooze, name="incident-snooze"),
    path("incidents/<int:number>/cause", incident_cause, name="incident-cause"),
    path("incidents/<int:number>/reopen", incident_reopen, name="incident-reopen"),
    path("incidents/<int:number>/resolve", incident_resolve, name="incident-resolve"),
]
