"""The words of the mails this room sends."""

from dataclasses import dataclass

from django.template.loader import render_to_string

from contracts.clients.models import Contact


@dataclass(frozen=True)
class Letter:
    """What a mail says."""

    subject: str
    text: str


def invitation(contact: Contact, msp_name: str, link: str) -> Letter:
    """The way into the portal."""
    given = {"contact": contact, "msp_name": msp_name, "link": link}
    text = render_to_string("clients/mail/invitation.txt", given)
    return Letter(f"Your access to {msp_name}", text.strip() + "\n")
