"""Agreements: the list of all and of one client, one agreement, and its beginning and end."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts import actions, queries
from contracts.clients import queries as clients
from contracts.clients.models import Client
from contracts.forms.agreements import AmendForm, EndForm, NewAgreementForm, RenewForm
from contracts.models import Agreement, AgreementVersion
from contracts.rules import words
from contracts.rules.renewing import said
from contracts.rules.terms import Block
from msp.kit.periods import local_date, month_of
from msp.kit.refusals import Refused
from msp.kit.web import asked, attempt, go, page, refusal, rows_of
from tenants.journal.queries import about
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

TIMELINE = 15


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def agreement_list(request: HttpRequest) -> HttpResponse:
    """Every agreement with what it will bill for a month."""
    now = datetime.now(UTC)
    wanted = {name: asked(request, name) for name in ("q", "client", "state")}
    rows = rows_of(request, queries.list_agreements(request.viewer, now, **wanted))
    return page(
        request, "contracts/list.html", part="contracts/_list.html", wanted=wanted,
        rows=_with_standings(rows, now), clients=clients.client_names(request.viewer),
        ever=bool(rows) or Agreement.objects.visible_to(request.viewer).exists(),
    )  # fmt: skip


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def client_agreements(request: HttpRequest, slug: str) -> HttpResponse:
    client = get_object_or_404(Client.objects.visible_to(request.viewer), slug=slug)
    rows = rows_of(request, client.agreements.select_related("client"))
    return page(
        request, "contracts/client_agreements.html", client=client,
        head=clients.client_head(client), rows=_with_standings(rows, datetime.now(UTC)),
        wanted={}, ever=True,
    )  # fmt: skip


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    return agreement_page(request, agreement_of(request, pk))


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def agreement_new(request: HttpRequest) -> HttpResponse:
    """First the client, then a name and the dates; the editor opens on the empty draft."""
    slug = asked(request, "client")
    if not slug:
        choices = clients.client_names(request.viewer)
        return page(request, "contracts/new_client.html", clients=choices)
    client = get_object_or_404(Client.objects.visible_to(request.viewer), slug=slug)
    today = local_date(datetime.now(UTC), client.zone)
    form = NewAgreementForm(
        request.POST or None,
        initial={"starts_on": month_of(month_of(today).end).start, "currency": client.currency},
    )
    if request.method == "POST":
        made = attempt(form, lambda values: _draft(request, client, values))
        if made:
            return go(request, "agreement-edit", made.pk, toast_text="Draft begun")
    return page(
        request, "contracts/new.html", form=form, client=client,
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def agreement_amend(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the next version; the editor opens on the copy."""
    found = agreement_of(request, pk)
    form = AmendForm(request.POST)
    if attempt(form, lambda values: actions.amend(agreement=found, **values, **_who(request))):
        return go(request, "agreement-edit", pk, toast_text="A new version to write")
    return agreement_page(request, found, amend_form=form)


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def agreement_quote(request: HttpRequest, pk: int) -> HttpResponse:
    """A quote that begins as the agreement stands, for the client to accept as a change of it."""
    try:
        made = actions.quote_amendment(agreement=agreement_of(request, pk), **_who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "quote-edit", made.pk, toast_text="Change what is to be different")


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def agreement_end(request: HttpRequest, pk: int) -> HttpResponse:
    found = agreement_of(request, pk)
    form = EndForm(request.POST)
    if attempt(form, lambda values: _end(request, found, values["last_on"])):
        return go(request, "agreement", pk, toast_text="The end is set")
    return agreement_page(request, found, end_form=form)


def agreement_of(request: HttpRequest, pk: int) -> Agreement:
    """The agreement of the address, or 404 for one the viewer may not see."""
    rows = Agreement.objects.visible_to(request.viewer).select_related("client")
    return get_object_or_404(rows, pk=pk)


def _draft(request: HttpRequest, client: Client, values: dict[str, Any]) -> Agreement:
    last_on = values.pop("last_on")
    ends_on = last_on + timedelta(days=1) if last_on else None
    return actions.draft_agreement(client=client, ends_on=ends_on, **values, **_who(request))


def _end(request: HttpRequest, found: Agreement, last_on: date) -> Agreement:
    try:
        return actions.end_agreement(
            agreement=found, ends_on=last_on + timedelta(days=1), **_who(request)
        )
    except Refused as error:
        error.field = "last_on"
        raise


def agreement_page(request: HttpRequest, found: Agreement, **given: forms.Form) -> HttpResponse:
    now = datetime.now(UTC)
    today = local_date(now, found.client.zone)
    versions = list(
        found.versions.select_related("agreement", "level_version__level")
        .prefetch_related("lines__service", "lines__level_version__level")
        .order_by("-number")
    )
    draft = next((one for one in versions if one.published_at is None), None)
    shown = queries.version_on(found, today) or draft
    current = next((one for one in versions if shown and one.pk == shown.pk), None)
    shown_forms = {
        "amend_form": AmendForm(initial={"effective_on": month_of(month_of(today).end).start}),
        "end_form": EndForm(initial={"last_on": month_of(today).last}),
        "renew_form": RenewForm(
            initial={"months": 12, "percent": current.uplift_percent if current else None}
        ),
    } | given
    return page(
        request, "contracts/agreement.html", client=found.client, agreement=found, draft=draft,
        current=current, versions=_told(versions), **_sums(found, current, today),
        running=queries.running(found, now), today=today,
        term=said(queries.term_of(found, current)),
        timeline=list(reversed(about("agreement", found.pk, limit=TIMELINE))),
        status=422 if any(form.errors for form in given.values()) else 200, **shown_forms,
    )  # fmt: skip


def _sums(found: Agreement, current: AgreementVersion | None, today: date) -> dict[str, Any]:
    """The lines with their counts and amounts, the promises, and devices nobody covers."""
    if current is None:
        return {"bill": None}
    units = queries.known_units([found.client_id])[found.client_id]
    period = queries.coming_period(current.effective_on, today)
    level = current.level_version
    terms = [terms for _line, terms in queries.terms_of(current.lines.all())]
    others = [one.terms for one in queries.other_counted_lines(found, today)]
    return {
        "bill": queries.version_bill(current, units, period),
        "blocks": [
            line
            for line, terms in queries.terms_of(current.lines.all())
            if isinstance(terms, Block) and terms.refunded_on is None
        ],
        "promises": words.promised(level.targets, hours_said(level)) if level else [],
        "credits": queries.credits_said(current),
        "uncovered": queries.uncovered(terms, others, units, today),
    }


def hours_said(level: Any) -> str:
    """How the hours of a promise are spoken of."""
    always = level.calendar.get("always_open")
    return "around the clock" if always else f"in {level.calendar_name}"


def _told(versions: list[AgreementVersion]) -> list[dict[str, Any]]:
    """Each version, the newest first, with what it changed against the one before."""
    told = []
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        changes = []
        if before is not None:
            changes = words.differences(queries.said_of(before), queries.said_of(version))
        told.append({"version": version, "changes": changes, "first": before is None})
    return told


def _with_standings(rows: Any, now: datetime) -> Any:
    found = queries.standings(list(rows), now)
    for row in rows:
        row.standing = found.get(row.pk)
        row.is_running = queries.running(row, now)
        row.shown_state = _state(row, now)
    return rows


def _state(row: Agreement, now: datetime) -> str:
    over = row.ends_on is not None and row.ends_on <= local_date(now, row.client.zone)
    return "ended" if over and row.state != Agreement.State.DRAFT else str(row.state)


def _who(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


urlpatterns = [
    path("agreements", agreement_list, name="agreement-list"),
    path("agreements/new", agreement_new, name="agreement-new"),
    path("agreements/<int:pk>", agreement, name="agreement"),
    path("agreements/<int:pk>/amend", agreement_amend, name="agreement-amend"),
    path("agreements/<int:pk>/quote", agreement_quote, name="agreement-quote"),
    path("agreements/<int:pk>/end", agreement_end, name="agreement-end"),
    path("clients/<slug:slug>/agreements", client_agreements, name="client-agreements"),
]
