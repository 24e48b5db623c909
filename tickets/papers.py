"""The words of the mails this room sends: plain text that reads well in any mail program."""

from dataclasses import dataclass

from django.template.loader import render_to_string

from tickets.models import Message, Ticket


@dataclass(frozen=True)
class Letter:
    """What a mail says; who gets it and when is the reaction's."""

    subject: str
    text: str


def received(ticket: Ticket, msp_name: str, link: str) -> Letter:
    """Your request is here."""
    return _letter("received", ticket, msp_name, link)


def replied(ticket: Ticket, message: Message, msp_name: str, link: str) -> Letter:
    """An answer to your request."""
    return _letter("replied", ticket, msp_name, link, message=message)


def resolved(ticket: Ticket, message: Message | None, msp_name: str, link: str) -> Letter:
    """We think it is fixed; tell us if not."""
    return _letter("resolved", ticket, msp_name, link, message=message)


def _letter(name: str, ticket: Ticket, msp_name: str, link: str, **more: object) -> Letter:
    text = render_to_string(
        f"tickets/mail/{name}.txt", {"ticket": ticket, "msp_name": msp_name, "link": link, **more}
    )
    return Letter(f"[#{ticket.number}] {ticket.subject}", text.strip() + "\n")
