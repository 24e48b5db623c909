"""Changing an agreement by a quote: written against one version, accepted, and the next version."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction

from contracts import events
from contracts.actions.agreements import LineInput, amend, change_draft, publish, set_lines
from contracts.actions.quotes import draft_quote, write_quote
from contracts.models import Agreement, AgreementLine, AgreementVersion, Answer, Quote, QuoteVersion
from contracts.queries import amending as queries
from contracts.queries.written_quotes import OptionInput, QuotedInput
from msp.kit.periods import local_date
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce


@transaction.atomic
def quote_amendment(*, agreement: Agreement, by: Actor, at: datetime) -> Quote:
    """The draft of a quote that begins as the agreement stands, to be changed line by line."""
    rows = Agreement.objects.select_for_update(of=("self",)).select_related("client")
    agreement = rows.get(pk=agreement.pk)
    base = agreement.versions.select_related("level_version").order_by("-number").first()
    if agreement.state != Agreement.State.ACTIVE or base is None:
        raise Conflict("Only an agreement in effect can be changed by a quote.")
    if base.published_at is None:
        raise Conflict("There is a draft already. Publish or discard it first.")
    base.agreement = agreement
    today = local_date(at, agreement.client.zone)
    quote = draft_quote(
        client=agreement.client, name=f"Change of {agreement.name}"[:120],
        currency=agreement.currency, becomes=QuoteVersion.Becomes.PUBLISHED, by=by, at=at,
    )  # fmt: skip
    quote.amends = base
    quote.save(update_fields=["amends"])
    write_quote(
        version=quote.versions.get(), options=[OptionInput(agreement.name[:80])],
        lines=[
            QuotedInput(
                line.description, line.kind, line.facts, quantity, service=line.service,
                key=str(line.line_key),
            )
            for line, quantity in queries.quotable(base, today)
        ],
        level_version=base.level_version, starts_on=max(base.effective_on, today) + timedelta(1),
        by=by, at=at,
    )  # fmt: skip
    announce(
        events.AmendmentQuoted(
            agreement.pk, agreement.client_id, quote.pk, agreement.name, quote.number
        ),
        by=by, at=at,
    )  # fmt: skip
    return quote


@transaction.atomic
def amend_as_quoted(
    *, quote: Quote, answer: Answer, lines: list[LineInput], by: Actor, at: datetime
) -> AgreementVersion:
    """The next version of the agreement, with exactly what was accepted.

    Its lines keep their keys, and those the quote never spoke of, such as hours that are bought
    already, go on as they are.
    """
    base, source = quote.amends, answer.quote_version
    if base is None or source is None or queries.was_changed(quote):
        raise Conflict(queries.CHANGED)
    told = answer.document["accepted"]
    starts_on = date.fromisoformat(told["starts_on"])
    agreement = base.agreement
    version = amend(agreement=agreement, effective_on=starts_on, by=by, at=at)
    change_draft(
        version=version, name=agreement.name, effective_on=starts_on, ends_on=agreement.ends_on,
        note=f"As accepted with the quote {quote.number}, {told['option_name']}.",
        renews_months=base.renews_months, notice_days=base.notice_days,
        uplift_percent=base.uplift_percent, by=by, at=at,
    )  # fmt: skip
    set_lines(
        version=version, lines=[*_with_levels(base, lines), *_kept(base)],
        level_version=source.level_version, by=by, at=at,
    )  # fmt: skip
    quote.amended = version
    quote.save(update_fields=["amended"])
    announce(
        events.QuoteConverted(
            quote.pk, quote.client_id, agreement.pk, quote.number, agreement.number
        ),
        by=by, at=at,
    )  # fmt: skip
    if source.becomes == QuoteVersion.Becomes.PUBLISHED:
        _publish(quote, version, by, at)
    return version


def _with_levels(base: AgreementVersion, lines: list[LineInput]) -> list[LineInput]:
    """A line that was there keeps the promise it had of its own, and the tier it came of."""
    rows = base.lines.select_related("level_version", "offer")
    before = {row.line_key: row for row in rows}
    return [_as_before(one, before.get(one.line_key)) for one in lines]


def _as_before(line: LineInput, row: AgreementLine | None) -> LineInput:
    if row is None:
        return line
    return replace(line, level_version=row.level_version, offer=line.offer or row.offer)


def _kept(base: AgreementVersion) -> list[LineInput]:
    return [
        LineInput(
            line.description, line.kind, line.facts, line.service, line.level_version,
            line.line_key, line.offer,
        )
        for line in queries.paid_ahead(base)
    ]  # fmt: skip


def _publish(quote: Quote, version: AgreementVersion, by: Actor, at: datetime) -> None:
    """In effect from the day that was agreed; where it cannot be it stays a draft, and why."""
    try:
        with transaction.atomic():
            publish(version=version, by=by, at=at)
    except Refused as error:
        quote.conversion_note = f"The change is a draft still: {error.reason}"[:400]
        quote.save(update_fields=["conversion_note"])
