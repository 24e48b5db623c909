"""The month: opening, counting, reviewing, approving and issuing a run."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from billing import actions
from billing.forms import MonthForm
from billing.models import Invoice, Run
from billing.papers import exports
from billing.queries import issuing, leakage, months, review, runs
from msp.kit import sheets
from msp.kit.periods import Period, local_date, month
from msp.kit.refusals import Conflict, Refused
from msp.kit.web import asked, go, page, refusal
from tenants.context import current
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

ROWS = 100  # a run is read in one go
SALT = "billing.approve"
STEPS = ("Count", "Review", "Approve", "Issue")
TABS = (
    ("all", "All"),
    ("needs_look", "Need a look"),
    ("changed", "Changed"),
    ("unchanged", "Unchanged"),
    ("held", "Held"),
)


def run_named(word: str) -> Run:
    """The run of an address such as 2026-06, or 404."""
    run = runs.run_of(_month(word))
    if run is None:
        raise Http404("There is no run for this month.")
    return run


def _month(word: str) -> Period:
    year, _, number = word.partition("-")
    if len(word) != 7 or not (year + number).isascii() or not (year + number).isdigit():
        raise Http404("No month is called that.")
    if not 1 <= int(number) <= 12 or not 2000 <= int(year) <= 2199:
        raise Http404("No month is called that.")
    return month(int(year), int(number))


@staff(Permission.BILLING_VIEW)
@require_GET
def run_list(request: HttpRequest) -> HttpResponse:
    """Every month that was opened, and the ones that can be."""
    today = local_date(datetime.now(UTC), current().zone)
    return page(
        request,
        "billing/runs.html",
        rows=Paginator(months.summaries(), 50).get_page(request.GET.get("page")),
        form=MonthForm(months.to_open(today), initial={"month": months.to_bill(today)}),
    )


@staff(Permission.BILLING_EDIT)
@require_POST
def run_start(request: HttpRequest) -> HttpResponse:
    """Open a month's run and ask for its count; a month that is open already is simply shown."""
    at = datetime.now(UTC)
    choices = months.to_open(local_date(at, current().zone))
    form = MonthForm(choices, request.POST)
    if not form.is_valid():
        rows = Paginator(months.summaries(), 50).get_page(1)
        return page(request, "billing/runs.html", status=422, rows=rows, form=form)
    word = form.cleaned_data["month"]
    run = actions.open_run(period=_month(word), by=request.viewer.actor, at=at)
    if run.asked_at is None:
        actions.ask_count(run=run, by=request.viewer.actor, at=at)
    return go(request, "run", word)


@staff(Permission.BILLING_VIEW)
@require_GET
def run(request: HttpRequest, word: str) -> HttpResponse:
    """The review: figures, rows by how much they need a person, the chosen bill beside them."""
    found = run_named(word)
    if request.htmx and request.htmx.target == "rail":
        return page(request, "billing/_rail.html", **_chosen(request, found))
    context = _body(request, found)
    context |= _chosen(request, found, context["groups"])
    return page(request, "billing/run.html", part="billing/_run.html", **context)


@staff(Permission.BILLING_VIEW)
@require_GET
def progress(request: HttpRequest, word: str) -> HttpResponse:
    """How far the counting or issuing is; when it is done the page is drawn anew."""
    found = run_named(word)
    context = _work(found)
    response = render(request, "billing/_progress.html", {"run": found, "word": word, **context})
    if not context["counting"] and not context["issuing_runs"]:
        response["HX-Refresh"] = "true"
    return response


@staff(Permission.BILLING_EDIT)
@require_POST
def run_count(request: HttpRequest, word: str) -> HttpResponse:
    """Count again with what is known now; only drafts change."""
    found = run_named(word)
    actions.ask_count(run=found, by=request.viewer.actor, at=datetime.now(UTC))
    return go(request, "run", word)


@staff(Permission.BILLING_APPROVE)
@require_POST
def run_approve(request: HttpRequest, word: str) -> HttpResponse:
    """Approve what was ticked, or everything ready as it was when the page was drawn."""
    found = run_named(word)
    at = datetime.now(UTC)
    try:
        if request.POST.get("scope"):
            bills, seen = _ready_as_shown(found, request.POST["scope"]), None
        else:
            bills, seen = _ticked(found, request.POST.getlist("id"))
        done = actions.approve(invoices=bills, by=request.viewer.actor, at=at, seen=seen)
    except Refused as error:
        return refusal(request, error)
    text = "1 bill approved" if len(done) == 1 else f"{len(done)} bills approved"
    return go(request, "run", word, toast_text=text)


@staff(Permission.BILLING_APPROVE)
@require_POST
def run_issue(request: HttpRequest, word: str) -> HttpResponse:
    """Ask for every approved bill to be numbered, frozen, put on paper and mailed."""
    found = run_named(word)
    try:
        actions.ask_issue(run=found, by=request.viewer.actor, at=datetime.now(UTC))
    except Refused as error:
        return refusal(request, error)
    return go(request, "run", word)


@staff(Permission.BILLING_VIEW)
@require_GET
def run_csv(request: HttpRequest, word: str) -> HttpResponse:
    """The run as a table for a spreadsheet."""
    return sheets.response(f"run-{word}.csv", exports.run_rows(run_named(word)))


# -- what the page is made of --------------------------------------------------------------------


def _body(request: HttpRequest, found: Run) -> dict[str, Any]:
    show = request.GET.get("show", "all")
    show = show if show in review.SHOWN else "all"
    q = asked(request, "q")
    rows = Paginator(review.ranked(review.shown(found, show, q)), ROWS)
    shown = rows.get_page(request.GET.get("page"))
    ready = review.ready(found)
    totals = runs.totals_of(found)
    counts = review.counts_of(found)
    return {
        "run": found,
        "word": f"{found.starts_on:%Y-%m}",
        "show": show,
        "q": q,
        "page_rows": shown,
        "groups": review.grouped(shown.object_list),
        "counts": counts,
        "tabs": [(key, label, counts[key]) for key, label in TABS],
        "looks": runs.outcome(found).looks,
        "issued": found.invoices.filter(state=Invoice.State.ISSUED).count(),
        "failures": runs.failures(found),
        "totals": totals,
        "currency": totals[0].currency if totals else "",
        "last_day": runs.period_of(found).last,
        "steps": STEPS,
        "month_before": months.name_before(found),
        "over": review.is_over(found, current().zone, datetime.now(UTC)),
        "ready": len(ready),
        "scope": _scope(found, ready),
        "approved": found.invoices.filter(state=Invoice.State.APPROVED).count(),
        "step": _step(found, len(ready)),
        "unbilled": leakage.unbilled_clients(billed=set(runs.clients_to_bill(found))),
        **_work(found),
    }


def _work(found: Run) -> dict[str, Any]:
    work = issuing.issuing_of(found, datetime.now(UTC))
    counting = found.state == Run.State.COUNTING
    return {
        "counting": runs.counting(found) if counting else None,
        "issuing": work,
        "issuing_runs": work is not None and work.running,
    }


def _chosen(
    request: HttpRequest, found: Run, groups: Iterable[review.Group] = ()
) -> dict[str, Any]:
    """The bill in the rail: the one asked for, else the first that is shown."""
    wanted = request.GET.get("invoice", "")
    about: dict[str, Any] = {"run": found, "word": f"{found.starts_on:%Y-%m}"}
    if wanted.isdigit() and len(wanted) < 19:
        bill = review.bills_of(found).filter(pk=int(wanted)).first()
        if bill is None:
            raise Http404("This run has no such bill.")
    else:
        bill = next((row.invoice for group in groups for row in group.rows), None)
    if bill is None:
        return about | {"bill": None}
    return about | {
        "chosen_pk": bill.pk,
        "bill": review.Row(bill, review.why(bill)),
        "lines": review.rail_lines(bill),
        "bars": review.six_months(bill, request.viewer),
        "over": review.is_over(found, bill.client.zone, datetime.now(UTC)),
    }


def _step(found: Run, ready: int) -> int:
    """Which of Count, Review, Approve, Issue is next; 5 when all are done."""
    if found.state == Run.State.COUNTING or found.asked_at is None:
        return 1
    drafts = found.invoices.filter(state=Invoice.State.DRAFT).count()
    if drafts > ready:
        return 2
    if drafts:
        return 3
    return 5 if found.state == Run.State.ISSUED else 4


def _scope(found: Run, ready: Iterable[Invoice]) -> str:
    bills = list(ready)
    return signing.dumps([found.pk, len(bills), review.fingerprint(bills)], salt=SALT)


def _ready_as_shown(found: Run, scope: str) -> list[Invoice]:
    """Everything ready, if it is what the approver saw."""
    try:
        pk, count, fingerprint = signing.loads(scope, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise Refused("This page is out of date. Load it again.") from None
    bills = review.ready(found)
    if pk != found.pk or review.fingerprint(bills) != fingerprint:
        raise Conflict(f"The list changed: {count} were ready then, {len(bills)} are now.")
    return bills


def _ticked(found: Run, tokens: list[str]) -> tuple[list[Invoice], dict[int, datetime]]:
    """The ticked bills with the count of each that was looked at."""
    seen: dict[int, datetime] = {}
    for token in tokens[:1000]:
        pk, _, counted = token.partition(".")
        try:
            seen[int(pk)] = datetime.fromisoformat(counted)
        except ValueError:
            raise Refused("This page is out of date. Load it again.") from None
    bills = list(Invoice.objects.filter(run=found, pk__in=seen))
    if not bills:
        raise Refused("Tick the bills to approve first.")
    return bills, seen


urlpatterns = [
    path("billing/runs", run_list, name="run-list"),
    path("billing/runs/start", run_start, name="run-start"),
    path("billing/runs/<str:word>/progress", progress, name="run-progress"),
    path("billing/runs/<str:word>/count", run_count, name="run-count"),
    path("billing/runs/<str:word>/approve", run_approve, name="run-approve"),
    path("billing/runs/<str:word>/issue", run_issue, name="run-issue"),
    path("billing/runs/<str:word>.csv", run_csv, name="run-csv"),
    path("billing/runs/<str:word>", run, name="run"),
]
