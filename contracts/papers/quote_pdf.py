"""A quote as a PDF; an accepted one shows who accepted it, when, from where, and its mark.

Made from frozen rows alone and stamped with the moment it was sent or answered, so that making it
again gives the same bytes.
"""

from datetime import UTC, date, datetime
from typing import Any

from babel.dates import format_date
from django.http import HttpResponse

from contracts.models import Answer, QuoteVersion
from contracts.queries import amending
from contracts.queries import quotes as queries
from contracts.queries.quotes import Choice
from contracts.rules import words
from msp.kit import papers
from msp.kit.money import format_money
from msp.kit.prose import blocks_of
from tenants.context import current

_LOCALE = "en_US"
EVERY = {"once": "once", "month": "a month", "quarter": "a quarter", "year": "a year"}


def response(version: QuoteVersion) -> HttpResponse:
    """The PDF as a file to read."""
    answer = HttpResponse(render(version), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{version.quote.number}.pdf"'
    return answer


def render(version: QuoteVersion) -> bytes:
    """The PDF of a version."""
    answer = _answer(version)
    stamp = answer.at if answer else version.sent_at or version.created_at
    return papers.render("contracts/papers/quote.typ", document(version), stamp=stamp)


def document(version: QuoteVersion) -> dict[str, Any]:
    """What is printed, as plain words: the template decides nothing but the look."""
    quote, answer = version.quote, _answer(version)
    accepted = queries.accepted_choice(answer) if answer else None
    choices = [accepted] if accepted else queries.choices_of(version)
    level, told = version.level_version, answer.document if answer else {}
    return {
        "title": f"Quote {quote.number}",
        "paper": papers.sheet_of(quote.currency),
        "seller": told.get("seller", current().name),
        "number": quote.number,
        "version": version.number,
        "name": quote.name,
        "client": told.get("client", quote.client.name),
        "contact": quote.contact.name if quote.contact else "",
        "draft": version.sent_at is None,
        "sent": _date(version.sent_at.date() if version.sent_at else version.created_at.date()),
        "valid": _date(version.valid_until_on),
        "starts": _date(version.starts_on) or "as agreed",
        "intro": blocks_of(version.intro),
        "terms": blocks_of(version.terms),
        "options": [
            _option(choice, quote.currency, bool(accepted)) | {"changes": _changes(version, choice)}
            for choice in choices
        ],
        "term": term_of(version),
        "promises": words.promised(level.targets, hours_said(level)) if level else [],
        "accepted": _accepted(answer, accepted) if answer and accepted else None,
    }


def term_of(version: QuoteVersion) -> str:
    """How long it would run, in words."""
    if version.quote.amends is not None:
        agreement = version.quote.amends.agreement
        return (
            f"It changes the agreement {agreement.number}, {agreement.name}, from the day it"
            " starts; what is not named as changed stays as it is."
        )
    if not version.term_months:
        return f"It runs on until it is ended with {version.notice_days} days' notice."
    months = f"{version.term_months} month{'s' if version.term_months > 1 else ''}"
    if not version.renews_months:
        return f"It runs for {months}."
    again = f"{version.renews_months} month{'s' if version.renews_months > 1 else ''}"
    return (
        f"It runs for {months} and then goes on for {again} at a time, unless "
        f"{version.notice_days} days' notice."
    )


def _changes(version: QuoteVersion, choice: Choice) -> list[dict[str, str]]:
    """What it changes of an agreement, from the day that was accepted or offered."""
    answer = _answer(version)
    accepted = answer.document.get("accepted", {}).get("starts_on") if answer else None
    made_on = (version.sent_at or version.created_at).date()
    day = date.fromisoformat(accepted) if accepted else version.starts_on or made_on
    return [
        {"before": one.before, "after": one.after}
        for one in amending.differences_of(version, choice, day)
    ]


def hours_said(level: Any) -> str:
    """How the hours of a promise are spoken of."""
    always = level.calendar.get("always_open")
    return "around the clock" if always else f"in {level.calendar_name}"


def _option(choice: Choice, currency: str, accepted: bool) -> dict[str, Any]:
    option = choice.option
    return {
        "name": option.name,
        "recommended": option.recommended and not accepted,
        "text": blocks_of(option.text),
        "lines": [
            {
                "description": one.line.description,
                "detail": _detail(one, currency),
                "amount": format_money(one.figure.amount, currency),
                "every": EVERY[one.figure.every],
                "optional": not one.chosen,
            }
            for one in choice.lines
            if one.chosen or not accepted
        ],
        "sums": [
            {"name": name, "amount": format_money(amount, currency)}
            for name, amount in sums_said(choice)
        ],
    }


def sums_said(choice: Choice) -> list[tuple[str, Any]]:
    """What a choice comes to, by how often; what is nothing is left out but for the first year."""
    sums = choice.sums
    rows = [
        ("A month", sums.month), ("A quarter", sums.quarter), ("A year", sums.year),
        ("Once", sums.once),
    ]  # fmt: skip
    shown = [(name, amount) for name, amount in rows if amount]
    return [*shown, ("The first year in all", sums.first_year)]


def _detail(one: queries.Offered, currency: str) -> str:
    if one.listed is None:
        return one.words
    percent = queries.plain(one.line.discount)
    return f"{one.words}. {percent} % off {format_money(one.listed, currency)}"


def _accepted(answer: Answer, choice: Choice) -> dict[str, str]:
    starts = answer.document["accepted"]["starts_on"]
    return {
        "name": answer.typed_name,
        "person": answer.contact_name,
        "option": choice.option.name,
        "at": f"{_date(answer.at.date())}, {_utc(answer.at):%H:%M:%S} UTC",
        "address": answer.address or "unknown",
        "browser": answer.user_agent[:120],
        "starts": _date(date.fromisoformat(starts)) if starts else "",
        "digest": answer.digest,
    }


def _answer(version: QuoteVersion) -> Answer | None:
    return getattr(version, "answer", None)


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _date(day: date | None) -> str:
    return str(format_date(day, "long", locale=_LOCALE)) if day else ""
