"""A client answers a quote, and an accepted one becomes what was accepted, once."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from contracts import events
from contracts.actions.agreements import (
    LineInput,
    change_draft,
    draft_agreement,
    publish,
    set_lines,
)
from contracts.actions.amending import amend_as_quoted
from contracts.actions.answers import Signature
from contracts.models import (
    Agreement,
    AgreementVersion,
    Answer,
    Offer,
    Quote,
    QuoteVersion,
    Service,
)
from contracts.queries import amending
from contracts.queries import quotes as queries
from contracts.rules import quoting
from contracts.rules.terms import write_terms
from msp.kit.periods import anchored, local_date
from msp.kit.refs import Actor, system
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce

CONVERTER = system("Quotes")


@dataclass(frozen=True)
class Wanted:
    """What a client chose: an option, its ticked lines, and from when on."""

    option: str
    ticked: Collection[str] = ()
    starts_on: date | None = None


@transaction.atomic
def accept_quote(
    *, quote: Quote, version_number: int, wanted: Wanted, signature: Signature, by: Actor,
    at: datetime,
) -> Answer:  # fmt: skip
    """Keep a client's yes to the version they read, and turn it into what they accepted.

    1. Lock the quote: of two tabs one wins, and the second is given the same answer if it said
    the same. 2. Refuse what is closed, expired or replaced. 3. Seal the choice with its figures.
    4. Make the agreement; where it cannot be published it stays a draft with the reason.
    """
    quote = _locked(quote)
    version = _answerable(quote, version_number)
    document = queries.accepted_document(version, *_choice(version, wanted, at))
    known = getattr(version, "answer", None)
    if known is not None and _same(known, document, signature):
        return known
    _still_open(quote, version, version_number, at)
    _still_fits(quote)
    answer = signature.accept(
        document=document, asked_at=version.sent_at, at=at, quote_version=version
    )
    quote.versions.filter(sent_at__isnull=True).delete()
    quote.state, quote.closed_at = Quote.State.ACCEPTED, at
    quote.save(update_fields=["state", "closed_at"])
    announce(
        events.QuoteAccepted(
            quote.pk, quote.client_id, version.pk, quote.number, quote.name,
            document["accepted"]["option_name"],
        ),
        by=by, at=at,
    )  # fmt: skip
    convert_quote(quote=quote, by=CONVERTER, at=at)
    return answer


@transaction.atomic
def decline_quote(
    *, quote: Quote, version_number: int, reason: str, signature: Signature, by: Actor,
    at: datetime,
) -> Answer:  # fmt: skip
    """Keep a client's no with its reason; the next version may be sent after it."""
    quote = _locked(quote)
    version = _answerable(quote, version_number)
    known = getattr(version, "answer", None)
    if known is not None and known.verdict == Answer.Verdict.DECLINED:
        return known
    _still_open(quote, version, version_number, at)
    answer = signature.decline(
        reason=reason, document=queries.document_of(version), asked_at=version.sent_at, at=at,
        quote_version=version,
    )  # fmt: skip
    quote.state, quote.closed_at = Quote.State.DECLINED, at
    quote.save(update_fields=["state", "closed_at"])
    announce(
        events.QuoteDeclined(
            quote.pk, quote.client_id, quote.number, quote.name, answer.reason[:300]
        ),
        by=by, at=at,
    )  # fmt: skip
    return answer


@transaction.atomic
def convert_quote(*, quote: Quote, by: Actor, at: datetime) -> Agreement | None:
    """The agreement an accepted quote becomes: once, with the lines that were accepted.

    None where nothing recurring was accepted, or where it could not be drafted; the quote keeps
    the reason, and whoever put it right asks again.
    """
    quote = _locked(quote)
    answer = queries.answer_of(quote)
    if quote.state != Quote.State.ACCEPTED or answer is None:
        raise Conflict("Only an accepted quote becomes an agreement.")
    if quote.agreement is not None:
        return quote.agreement
    lines = _agreed_lines(answer)
    if quote.amends is not None:
        return _amended(quote, answer, lines, by, at)
    if not lines:
        return None
    try:
        with transaction.atomic():
            version = _drafted(quote, answer, lines, by, at)
    except Refused as error:
        _note(quote, f"No agreement could be drafted: {error.reason}")
        return None
    quote.agreement = version.agreement
    quote.save(update_fields=["agreement"])
    _note(quote, _published(quote, version, by, at))
    announce(
        events.QuoteConverted(
            quote.pk, quote.client_id, version.agreement_id, quote.number, version.agreement.number
        ),
        by=by, at=at,
    )  # fmt: skip
    return version.agreement


def _amended(
    quote: Quote, answer: Answer, lines: list[LineInput], by: Actor, at: datetime
) -> Agreement | None:
    """The agreement a quote changes, changed once; None with the reason where it cannot be."""
    if quote.amended is not None:
        return quote.amended.agreement
    try:
        with transaction.atomic():
            version = amend_as_quoted(quote=quote, answer=answer, lines=lines, by=by, at=at)
    except Refused as error:
        _note(quote, f"The agreement could not be changed: {error.reason}")
        return None
    return version.agreement


def _locked(quote: Quote) -> Quote:
    rows = Quote.objects.select_for_update(of=("self",)).select_related(
        "client", "agreement", "amends__agreement__client", "amended__agreement"
    )
    return rows.get(pk=quote.pk)


def _answerable(quote: Quote, number: int) -> QuoteVersion:
    """The version that was read, if it was ever sent."""
    rows = quote.versions.select_related("level_version__level", "answer")
    version = rows.filter(number=number, sent_at__isnull=False).first()
    if version is None:
        raise Conflict("We have changed it meanwhile. Load the page and read it again.")
    version.quote = quote
    return version


def _still_open(quote: Quote, version: QuoteVersion, number: int, at: datetime) -> None:
    newest = queries.sent_version(quote)
    if newest is not None and newest.number != number:
        raise Conflict(
            f"We have sent version {newest.number} meanwhile. Read that one before you decide."
        )
    closed = quoting.closed_because(quote.state, quote.expires_at, at)
    if closed:
        raise Conflict(closed)


def _still_fits(quote: Quote) -> None:
    """Refuse what was written against an agreement that says something else by now."""
    if quote.amends is None:
        return
    Agreement.objects.select_for_update(of=("self",)).get(pk=quote.amends.agreement_id)
    if amending.was_changed(quote):
        raise Conflict(amending.CHANGED)


def _same(known: Answer, document: dict, signature: Signature) -> bool:
    """Whether a second press of the same person says the same as the first."""
    return (
        known.verdict == Answer.Verdict.ACCEPTED
        and known.contact_id == signature.contact.pk
        and known.digest == quoting.digest_of(document)
    )


def _choice(
    version: QuoteVersion, wanted: Wanted, at: datetime
) -> tuple[queries.Choice, date | None]:
    content = queries.content_of(version)
    option = content.option(wanted.option)
    if option is None:
        raise Refused("Choose one of the options.", field="option")
    optional = {line.key for line in content.lines_of(option.key) if line.optional}
    choice = queries.choice_of(
        content, option, optional & set(wanted.ticked), version.quote.currency
    )
    recurring = any(not one.line.is_once for one in choice.chosen) or version.quote.amends_id
    return choice, _start(version, wanted, at) if recurring else None


def _start(version: QuoteVersion, wanted: Wanted, at: datetime) -> date:
    """From when on: as was wished, not before what was offered and not in the past."""
    today = local_date(at, version.quote.client.zone)
    first = max(version.starts_on or today, today)
    if wanted.starts_on is None:
        return first
    if wanted.starts_on < first:
        raise Refused(f"It can start on {first} at the earliest.", field="starts_on")
    if wanted.starts_on > first + timedelta(days=366):
        raise Refused("It starts within a year, or ask us for a new quote.", field="starts_on")
    return wanted.starts_on


def _agreed_lines(answer: Answer) -> list[LineInput]:
    """The lines an agreement carries, as accepted, with the keys they had in the quote."""
    choice = queries.accepted_choice(answer)
    wanted = [one.line for one in choice.chosen if not one.line.is_once] if choice else []
    if not wanted:
        return []
    starts_on = date.fromisoformat(answer.document["accepted"]["starts_on"])
    services = Service.objects.in_bulk([line.service_id for line in wanted if line.service_id])
    offer = Offer.objects.filter(pk=choice.option.offer_id or 0).first() if choice else None
    return [
        LineInput(
            line.description, line.terms.kind, write_terms(line.agreed(starts_on)),
            services.get(line.service_id or 0), line_key=uuid.UUID(line.key), offer=offer,
        )
        for line in wanted
    ]  # fmt: skip


def _drafted(
    quote: Quote, answer: Answer, lines: list[LineInput], by: Actor, at: datetime
) -> AgreementVersion:
    told, source = answer.document["accepted"], answer.quote_version
    starts_on = date.fromisoformat(told["starts_on"])
    months = source.term_months
    ends_on = anchored(starts_on, months) if months else None
    agreement = draft_agreement(
        client=quote.client, name=quote.name, starts_on=starts_on, ends_on=ends_on,
        currency=quote.currency, by=by, at=at,
    )  # fmt: skip
    version = change_draft(
        version=agreement.versions.get(), name=quote.name, effective_on=starts_on,
        ends_on=ends_on, note=f"As accepted with the quote {quote.number}, {told['option_name']}.",
        renews_months=source.renews_months, notice_days=source.notice_days, by=by, at=at,
    )  # fmt: skip
    return set_lines(version=version, lines=lines, level_version=source.level_version, by=by, at=at)


def _published(quote: Quote, version: AgreementVersion, by: Actor, at: datetime) -> str:
    """Publish where that was agreed; why it is a draft still, otherwise."""
    source = queries.sent_version(quote)
    if source is None or source.becomes != QuoteVersion.Becomes.PUBLISHED:
        return ""
    try:
        with transaction.atomic():
            publish(version=version, by=by, at=at)
    except Refused as error:
        return f"The agreement is a draft still: {error.reason}"
    return ""


def _note(quote: Quote, text: str) -> None:
    quote.conversion_note = text[:400]
    quote.save(update_fields=["conversion_note"])
