"""What follows from quotes and approvals: mails to the client, notices to those who sell."""

from django.urls import reverse

from contracts import events
from contracts.clients.models import Contact
from contracts.models import Agreement, AgreementVersion, Quote
from contracts.papers import mails
from contracts.queries import agreements
from contracts.queries import quotes as queries
from contracts.queries.renewals import term_of
from contracts.rules.renewing import said
from msp.kit.periods import local_date
from tenants import context
from tenants.journal.registry import Told, reacts_to
from tenants.notices import actions as notices
from tenants.people.models import Person
from tenants.people.rules.roles import Permission, PortalRight, permissions_of, portal_roles


@reacts_to(events.QuoteSent)
def mail_the_quote(event: events.QuoteSent, told: Told) -> None:
    """To whom it is for, else to everybody of the client who may answer."""
    quote = Quote.objects.select_related("client", "contact").get(pk=event.quote_id)
    version = queries.sent_version(quote)
    if version is None or version.number != event.version:
        return
    letter = mails.quote(version)
    for contact in _readers(event.client_id, event.contact_id):
        notices.mail(
            key=f"quote:{quote.pk}:{event.version}:{contact.pk}", to=contact.email,
            subject=letter.subject, text=letter.text, at=told.at,
        )  # fmt: skip


@reacts_to(events.ApprovalAsked)
def mail_the_request(event: events.ApprovalAsked, told: Told) -> None:
    version = (
        AgreementVersion.objects.select_related("agreement")
        .filter(agreement_id=event.agreement_id, number=event.number)
        .first()
    )
    if version is None or version.approval_asked_at is None:
        return
    letter = mails.approval(version)
    for contact in _readers(event.client_id, None):
        notices.mail(
            key=f"approval:{told.entry_id}:{contact.pk}", to=contact.email,
            subject=letter.subject, text=letter.text, at=told.at,
        )  # fmt: skip


@reacts_to(events.QuoteAccepted)
def tell_of_acceptance(event: events.QuoteAccepted, told: Told) -> None:
    _tell_sellers(
        f"quote:{event.quote_id}:accepted", event.quote_id, told,
        f"{told.by.name} accepted {event.number} {event.name}, {event.option}.",
    )  # fmt: skip


@reacts_to(events.QuoteDeclined)
def tell_of_refusal(event: events.QuoteDeclined, told: Told) -> None:
    _tell_sellers(
        f"quote:{event.quote_id}:{told.entry_id}", event.quote_id, told,
        f"{told.by.name} declined {event.number} {event.name}: {event.reason}",
    )  # fmt: skip


@reacts_to(events.QuoteAccepted, events.QuoteDeclined)
def tell_webhooks(event: events.QuoteAccepted | events.QuoteDeclined, told: Told) -> None:
    quote = Quote.objects.select_related("client").get(pk=event.quote_id)
    accepted = isinstance(event, events.QuoteAccepted)
    notices.publish(
        kind="quote.accepted" if accepted else "quote.declined", key=f"entry:{told.entry_id}",
        payload={
            "number": quote.number, "name": quote.name, "client": quote.client.name,
            "url": context.address(reverse("quote", args=[quote.pk])),
        },
        at=told.at,
    )  # fmt: skip


@reacts_to(events.QuoteExpired)
def tell_of_expiry(event: events.QuoteExpired, told: Told) -> None:
    _tell_sellers(
        f"quote:{event.quote_id}:{told.entry_id}", event.quote_id, told,
        f"Nobody answered {event.number} {event.name}; {event.last_on} was its last day.",
    )  # fmt: skip


@reacts_to(events.VersionApproved, events.VersionDeclined)
def tell_of_the_word(event: events.VersionApproved | events.VersionDeclined, told: Told) -> None:
    said = "declined" if isinstance(event, events.VersionDeclined) else "approved"
    text = f"{told.by.name} {said} version {event.number} of {event.name}."
    for person in _sellers():
        notices.tell(
            person_id=person.pk, key=f"approval:{told.entry_id}", reason="Agreements", text=text,
            url=reverse("agreement", args=[event.agreement_id]), at=told.at,
        )  # fmt: skip


def _tell_sellers(key: str, quote_id: int, told: Told, text: str) -> None:
    """Whoever wrote it and whoever may write agreements."""
    owner_id = Quote.objects.filter(pk=quote_id).values_list("owner_id", flat=True).first()
    for pk in {one.pk for one in _sellers()} | ({owner_id} if owner_id else set()):
        notices.tell(
            person_id=pk, key=key, reason="Quotes", text=text,
            url=reverse("quote", args=[quote_id]), at=told.at,
        )  # fmt: skip


def _sellers() -> list[Person]:
    rows = Person.objects.filter(kind=Person.Kind.STAFF, is_active=True)
    return [one for one in rows if Permission.AGREEMENT_EDIT in permissions_of(one.role)]


@reacts_to(events.AgreementRenewed, events.NoticeGiven, events.AgreementEnding)
def mail_what_becomes_of_it(
    event: events.AgreementRenewed | events.NoticeGiven | events.AgreementEnding, told: Told
) -> None:
    """Whoever answers for the client hears of renewal, notice and end; each once (T9)."""
    agreement = Agreement.objects.select_related("client").get(pk=event.agreement_id)
    what = {events.AgreementRenewed: "renewed", events.NoticeGiven: "notice"}.get(
        type(event), "ending"
    )
    version = agreements.version_on(agreement, local_date(told.at, agreement.client.zone))
    letter = mails.term(agreement, what, said(term_of(agreement, version)))
    addresses = [contact.email for contact in _readers(event.client_id, None)]
    for address in addresses or filter(None, [agreement.client.billing_email]):
        notices.mail(
            key=f"agreement:{told.entry_id}:{address}"[:120], to=address,
            subject=letter.subject, text=letter.text, at=told.at,
        )  # fmt: skip


def _readers(client_id: int, contact_id: int | None) -> list[Contact]:
    """The contact it is for, else those of the client who may answer; only with an address."""
    rows = Contact.objects.filter(client_id=client_id, archived_at=None).exclude(email="")
    named = list(rows.filter(pk=contact_id)) if contact_id is not None else []
    if named:
        return named
    return list(rows.filter(portal_role__in=portal_roles(PortalRight.OFFERS_ANSWER)))
