"""Quotes as they are read: what a version offers, what a choice comes to, what was accepted."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from contracts.models import Answer, Quote, QuoteVersion
from contracts.rules import line_words, quoting, words
from contracts.rules.quoting import Content, Figure, Option, QuotedLine, Sums
from contracts.rules.terms import Counting, Usage
from msp.kit.money import round_money
from tenants.context import current
from tenants.people.rules.viewer import Viewer

STATES = tuple(Quote.State.values)


@dataclass(frozen=True)
class Offered:
    """A line of an option as it is read: its figure, and whether it is chosen."""

    figure: Figure
    chosen: bool
    words: str
    listed: Decimal | None

    @property
    def line(self) -> QuotedLine:
        return self.figure.line

    @property
    def tells(self) -> bool:
        """Whether the words say more than the amount does."""
        block = isinstance(self.line.terms, quoting.BlockAhead)
        return block or self.line.is_counted or self.line.quantity != 1


@dataclass(frozen=True)
class Choice:
    """An option with some of its optional lines: its lines, and what they come to."""

    option: Option
    lines: list[Offered]
    sums: Sums

    @property
    def chosen(self) -> list[Offered]:
        return [one for one in self.lines if one.chosen]


def choice_of(
    content: Content, option: Option, ticked: Collection[str] | None, currency: str
) -> Choice:
    """What an option comes to with these lines ticked; None takes those that begin ticked."""
    keys = quoting.starting(content, option.key) if ticked is None else ticked
    taken = quoting.chosen(content, option.key, keys)
    found = {one.line.key: one for one in quoting.figures(taken, currency)}
    lines = []
    for line in content.lines_of(option.key):
        figure = found.get(line.key) or _alone(line, taken, currency)
        lines.append(
            Offered(figure, line.key in found, said(line, currency), _listed(line, currency))
        )
    return Choice(option, lines, quoting.sums(found.values()))


def _alone(line: QuotedLine, taken: list[QuotedLine], currency: str) -> Figure:
    """What an unticked line would add to what is ticked."""
    return quoting.figures([*taken, line], currency)[-1]


def choices_of(version: QuoteVersion) -> list[Choice]:
    """Every option of a version as it is before anybody chose."""
    content = content_of(version)
    return [choice_of(content, one, None, version.quote.currency) for one in content.options]


def content_of(version: QuoteVersion) -> Content:
    """What a version offers."""
    return quoting.read_content(version.content or {})


def said(line: QuotedLine, currency: str) -> str:
    """A line as a client reads it: `12 × $62.00 a month for each workstation`."""
    terms = line.terms
    if isinstance(terms, quoting.Once):
        price = words.money(terms.unit_price, currency)
        return price if line.quantity == 1 else f"{plain(line.quantity)} × {price}"
    if isinstance(terms, quoting.BlockAhead):
        return block_said(terms, currency)
    sentence = words.sentence(terms, currency)
    if isinstance(terms, Usage):
        return f"{plain(line.quantity)} {terms.measure} a {terms.every} supposed: {sentence}"
    if isinstance(terms, Counting):
        return f"{plain(line.quantity)} now: {sentence}"
    return sentence


def block_said(terms: quoting.BlockAhead, currency: str) -> str:
    """`20 hours for $3,000.00, bought at the start, to use within 12 months`."""
    months = terms.lasts_months
    until = f", to use within {months} month{'s' if months > 1 else ''}" if months else ""
    return line_words.block(terms.bought(date.min), currency, f"bought at the start{until}")


def plain(number: Decimal) -> str:
    """A number without needless places."""
    return f"{number.normalize():f}"


def _listed(line: QuotedLine, currency: str) -> Decimal | None:
    """What the line would come to by the list; None where nothing is taken off."""
    if not line.discount:
        return None
    before = QuotedLine(line.key, line.description, line.listed, line.listed, line.quantity)
    return quoting.figures([before], currency)[0].amount


def list_quotes(
    viewer: Viewer, *, q: str = "", client: str = "", state: str = ""
) -> QuerySet[Quote]:
    """Quotes the viewer may see, the newest first; `open` are those nobody has answered yet."""
    rows = Quote.objects.visible_to(viewer).select_related("client", "owner")
    if state == "open":
        rows = rows.filter(state__in=["draft", *quoting.OPEN])
    elif state in STATES:
        rows = rows.filter(state=state)
    if client:
        rows = rows.filter(client__slug=client)
    if q:
        rows = rows.filter(
            Q(name__icontains=q) | Q(number__icontains=q) | Q(client__name__icontains=q)
        )
    return rows.order_by("-serial")


def newest(quote: Quote) -> QuoteVersion:
    """The version that is worked on or was sent last."""
    return _versions(quote).order_by("-number")[0]


def draft_of(quote: Quote) -> QuoteVersion | None:
    """The version that is being written."""
    return _versions(quote).filter(sent_at__isnull=True).first()


def sent_version(quote: Quote) -> QuoteVersion | None:
    """The version a client can read: the newest that was sent."""
    return _versions(quote).filter(sent_at__isnull=False).order_by("-number").first()


def _versions(quote: Quote) -> QuerySet[QuoteVersion]:
    return quote.versions.select_related(
        "quote__client", "quote__contact", "quote__amends__agreement",
        "quote__amends__level_version__level", "level_version__level", "answer",
    )  # fmt: skip


def answer_of(quote: Quote) -> Answer | None:
    """What the client answered to the newest version that was sent."""
    version = sent_version(quote)
    return getattr(version, "answer", None) if version else None


@dataclass(frozen=True)
class Standing:
    """A quote as a list shows it: its first sums, of the option recommended or accepted."""

    version: QuoteVersion
    options: int
    choice: Choice | None


def standings(quotes: Iterable[Quote]) -> dict[int, Standing]:
    """The newest version of each quote and what its foremost option comes to."""
    rows = QuoteVersion.objects.filter(quote__in=list(quotes)).select_related("quote", "answer")
    found = {}
    for version in rows.order_by("quote_id", "number"):
        content = content_of(version)
        option = next((one for one in content.options if one.recommended), None)
        option = option or next(iter(content.options), None)
        choice = choice_of(content, option, None, version.quote.currency) if option else None
        found[version.quote_id] = Standing(version, len(content.options), choice)
    return found


def document_of(version: QuoteVersion) -> dict[str, Any]:
    """A version as it is sealed: everything the client reads, in values that JSON has."""
    quote, level = version.quote, version.level_version
    return {
        "kind": "quote",
        "seller": current().name,
        "client": quote.client.name,
        "number": quote.number,
        "version": version.number,
        "name": quote.name,
        "currency": quote.currency,
        "intro": version.intro,
        "terms": version.terms,
        "content": version.content,
        "service_level": f"{level.level.name}, version {level.number}" if level else "",
        "targets": level.targets if level else {},
        "valid_until": _day(version.valid_until_on),
        "starts_on": _day(version.starts_on),
        "term_months": version.term_months,
        "renews_months": version.renews_months,
        "notice_days": version.notice_days,
        **_amended(quote),
    }


def _amended(quote: Quote) -> dict[str, Any]:
    """The agreement it changes, and the version it was written against."""
    base = quote.amends
    return {"amends": [base.agreement.number, base.number]} if base else {}


def accepted_document(
    version: QuoteVersion, choice: Choice, starts_on: date | None
) -> dict[str, Any]:
    """Exactly what an acceptance accepts: the version, the choice, and each figure of it."""
    currency = version.quote.currency

    def amount(value: Decimal) -> str:
        return f"{round_money(value, currency):f}"

    return document_of(version) | {
        "accepted": {
            "option": choice.option.key,
            "option_name": choice.option.name,
            "ticked": sorted(one.line.key for one in choice.chosen if one.line.optional),
            "starts_on": _day(starts_on),
            "lines": [
                {
                    "key": one.line.key,
                    "description": one.line.description,
                    "amount": amount(one.figure.amount),
                    "every": one.figure.every,
                }
                for one in choice.chosen
            ],
            "once": amount(choice.sums.once),
            "month": amount(choice.sums.month),
            "quarter": amount(choice.sums.quarter),
            "year": amount(choice.sums.year),
            "first_year": amount(choice.sums.first_year),
        }
    }


def accepted_choice(answer: Answer) -> Choice | None:
    """The choice that was accepted, read from the sealed document and from nothing else."""
    told = answer.document.get("accepted")
    if not told:
        return None
    content = quoting.read_content(answer.document["content"])
    option = content.option(told["option"])
    if option is None:
        return None
    return choice_of(content, option, told["ticked"], answer.document["currency"])


def accepted_once(quote: Quote) -> list[QuotedLine]:
    """The lines of an accepted quote that are delivered once."""
    answer = answer_of(quote)
    choice = accepted_choice(answer) if answer else None
    return [one.line for one in choice.chosen if one.line.is_once] if choice else []


def expired(at: datetime) -> list[int]:
    """Quotes whose last day is over and that nobody has answered."""
    rows = Quote.objects.filter(state__in=quoting.OPEN, expires_at__lte=at)
    return list(rows.order_by("expires_at").values_list("pk", flat=True))


def to_answer(viewer: Viewer, at: datetime) -> list[Quote]:
    """What a client can still say yes or no to, the one that ends first before the others."""
    rows = Quote.objects.visible_to(viewer).filter(state__in=quoting.OPEN, expires_at__gt=at)
    return list(rows.select_related("client").order_by("expires_at", "pk"))


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
