"""Quotes in the client's words: read, compare, choose, accept with a typed name, or decline."""

from datetime import UTC, datetime
from typing import Any

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from contracts import actions
from contracts.clients.gates import client_user
from contracts.clients.models import Client, Contact
from contracts.forms.quotes import AcceptForm, DeclineForm
from contracts.models import Quote, QuoteVersion, Roadmap
from contracts.papers import quote_pdf
from contracts.queries import amending, approvals
from contracts.queries import quotes as queries
from contracts.rules import quoting, words
from msp.kit.periods import local_date
from msp.kit.prose import html_of
from msp.kit.refusals import Refused
from msp.kit.web import attempt, blame, go, page, rows_of
from tenants.people.gates import refused
from tenants.people.rules.roles import PortalRight, portal_roles

SEES = portal_roles(PortalRight.OFFERS_SEE)


@client_user(*SEES)
@require_GET
def quote_list(request: HttpRequest) -> HttpResponse:
    """Everything they were sent, the newest first."""
    rows = rows_of(request, queries.list_quotes(request.viewer))
    found = queries.standings(list(rows))
    for row in rows:
        row.standing = found.get(row.pk)
    plans = Roadmap.objects.visible_to(request.viewer)
    return page(request, "contracts/portal/quotes.html", rows=rows, roadmaps=plans)


@client_user(*SEES)
@require_GET
def quote(request: HttpRequest, number: str) -> HttpResponse:
    """One quote; a changed choice asks for what it comes to alone."""
    found, version = _sent(request, number)
    actions.note_viewed(quote=found, by=request.viewer.actor, at=datetime.now(UTC))
    return _shown(request, found, version, data=request.GET)


@client_user(*SEES)
@require_GET
def quote_paper(request: HttpRequest, number: str) -> HttpResponse:
    """The PDF, with the acceptance where there is one."""
    _found, version = _sent(request, number)
    return quote_pdf.response(version)


@client_user(*SEES)
@require_POST
def quote_accept(request: HttpRequest, number: str) -> HttpResponse:
    """Keep their yes: the choice, the typed name, the instant, where it came from."""
    found, _version = _sent(request, number)
    if not request.viewer.may_as_client(PortalRight.OFFERS_ANSWER):
        return refused(request)
    form = AcceptForm(request.POST)

    def accept(values: dict[str, Any]) -> Any:
        wanted = actions.Wanted(
            request.POST.get("option", ""), set(request.POST.getlist("line")), values["starts_on"]
        )
        return actions.accept_quote(
            quote=found, version_number=_number(request), wanted=wanted,
            signature=signature_of(request, values["typed_name"]), by=request.viewer.actor,
            at=datetime.now(UTC),
        )  # fmt: skip

    return _answered(request, found, form, accept, "Thank you. It is accepted.")


@client_user(*SEES)
@require_POST
def quote_decline(request: HttpRequest, number: str) -> HttpResponse:
    found, _version = _sent(request, number)
    if not request.viewer.may_as_client(PortalRight.OFFERS_ANSWER):
        return refused(request)
    form = DeclineForm(request.POST)

    def decline(values: dict[str, Any]) -> Any:
        return actions.decline_quote(
            quote=found, version_number=_number(request), reason=values["reason"],
            signature=signature_of(request), by=request.viewer.actor, at=datetime.now(UTC),
        )  # fmt: skip

    return _answered(request, found, form, decline, "Thank you for telling us.")


def signature_of(request: HttpRequest, typed_name: str = "") -> actions.Signature:
    """Who answers and from where: the address is the one the nearest proxy of ours saw."""
    contact = Contact.objects.get(pk=request.viewer.contact_id)
    agent = request.headers.get("User-Agent", "").replace("\x00", "")
    return actions.Signature(contact, typed_name, get_adapter().get_client_ip(request), agent)


def on_home(request: HttpRequest, client: Client) -> dict[str, Any] | None:
    """What waits for their word."""
    if not request.viewer.may_as_client(PortalRight.OFFERS_SEE):
        return None
    now = datetime.now(UTC)
    waiting = queries.to_answer(request.viewer, now)
    versions = approvals.to_approve(request.viewer, now)
    if not waiting and not versions:
        return None
    return {
        "template": "contracts/portal/_waiting.html",
        "quotes": waiting,
        "versions": versions,
        "count": len(waiting) + len(versions),
    }


def _sent(request: HttpRequest, number: str) -> tuple[Quote, QuoteVersion]:
    rows = Quote.objects.visible_to(request.viewer).select_related(
        "client", "contact", "amends__agreement"
    )
    found = get_object_or_404(rows, number=number)
    version = queries.sent_version(found)
    if version is None:
        raise Quote.DoesNotExist  # a quote that is visible was sent
    return found, version


def _number(request: HttpRequest) -> int:
    """The version they read, as the form says it."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _answered(request: HttpRequest, found: Quote, form: Any, act: Any, told: str) -> HttpResponse:
    try:
        done = attempt(form, act)
    except Refused as error:
        blame(form, error)
        done = None
    if done:
        return go(request, "portal-quote", found.number, toast_text=told)
    found, version = _sent(request, found.number)
    name = "accept_form" if isinstance(form, AcceptForm) else "decline_form"
    return _shown(request, found, version, data=request.POST, status=422, **{name: form})


def _shown(
    request: HttpRequest, found: Quote, version: QuoteVersion, *, data: Any, status: int = 200,
    **forms: Any,
) -> HttpResponse:  # fmt: skip
    now = datetime.now(UTC)
    answer = getattr(version, "answer", None)
    accepted = queries.accepted_choice(answer) if answer else None
    content = queries.content_of(version)
    closed = quoting.closed_because(found.state, found.expires_at, now)
    if not closed and amending.was_changed(found):
        closed = amending.CHANGED
    level = version.level_version
    first = max(version.starts_on or now.date(), local_date(now, found.client.zone))
    given = {
        "accept_form": AcceptForm(initial={"starts_on": first}),
        "decline_form": DeclineForm(),
    } | forms
    choice = accepted or _choice(version, content, data)
    return page(
        request, "contracts/portal/quote.html", part="contracts/portal/_choice.html",
        status=status, quote=found, version=version, answer=answer, closed=closed,
        choices=[accepted] if accepted else queries.choices_of(version), choice=choice,
        change=amending.change_of(version, choice, first) if choice else None,
        intro=html_of(version.intro), terms=html_of(version.terms), term=quote_pdf.term_of(version),
        promises=words.promised(level.targets, quote_pdf.hours_said(level)) if level else [],
        table=_table(content), first=first,
        recurring=any(not line.is_once for line in content.lines),
        may_answer=request.viewer.may_as_client(PortalRight.OFFERS_ANSWER), **given,
    )  # fmt: skip


def _choice(version: QuoteVersion, content: quoting.Content, data: Any) -> queries.Choice | None:
    """The choice as the form has it; to begin with what is recommended."""
    first = next((one for one in content.options if one.recommended), None)
    option = content.option(data.get("option", "")) or first or next(iter(content.options), None)
    if option is None:
        return None
    ticked = set(data.getlist("line")) if data.get("chosen") == option.key else None
    return queries.choice_of(content, option, ticked, version.quote.currency)


def _table(content: quoting.Content) -> list[tuple[str, list[str]]]:
    """Each service of the tiers with what every option says of it."""
    if not any(one.includes for one in content.options):
        return []
    said = [{one.name: one.verdict for one in option.includes} for option in content.options]
    names = dict.fromkeys(name for verdicts in said for name in verdicts)
    return [(name, [verdicts.get(name, "out") for verdicts in said]) for name in names]


urlpatterns = [
    path("quotes", quote_list, name="portal-quote-list"),
    path("quotes/<str:number>", quote, name="portal-quote"),
    path("quotes/<str:number>/quote.pdf", quote_paper, name="portal-quote-pdf"),
    path("quotes/<str:number>/accept", quote_accept, name="portal-quote-accept"),
    path("quotes/<str:number>/decline", quote_decline, name="portal-quote-decline"),
]
