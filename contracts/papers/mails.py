"""The mails that bring a quote, ask to approve a version, or tell what becomes of an agreement."""

from dataclasses import dataclass

from django.template.loader import render_to_string
from django.urls import reverse

from contracts.models import Agreement, AgreementVersion, QuoteVersion
from tenants.context import address, current


@dataclass(frozen=True)
class Letter:
    """What a mail says."""

    subject: str
    text: str


def quote(version: QuoteVersion) -> Letter:
    """The way to a quote, and until when it holds."""
    found = version.quote
    given = {
        "quote": found,
        "version": version,
        "msp_name": current().name,
        "link": address(reverse("portal-quote", args=[found.number])),
    }
    text = render_to_string("contracts/mail/quote.txt", given)
    return Letter(f"{found.number}: {found.name}, from {current().name}", text.strip() + "\n")


def approval(version: AgreementVersion) -> Letter:
    """The way to a version of an agreement that waits for the client's word."""
    given = {
        "agreement": version.agreement,
        "version": version,
        "msp_name": current().name,
        "link": address(reverse("portal-approval", args=[version.agreement_id])),
    }
    text = render_to_string("contracts/mail/approval.txt", given)
    subject = f"Please look at version {version.number} of {version.agreement.name}"
    return Letter(subject, text.strip() + "\n")


SUBJECTS = {
    "renewed": "{name} goes on",
    "notice": "{name} ends",
    "ending": "{name}: what happens at its last day",
}


def term(agreement: Agreement, what: str, words: str) -> Letter:
    """What became, or becomes, of an agreement at its last day. `words` are its term, said."""
    given = {
        "agreement": agreement,
        "what": what,
        "words": words,
        "msp_name": current().name,
        "link": address(reverse("portal-agreement")),
    }
    text = render_to_string("contracts/mail/term.txt", given)
    return Letter(SUBJECTS[what].format(name=agreement.name), text.strip() + "\n")
