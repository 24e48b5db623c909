"""Road maps: assessing a client, the plan with its picture, and the quote made of it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts import actions
from contracts.clients.models import Client
from contracts.forms.roadmaps import AssessForm, NewRoadmapForm, PhaseForm
from contracts.models import Roadmap, Service
from contracts.pages.quotes import who
from contracts.papers import roadmap_pdf
from contracts.queries import roadmaps as queries
from contracts.rules import roadmap as rules
from msp.kit.periods import local_date, month_of
from msp.kit.refusals import Refused
from msp.kit.slots import panels
from msp.kit.web import attempt, go, page, refusal
from tenants.journal.queries import about
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def roadmap_new(request: HttpRequest, slug: str) -> HttpResponse:
    client = get_object_or_404(Client.objects.visible_to(request.viewer), slug=slug)
    form = NewRoadmapForm(request.POST or None)
    if request.method == "POST":
        made = attempt(
            form, lambda said: actions.begin_roadmap(client=client, **said, **who(request))
        )
        if made:
            return go(request, "roadmap-assess", made.pk, toast_text="Begun")
    return page(
        request, "contracts/roadmap_new.html", form=form, client=client,
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def roadmap(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the client stands, what was found, and the phases over time with their prices."""
    found = roadmap_of(request, pk)
    return page(
        request, "contracts/roadmap.html", roadmap=found, client=found.client,
        told=queries.told_of(found, _today(found)), quotes=found.quotes.all(),
        timeline=list(reversed(about("roadmap", found.pk, limit=10))),
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def roadmap_assess(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions, with what our own rooms show beside them; sending them plans anew."""
    found = roadmap_of(request, pk)
    seen = signals_of(request, found.client)
    first = month_of(month_of(_today(found)).end).start
    given = {f"q_{key}": answer for key, answer in found.answers.items()}
    form = AssessForm(
        request.POST or None, initial={"starts_on": first} | given,
        questions=queries.house_questions(),
    )  # fmt: skip
    if request.method == "POST" and attempt(
        form,
        lambda said: actions.assess(
            roadmap=found, answers=form.answers(), signals=seen, starts_on=said["starts_on"],
            **who(request),
        ),
    ):  # fmt: skip
        return go(request, "roadmap", pk, toast_text="Assessed and planned")
    return page(
        request, "contracts/roadmap_assess.html", roadmap=found, client=found.client, form=form,
        signals=seen, status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def roadmap_phase(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """One phase, changed; those behind it move with its length."""
    found = roadmap_of(request, pk)
    phases = rules.read_phases(found.phases)
    phase = next((one for one in phases if one.key == key), None)
    if phase is None:
        raise Http404("There is no such phase.")
    services = list(Service.objects.filter(retired_at=None).values_list("pk", "name"))
    form = PhaseForm(
        request.POST or None, services=services,
        initial={"name": phase.name, "why": phase.why, "weeks": phase.weeks,
                 "services": phase.services},
    )  # fmt: skip

    def change(said: dict[str, Any]) -> Any:
        changed = replace(phase, **said | {"services": tuple(said["services"])})
        return actions.set_phases(
            roadmap=found, phases=[changed if one.key == key else one for one in phases],
            **who(request),
        )  # fmt: skip

    if request.method == "POST" and attempt(form, change):
        return go(request, "roadmap", pk, toast_text="Changed")
    return page(
        request, "contracts/roadmap_phase.html", roadmap=found, client=found.client, form=form,
        phase=phase, status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def roadmap_move(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """A phase earlier or later, or out of the plan."""
    found = roadmap_of(request, pk)
    phases = rules.read_phases(found.phases)
    if key not in [one.key for one in phases]:
        raise Http404("There is no such phase.")
    step = {"up": -1, "down": 1}.get(request.POST.get("to", ""), 0)
    if request.POST.get("to") == "out":
        phases = [one for one in phases if one.key != key]
    else:
        phases = rules.moved(phases, key, step)
    actions.set_phases(roadmap=found, phases=phases, **who(request))
    return go(request, "roadmap", pk)


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def roadmap_share(request: HttpRequest, pk: int) -> HttpResponse:
    found = roadmap_of(request, pk)
    shared = request.POST.get("shared") == "on"
    try:
        actions.share_roadmap(roadmap=found, shared=shared, **who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "roadmap", pk, toast_text="Shared" if shared else "No longer shared")


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def roadmap_quote(request: HttpRequest, pk: int) -> HttpResponse:
    """The chosen phases as a draft of a quote."""
    found = roadmap_of(request, pk)
    try:
        made = actions.quote_phases(
            roadmap=found, keys=request.POST.getlist("phase"), **who(request)
        )
    except Refused as error:
        return refusal(request, error)
    return go(request, "quote-edit", made.pk, toast_text="A draft of a quote")


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def roadmap_paper(request: HttpRequest, pk: int) -> HttpResponse:
    found = roadmap_of(request, pk)
    return roadmap_pdf.response(found, queries.told_of(found, _today(found)))


def roadmap_of(request: HttpRequest, pk: int) -> Roadmap:
    """The road map of the address, or 404 for one the viewer may not see."""
    rows = Roadmap.objects.visible_to(request.viewer).select_related("client")
    return get_object_or_404(rows, pk=pk)


def signals_of(request: HttpRequest, client: Client) -> list[rules.Signal]:
    """What this room and those above show of a client: `{"signals": [(key, domain, ...)]}`."""
    found = queries.signals_of(client, datetime.now(UTC))
    for panel in panels("client-signals", request, client=client):
        found += [rules.Signal(*row) for row in panel["signals"]]
    return [one for one in found if one.of]


def _today(found: Roadmap) -> date:
    return local_date(datetime.now(UTC), found.client.zone)


urlpatterns = [
    path("clients/<slug:slug>/roadmaps/new", roadmap_new, name="roadmap-new"),
    path("roadmaps/<int:pk>", roadmap, name="roadmap"),
    path("roadmaps/<int:pk>/assess", roadmap_assess, name="roadmap-assess"),
    path("roadmaps/<int:pk>/roadmap.pdf", roadmap_paper, name="roadmap-pdf"),
    path("roadmaps/<int:pk>/share", roadmap_share, name="roadmap-share"),
    path("roadmaps/<int:pk>/quote", roadmap_quote, name="roadmap-quote"),
    path("roadmaps/<int:pk>/phases/<slug:key>", roadmap_phase, name="roadmap-phase"),
    path("roadmaps/<int:pk>/phases/<slug:key>/move", roadmap_move, name="roadmap-move"),
]
