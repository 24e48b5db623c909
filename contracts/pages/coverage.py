"""Why is this covered? The answer with every condition; and writing the table of a draft."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.http import require_GET, require_http_methods

from contracts import actions, queries
from contracts.forms.coverage import QuestionForm, Rows
from contracts.models import Agreement, AgreementVersion
from contracts.pages.agreements import agreement_of
from contracts.rules import decisions
from msp.kit.refusals import Refused
from msp.kit.web import go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def agreement_coverage(request: HttpRequest, pk: int) -> HttpResponse:
    """One question about the client's work, answered as tickets and incidents answer it."""
    found = agreement_of(request, pk)
    form = QuestionForm(request.GET or None, client=found.client)
    zone = ZoneInfo(found.client.zone)
    at, work, device_id = datetime.now(UTC), queries.Work(), None
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        device_id = said["device"]
        work = queries.Work(said["service"], said["work_type"], said["role"], said["site"])
        if said["at"]:
            at = said["at"].replace(tzinfo=zone).astimezone(UTC)
    cover, decision = queries.why_covered(
        client_id=found.client_id, device_id=device_id, at=at, work=work
    )
    return page(
        request, "contracts/coverage.html", part="contracts/_coverage.html", agreement=found,
        client=found.client, form=form, cover=cover, at=at.astimezone(zone),
        hours=decisions.HOUR_CLASSES.get(queries.hour_class(cover.level_version_id, at), ""),
        tried=[(one, decisions.sentence(one.row)) for one in decision.tried], decided=decision.row,
        verdict=decisions.VERDICTS[cover.verdict].capitalize(), owner=decisions.OWNERS[cover.owner],
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def agreement_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of a draft's table, asked from top to bottom."""
    found = agreement_of(request, pk)
    version = _draft_of(found)
    given = {"agreement": found}
    saved = [{"owner": "msp"} | row for row in version.coverage]
    if request.method == "POST":
        rows = Rows(request.POST, prefix="row", form_kwargs=given)
    else:
        rows = Rows(prefix="row", initial=saved, form_kwargs=given)
    refused = ""
    if request.method == "POST" and rows.is_valid():
        try:
            actions.set_coverage(
                version=version, rows=[form.row() for form in rows.kept()],
                by=request.viewer.actor, at=datetime.now(UTC),
            )  # fmt: skip
            return go(request, "agreement-edit", pk, toast_text="Coverage saved")
        except Refused as error:
            refused = _blamed(rows, error)
    bad = request.method == "POST"
    return page(
        request, "contracts/rows.html", agreement=found, client=found.client, version=version,
        rows=rows, refused=refused, status=422 if bad else 200,
    )  # fmt: skip


def on_ticket_coverage(request: HttpRequest, ticket: Any) -> dict[str, Any] | None:
    """From a ticket to the question why it is covered, with what the ticket knows filled in."""
    if not request.viewer.may(Permission.AGREEMENT_VIEW):
        return None
    agreement_id = ticket.agreement_id
    if agreement_id is None:
        first = Agreement.objects.filter(client_id=ticket.client_id).order_by("-pk").first()
        if first is None:
            return None
        agreement_id = first.pk
    zone = ZoneInfo(ticket.client.zone)
    asked = f"at={ticket.opened_at.astimezone(zone):%Y-%m-%dT%H:%M}"
    if ticket.device_id:
        asked += f"&device={ticket.device_id}"
    if ticket.site_id:
        asked += f"&site={ticket.site_id}"
    return {
        "template": "contracts/_ticket_coverage.html",
        "url": f"{reverse('agreement-coverage', args=[agreement_id])}?{asked}",
    }


def _draft_of(found: Agreement) -> AgreementVersion:
    version = found.versions.filter(published_at__isnull=True).first()
    if version is None:
        raise Http404("There is no draft. Amend the agreement to write one.")
    return version


def _blamed(rows: Any, error: Refused) -> str:
    """Put a refusal on the row it names; its words, where it names none."""
    place = (error.field or "").removeprefix("coverage[")
    at, _, name = place.partition("].")
    kept = rows.kept()
    if at.isdecimal() and int(at) < len(kept):
        form = kept[int(at)]
        form.add_error(name if name in form.fields else None, error.reason)
        return ""
    return error.reason


urlpatterns = [
    path("agreements/<int:pk>/coverage", agreement_coverage, name="agreement-coverage"),
    path("agreements/<int:pk>/rows", agreement_rows, name="agreement-rows"),
]
