"""Writing a quote, with what each option comes to beside it.

One form: a changed field asks for the rail alone (`do=look`), a new line or option for the form
with one more (`do=add`, `do=option`), saving and sending write. Nothing needs a script.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from contracts import actions, queries
from contracts.clients.models import Client
from contracts.forms.pricing import price_initial
from contracts.forms.quotes import (
    KeptBase,
    Options,
    QuotedLines,
    QuoteForm,
    line_initial,
    option_initial,
    quote_initial,
)
from contracts.models import Offer, QuoteVersion, Service
from contracts.pages.quotes import contacts_of, quote_of, who
from contracts.queries import composing
from contracts.queries import quotes as reading
from contracts.queries.written_quotes import written_content
from contracts.rules import quoting
from contracts.rules.drafts import Finding
from contracts.rules.pricing import NoPrice
from msp.kit.periods import local_date
from msp.kit.refusals import Refused
from msp.kit.web import blame, go, page, refusal
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission

NEW_LINE = {"kind": "per_device", "counting": "daily", "prorate": True, "quantity": "1"}
LETTERS = "abcdefghijklmnop"


@dataclass
class Desk:
    """The draft and the three parts of its form, as they are at the moment."""

    version: QuoteVersion
    head: QuoteForm
    options: KeptBase
    lines: KeptBase

    @property
    def readable(self) -> bool:
        return bool(self.head.is_valid() & self.options.is_valid() & self.lines.is_valid())

    @property
    def currency(self) -> str:
        return str(self.version.quote.currency)


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def quote_edit(request: HttpRequest, pk: int) -> HttpResponse:
    version = _draft_of(request, pk)
    desk = _desk(version, request.POST if request.method == "POST" else None)
    asked = request.POST.get("do", "save") if request.method == "POST" else ""
    if asked == "look":
        return page(request, "contracts/_quote_coming.html", **_coming(desk))
    if asked in ("add", "option"):
        more = _one_more(request.POST, desk, asked)
        return _editor(request, desk, shown=_unread(_desk(version, more)))
    if asked and desk.readable and _written(request, desk, send=asked == "send"):
        if asked == "send":
            return go(request, "quote", pk, toast_text="Sent")
        return go(request, "quote-edit", pk, toast_text="Draft saved")
    return _editor(request, desk, status=422 if asked else 200)


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def quote_drop(request: HttpRequest, pk: int) -> HttpResponse:
    version = _draft_of(request, pk)
    try:
        actions.drop_draft(version=version, **who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "quote", pk, toast_text="Draft dropped")


def _draft_of(request: HttpRequest, pk: int) -> QuoteVersion:
    version = reading.draft_of(quote_of(request, pk))
    if version is None:
        raise Http404("There is no draft. Revise the quote to write one.")
    return version


def _desk(version: QuoteVersion, posted: QueryDict | None) -> Desk:
    client = version.quote.client
    levels = queries.newest_levels()
    if version.level_version and version.level_version not in levels:
        levels.append(version.level_version)
    head = QuoteForm(
        posted, initial=quote_initial(version), contacts=contacts_of(client), levels=levels,
        amends=version.quote.amends_id is not None,
    )  # fmt: skip
    content = reading.content_of(version)
    tiers = {one.pk: one for one in Offer.objects.filter(retired_at=None, kind="tier")}
    options = Options(
        posted, prefix="option", form_kwargs={"tiers": tiers},
        initial=[option_initial(one) for one in content.options] if posted is None else None,
    )  # fmt: skip
    named = _named(options, content)
    saved = [line_initial(one) for one in content.lines] or [NEW_LINE]
    lines = QuotedLines(
        posted, prefix="line", initial=saved if posted is None else None,
        form_kwargs={"services": _services(content), "options": named},
    )  # fmt: skip
    return Desk(version, head, options, lines)


def _named(options: KeptBase, content: quoting.Content) -> list[tuple[str, str]]:
    """The options a line may stand in, by the names typed at the moment."""
    if not options.is_bound:
        return [(one.key, one.name) for one in content.options]
    found = [(form["key"].value(), form["name"].value()) for form in options.forms]
    return [(str(key)[:8], str(name)[:80]) for key, name in found if key and name]


def _services(content: quoting.Content) -> dict[int, Service]:
    kept = {line.service_id for line in content.lines} - {None}
    rows = Service.objects.filter(Q(retired_at__isnull=True) | Q(pk__in=kept))
    return {one.pk: one for one in rows}


def _one_more(posted: QueryDict, desk: Desk, what: str) -> QueryDict:
    """What was typed, with one line or option more behind the others."""
    more = posted.copy()
    if what == "option":
        count = desk.options.total_form_count()
        if count >= quoting.MOST_OPTIONS:
            return more
        taken = {str(form["key"].value()) for form in desk.options.forms}
        more["option-TOTAL_FORMS"] = str(count + 1)
        more[f"option-{count}-key"] = next(one for one in LETTERS if one not in taken)
        return more
    count = desk.lines.total_form_count()
    more["line-TOTAL_FORMS"] = str(min(count + 1, quoting.MOST_LINES))
    for name, value in _new_line(desk, posted.get("from", "")).items():
        if isinstance(value, list | tuple):
            more.setlist(f"line-{count}-{name}", [str(one) for one in value])
        elif value not in (None, False):
            more[f"line-{count}-{name}"] = "on" if value is True else str(value)
    return more


def _new_line(desk: Desk, wanted: str) -> dict[str, Any]:
    """An empty line, or one of the catalogue at the price of today with as many as are there."""
    kind, _, pk = wanted.partition("-")
    sold = {"service": Service, "offer": Offer}.get(kind)
    known = pk.isdecimal() and len(pk) < 19
    found = sold.objects.filter(pk=int(pk)).first() if sold and known else None
    if found is None:
        return NEW_LINE
    try:
        return _priced(desk.version, found)
    except NoPrice:
        return NEW_LINE | {"description": str(found)}


def _priced(version: QuoteVersion, sold: Service | Offer) -> dict[str, Any]:
    quote, day = version.quote, _today(version)
    if isinstance(sold, Service):
        line = composing.proposed(
            client=quote.client, currency=quote.currency, day=day, service=sold
        )
        if line.kind == quoting.Once.kind:
            price = Decimal(line.facts["unit_price"])
            shown: dict[str, Any] = {"kind": line.kind, "price": f"{price:f}"}
        else:
            shown = price_initial(line.kind, line.facts)
        return shown | {
            "description": str(sold), "service": sold.pk, "quantity": f"{line.quantity:f}",
        }  # fmt: skip
    offered = queries.as_line(quote, day, offer=sold)
    return price_initial(offered.kind, offered.facts) | {
        "description": str(sold), "quantity": "1",
    }  # fmt: skip


def _unread(desk: Desk) -> Desk:
    """Nothing was asked to be right yet."""
    for form in (desk.head, *desk.options.forms, *desk.lines.forms):
        form._errors = {}
    return desk


def _written(request: HttpRequest, desk: Desk, *, send: bool) -> bool:
    """Save the draft, and send it where asked; a refusal goes to its field and saves nothing."""
    now = who(request)
    try:
        with transaction.atomic():
            version = actions.write_quote(
                version=desk.version, options=[form.option() for form in desk.options.kept()],
                lines=[form.line() for form in desk.lines.kept()], **desk.head.said(), **now,
            )  # fmt: skip
            if send:
                actions.send_quote(version=version, **now)
    except Refused as error:
        _blame(desk, error)
        return False
    return True


def _blame(desk: Desk, error: Refused) -> None:
    """Put a refusal on the line or option it names, or on the head."""
    name, _, rest = (error.field or "").partition("[")
    rows = {"lines": desk.lines, "options": desk.options}.get(name)
    at, _, field = rest.partition("].")
    kept = rows.kept() if rows is not None else []
    if not at.isdecimal() or int(at) >= len(kept):
        blame(desk.head, error)
        return
    form = kept[int(at)]
    error.field = form.field_of(field) if hasattr(form, "field_of") else field
    blame(form, error)


def _editor(
    request: HttpRequest, desk: Desk, status: int = 200, shown: Desk | None = None
) -> HttpResponse:
    quote, form = desk.version.quote, shown or desk
    response = page(
        request, "contracts/quote_editor.html", part="contracts/_quote_editor.html",
        status=status, quote=quote, client=quote.client, version=desk.version, head=form.head,
        options=form.options, lines=form.lines, most_options=quoting.MOST_OPTIONS,
        offered=queries.offered_choices(quote, _today(desk.version)), **_coming(desk),
    )  # fmt: skip
    if status == 422 and getattr(request, "htmx", False):
        response["HX-Retarget"], response["HX-Reswap"] = "#editor", "outerHTML"
    return response


def _coming(desk: Desk) -> dict[str, Any]:
    """What the form as it stands comes to; lines that cannot be read are left out."""
    content = _typed(desk)
    choices = [
        reading.choice_of(content, option, None, desk.currency) for option in content.options
    ]
    found = quoting.findings(content)
    return {
        "choices": choices,
        "findings": [(one, _place_of(desk, one)) for one in found],
        "currency": desk.currency,
        "unread": desk.head.is_bound and not desk.readable,
    }


def _typed(desk: Desk) -> quoting.Content:
    """The content as it is typed at the moment, else as it is saved."""
    if not desk.lines.is_bound:
        return reading.content_of(desk.version)
    options = [form.option() for form in desk.options.kept()]
    lines = [form.line() for form in desk.lines.kept()]
    try:
        return written_content(options, lines, desk.currency)
    except Refused:
        return quoting.Content()


def _place_of(desk: Desk, finding: Finding) -> str:
    """Where on the page a finding is put right: the id of its field."""
    name, _, rest = finding.field.partition("[")
    at, _, field = rest.partition("].")
    rows = desk.lines if name == "lines" else desk.options
    kept = rows.kept() if rows.is_bound else list(rows.forms)
    if not at.isdecimal() or int(at) >= len(kept):
        return f"q-{name}"
    form = kept[int(at)]
    known = form.field_of(field) if hasattr(form, "field_of") else field
    return str(form[known].id_for_label)


def _today(version: QuoteVersion) -> Any:
    client: Client = version.quote.client
    return local_date(datetime.now(UTC), client.zone)


urlpatterns = [
    path("quotes/<int:pk>/edit", quote_edit, name="quote-edit"),
    path("quotes/<int:pk>/drop", quote_drop, name="quote-drop"),
]
