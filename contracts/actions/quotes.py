"""Quotes: writing, sending, changing and withdrawing them.

A version that was sent is never edited; a change makes the next. While it is being written the
one that was sent can still be accepted.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from contracts import events
from contracts.clients.models import Client, Contact
from contracts.models import Quote, QuoteVersion, Roadmap
from contracts.queries import amending
from contracts.queries import quotes as queries
from contracts.queries.written_quotes import OptionInput, QuotedInput, written_content
from contracts.rules import quoting
from msp.kit.money import minor_units
from msp.kit.periods import day_start, local_date
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce

VERSION_FIELDS = frozenset(
    {
        "intro", "terms", "level_version", "valid_until_on", "starts_on", "term_months",
        "renews_months", "notice_days", "becomes",
    }
)  # fmt: skip
LONGEST_TEXT = 20_000
FIRST_OPTION = "a"
MOST_TRIES = 20
LONGEST_AHEAD = timedelta(days=3 * 366)


@transaction.atomic
def draft_quote(
    *, client: Client, name: str, contact: Contact | None = None, currency: str | None = None,
    roadmap: Roadmap | None = None, becomes: str = QuoteVersion.Becomes.DRAFT, by: Actor,
    at: datetime,
) -> Quote:  # fmt: skip
    """Begin a quote with an empty first version. Its number follows the last one without a gap."""
    if client.archived_at is not None:
        raise Conflict(f"{client.name} is archived.", field="client")
    quote = Quote(
        client=client, name=_name(name), contact=_contact(client, contact), roadmap=roadmap,
        currency=_currency(currency or client.currency),
        owner_id=by.id if by.kind == "person" else None, created_at=at,
    )  # fmt: skip
    _numbered(quote)
    content = quoting.Content((quoting.Option(FIRST_OPTION, quote.name[:80]),))
    QuoteVersion.objects.create(
        quote=quote, number=1, content=quoting.write_content(content), becomes=becomes,
        created_at=at,
    )  # fmt: skip
    announce(events.QuoteDrafted(quote.pk, client.pk, quote.number, quote.name), by=by, at=at)
    return quote


@transaction.atomic
def write_quote(
    *, version: QuoteVersion, options: Sequence[OptionInput], lines: Sequence[QuotedInput],
    name: str | None = None, contact: Contact | None = None, by: Actor, at: datetime, **said: Any,
) -> QuoteVersion:  # fmt: skip
    """Write a draft whole; what stood there before is replaced. `said` are the version's fields."""
    version = _locked_draft(version)
    quote = version.quote
    version.content = quoting.write_content(written_content(options, lines, quote.currency))
    unknown = set(said) - VERSION_FIELDS
    if unknown:
        raise TypeError(f"A quote has no {sorted(unknown)[0]}.")
    for field, value in said.items():
        setattr(version, field, value)
    _check_said(version)
    version.save()
    quote.name = _kept_name(quote, name)
    quote.contact = _contact(quote.client, contact)
    quote.save(update_fields=["name", "contact"])
    announce(
        events.QuoteChanged(quote.pk, quote.client_id, quote.number, version.number), by=by, at=at
    )
    return version


@transaction.atomic
def send_quote(*, version: QuoteVersion, by: Actor, at: datetime) -> Quote:
    """Seal a draft and put it before the client; from here on only the next version differs."""
    version = _locked_draft(version)
    quote = version.quote
    _sendable(version, at)
    version.sent_at, version.digest = at, quoting.digest_of(queries.document_of(version))
    version.save(update_fields=["sent_at", "digest"])
    last_on = version.valid_until_on
    quote.expires_at = day_start(last_on + timedelta(days=1), quote.client.zone)
    quote.state, quote.sent_at = Quote.State.SENT, at
    quote.viewed_at = quote.closed_at = None
    quote.save(update_fields=["state", "sent_at", "viewed_at", "closed_at", "expires_at"])
    announce(
        events.QuoteSent(
            quote.pk, quote.client_id, quote.contact_id, quote.number, version.number,
            last_on.isoformat(),
        ),
        by=by, at=at,
    )  # fmt: skip
    return quote


@transaction.atomic
def revise_quote(*, quote: Quote, by: Actor, at: datetime) -> QuoteVersion:
    """A draft of the next version, a copy of the last; the one that was sent stays as it is."""
    quote = _locked(quote)
    if quote.state == Quote.State.ACCEPTED:
        raise Conflict("It was accepted. What changes now is an amendment or a new quote.")
    if queries.draft_of(quote) is not None:
        raise Conflict("There is a draft already. Send or drop it first.")
    last = queries.newest(quote)
    version = QuoteVersion.objects.create(
        quote=quote,
        number=last.number + 1,
        content=last.content,
        created_at=at,
        **{field: getattr(last, field) for field in sorted(VERSION_FIELDS)},
    )
    announce(
        events.QuoteRevised(quote.pk, quote.client_id, quote.number, version.number), by=by, at=at
    )
    return version


@transaction.atomic
def drop_draft(*, version: QuoteVersion, by: Actor, at: datetime) -> None:
    """Drop a version that was never sent; a first one is withdrawn with its quote instead."""
    version = _locked_draft(version)
    quote = version.quote
    if version.number == 1:
        raise Refused("A first version is not dropped. Withdraw the quote instead.")
    announce(
        events.QuoteDraftDropped(quote.pk, quote.client_id, quote.number, version.number),
        by=by, at=at,
    )  # fmt: skip
    version.delete()


@transaction.atomic
def withdraw_quote(*, quote: Quote, by: Actor, at: datetime) -> Quote:
    """Take an offer back; nobody can accept it from this instant on."""
    quote = _locked(quote)
    if quote.state not in (Quote.State.DRAFT, *quoting.OPEN):
        raise Conflict(quoting.closed_because(quote.state, None, at))
    quote.state, quote.closed_at = Quote.State.WITHDRAWN, at
    quote.save(update_fields=["state", "closed_at"])
    announce(events.QuoteWithdrawn(quote.pk, quote.client_id, quote.number), by=by, at=at)
    return quote


@transaction.atomic
def expire_quote(*, quote: Quote, by: Actor, at: datetime) -> bool:
    """Close a quote whose last day is over; True for the one caller who did."""
    quote = _locked(quote)
    due = quote.expires_at is not None and quote.expires_at <= at
    if quote.state not in quoting.OPEN or not due:
        return False
    quote.state, quote.closed_at = Quote.State.EXPIRED, at
    quote.save(update_fields=["state", "closed_at"])
    last_on = local_date(quote.expires_at - timedelta(seconds=1), quote.client.zone)
    announce(
        events.QuoteExpired(
            quote.pk, quote.client_id, quote.number, quote.name, last_on.isoformat()
        ),
        by=by, at=at,
    )  # fmt: skip
    return True


@transaction.atomic
def note_viewed(*, quote: Quote, by: Actor, at: datetime) -> bool:
    """Note that somebody of the client opened it, the first time only."""
    if quote.state != Quote.State.SENT:
        return False
    quote = _locked(quote)
    if quote.state != Quote.State.SENT:
        return False
    quote.state, quote.viewed_at = Quote.State.VIEWED, at
    quote.save(update_fields=["state", "viewed_at"])
    announce(events.QuoteViewed(quote.pk, quote.client_id, quote.number), by=by, at=at)
    return True


def _numbered(quote: Quote) -> None:
    """Save it under the next number. Whoever is first with one makes the others wait, and take the
    next once it is committed, or this one if it was given back: so there is no gap."""
    for _ in range(MOST_TRIES):
        last = Quote.objects.order_by("-serial").values_list("serial", flat=True).first()
        quote.serial = (last or 0) + 1
        quote.number = f"Q-{quote.serial:04}"
        try:
            with transaction.atomic():
                quote.save(force_insert=True)
        except IntegrityError as error:
            if "serial" not in str(error):
                raise
        else:
            return
    raise Conflict("Many quotes are being begun at once. Try again in a moment.")


def _locked(quote: Quote) -> Quote:
    rows = Quote.objects.select_for_update(of=("self",)).select_related("client", "contact")
    return rows.get(pk=quote.pk)


def _locked_draft(version: QuoteVersion) -> QuoteVersion:
    quote = _locked(version.quote)
    found = QuoteVersion.objects.select_related("level_version__level").filter(pk=version.pk)
    version = found.first() or version
    if version.pk is None or version.sent_at is not None:
        raise Conflict(f"Version {version.number} was sent and is never edited. Revise it.")
    if quote.state == Quote.State.ACCEPTED:
        raise Conflict("The quote was accepted meanwhile; nothing of it changes any more.")
    version.quote = quote
    return version


def _name(name: str) -> str:
    said = " ".join(name.split())
    if not said:
        raise Refused("A quote needs a name.", field="name")
    if len(said) > 120:
        raise Refused("At most 120 characters.", field="name")
    return said


def _kept_name(quote: Quote, name: str | None) -> str:
    """What it is called; once it was sent the client knows it by that name, so it keeps it."""
    said = quote.name if name is None else _name(name)
    if quote.sent_at is not None and said != quote.name:
        raise Refused("It was sent under another name and keeps that one.", field="name")
    return said


def _contact(client: Client, contact: Contact | None) -> Contact | None:
    if contact is not None and contact.client_id != client.pk:
        raise Refused(f"{contact.name} is not of {client.name}.", field="contact")
    return contact


def _currency(currency: str) -> str:
    try:
        minor_units(currency)
    except ValueError:
        raise Refused(f"{currency!r:.80} is not an ISO 4217 currency.", field="currency") from None
    return currency


def _check_said(version: QuoteVersion) -> None:
    for field in ("term_months", "renews_months"):
        months = getattr(version, field)
        if months is not None and not 1 <= months <= 120:
            raise Refused("Between 1 and 120 months.", field=field)
    if not 0 <= version.notice_days <= 730:
        raise Refused("Between 0 and 730 days.", field="notice_days")
    if version.becomes not in QuoteVersion.Becomes.values:
        raise Refused("An acceptance cannot become that.", field="becomes")
    for field in ("intro", "terms"):
        text = getattr(version, field).replace("\x00", "")
        if len(text) > LONGEST_TEXT:
            raise Refused(f"At most {LONGEST_TEXT} characters.", field=field)
        setattr(version, field, text)


def _sendable(version: QuoteVersion, at: datetime) -> None:
    """Refuse what could not be kept once it is accepted."""
    today = local_date(at, version.quote.client.zone)
    if version.valid_until_on is None:
        raise Refused("Say until when it is valid.", field="valid_until_on")
    if version.valid_until_on < today:
        raise Refused(f"It must be valid today, {today}, at least.", field="valid_until_on")
    if version.starts_on is not None and version.starts_on < today:
        raise Refused(f"{version.starts_on} is past.", field="starts_on")
    for field in ("valid_until_on", "starts_on"):
        if (getattr(version, field) or today) > today + LONGEST_AHEAD:
            raise Refused("At most three years ahead.", field=field)
    if amending.was_changed(version.quote):
        raise Conflict(
            "The agreement was changed since this was written. Withdraw it and quote the change"
            " anew."
        )
    found = quoting.findings(queries.content_of(version))
    if found:
        raise Refused(found[0].reason, field=found[0].field)
