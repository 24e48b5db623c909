"""Quotes: the list, a new one, one as it stands, and what is done with it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts import actions
from contracts.clients import queries as clients
from contracts.clients.models import Client
from contracts.forms.quotes import NewQuoteForm
from contracts.models import Quote, QuoteVersion
from contracts.papers import quote_pdf
from contracts.queries import amending, composing
from contracts.queries import quotes as queries
from msp.kit.periods import local_date
from msp.kit.prose import html_of
from msp.kit.refusals import Refused
from msp.kit.web import asked, attempt, go, page, refusal, rows_of
from tenants.journal.queries import about
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

TIMELINE = 20
VIEWS = (("open", "Open"), ("accepted", "Accepted"), ("declined", "Declined"),
         ("expired", "Expired"), ("withdrawn", "Withdrawn"))  # fmt: skip


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def quote_list(request: HttpRequest) -> HttpResponse:
    """Every quote with what its foremost option comes to; those without an answer first."""
    wanted = {name: asked(request, name) for name in ("q", "client", "state")}
    wanted["state"] = wanted["state"] or "open"
    rows = rows_of(request, queries.list_quotes(request.viewer, **wanted))
    return page(
        request, "contracts/quotes.html", part="contracts/_quotes.html", wanted=wanted,
        rows=_with_standings(rows), clients=clients.client_names(request.viewer), views=VIEWS,
    )  # fmt: skip


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def client_quotes(request: HttpRequest, slug: str) -> HttpResponse:
    client = get_object_or_404(Client.objects.visible_to(request.viewer), slug=slug)
    rows = rows_of(request, queries.list_quotes(request.viewer, client=client.slug))
    return page(
        request, "contracts/client_quotes.html", client=client, head=clients.client_head(client),
        rows=_with_standings(rows), wanted={}, roadmaps=client.roadmaps.all(),
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def quote_new(request: HttpRequest) -> HttpResponse:
    """First the client, then a name; the editor opens on the draft."""
    slug = asked(request, "client")
    if not slug:
        choices = clients.client_names(request.viewer)
        return page(request, "contracts/quote_client.html", clients=choices)
    client = get_object_or_404(Client.objects.visible_to(request.viewer), slug=slug)
    form = NewQuoteForm(request.POST or None, contacts=contacts_of(client))
    if request.method == "POST":
        made = attempt(form, lambda values: _drafted(request, client, values))
        if made:
            return go(request, "quote-edit", made.pk, toast_text="Draft begun")
    return page(
        request, "contracts/quote_new.html", form=form, client=client,
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def quote(request: HttpRequest, pk: int) -> HttpResponse:
    """What was offered, what was answered, and what became of it."""
    found = quote_of(request, pk)
    shown = queries.sent_version(found) or queries.newest(found)
    answer = queries.answer_of(found)
    accepted = queries.accepted_choice(answer) if answer else None
    choices = [accepted] if accepted else queries.choices_of(shown)
    return page(
        request, "contracts/quote.html", part="contracts/_quote.html", quote=found,
        client=found.client, version=shown, draft=queries.draft_of(found),
        versions=found.versions.order_by("-number"), answer=answer, accepted=accepted,
        choices=choices, changes=_changes(shown, choices), outdated=amending.was_changed(found),
        intro=html_of(shown.intro), terms=html_of(shown.terms),
        timeline=list(reversed(about("quote", found.pk, limit=TIMELINE))),
    )  # fmt: skip


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def quote_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The PDF of the newest version that was sent, else of the draft."""
    found = quote_of(request, pk)
    return quote_pdf.response(queries.sent_version(found) or queries.newest(found))


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def quote_revise(request: HttpRequest, pk: int) -> HttpResponse:
    found = quote_of(request, pk)
    return _done(request, found, actions.revise_quote, "quote-edit", "A new version to write")


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def quote_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, quote_of(request, pk), actions.withdraw_quote, "quote", "Withdrawn")


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def quote_convert(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask again for the agreement of an accepted quote, once what stood against it is gone."""
    return _done(request, quote_of(request, pk), actions.convert_quote, "quote", "Looked again")


def quote_of(request: HttpRequest, pk: int) -> Quote:
    """The quote of the address, or 404 for one the viewer may not see."""
    rows = Quote.objects.visible_to(request.viewer)
    return get_object_or_404(
        rows.select_related(
            "client",
            "contact",
            "owner",
            "agreement",
            "roadmap",
            "amends__agreement",
            "amends__level_version__level",
            "amended",
        ),
        pk=pk,
    )


def contacts_of(client: Client) -> list[Any]:
    """Who a quote may be for."""
    return list(client.contacts.filter(archived_at__isnull=True).order_by("name"))


def who(request: HttpRequest) -> dict[str, Any]:
    """By whom and when, as actions take it."""
    return {"by": request.viewer.actor, "at": datetime.now(UTC)}


def _changes(version: QuoteVersion, choices: list[queries.Choice]) -> dict[str, Any]:
    """What each option would change of an agreement, by its key."""
    day = version.starts_on or local_date(datetime.now(UTC), version.quote.client.zone)
    return {one.option.key: amending.change_of(version, one, day) for one in choices}


def _done(
    request: HttpRequest, found: Quote, act: Callable[..., Any], to: str, told: str
) -> HttpResponse:
    try:
        act(quote=found, **who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, to, found.pk, toast_text=told)


def _drafted(request: HttpRequest, client: Client, values: dict[str, Any]) -> Quote:
    now = who(request)
    made = actions.draft_quote(client=client, name=values["name"], contact=values["contact"], **now)
    if values["tiers"]:
        _fill(made.versions.get(), local_date(now["at"], client.zone), now)
    return made


def _fill(version: QuoteVersion, day: Any, now: dict[str, Any]) -> None:
    """Our tiers as the options, with the prices of the day."""
    tiers, lines = composing.tiers_for(version.quote, day)
    if not tiers:
        return
    keys = {tier.pk: "abcd"[at] for at, tier in enumerate(tiers)}
    actions.write_quote(
        version=version, contact=version.quote.contact,
        options=[
            actions.OptionInput(
                tier.name, tier.description, len(tiers) > 1 and at == len(tiers) // 2, tier,
                keys[tier.pk],
            )
            for at, tier in enumerate(tiers)
        ],
        lines=[
            actions.QuotedInput(
                one.service.name, one.kind, one.facts, one.quantity,
                tuple(keys[pk] for pk in one.tiers), one.optional, service=one.service,
            )
            for one in lines
        ],
        **now,
    )  # fmt: skip


def _with_standings(rows: Any) -> Any:
    found = queries.standings(list(rows))
    for row in rows:
        row.standing = found.get(row.pk)
    return rows


urlpatterns = [
    path("quotes", quote_list, name="quote-list"),
    path("quotes/new", quote_new, name="quote-new"),
    path("quotes/<int:pk>", quote, name="quote"),
    path("quotes/<int:pk>/quote.pdf", quote_paper, name="quote-pdf"),
    path("quotes/<int:pk>/revise", quote_revise, name="quote-revise"),
    path("quotes/<int:pk>/withdraw", quote_withdraw, name="quote-withdraw"),
    path("quotes/<int:pk>/convert", quote_convert, name="quote-convert"),
    path("clients/<slug:slug>/quotes", client_quotes, name="client-quotes"),
]
