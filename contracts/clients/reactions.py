"""What follows from what was told about a client's people."""

from django.urls import reverse

from contracts.clients import events, papers
from contracts.clients.models import Contact
from tenants import context
from tenants.journal.registry import Told, reacts_to
from tenants.notices import actions as notices
from tenants.people import actions as people
from tenants.people import tokens


@reacts_to(events.PortalOpened)
def mail_the_invitation(event: events.PortalOpened, told: Told) -> None:
    """Who was let in by us gets a link; the mail and its token are one transaction."""
    contact = Contact.objects.select_related("client", "person").get(pk=event.contact_id)
    if not event.invited or not contact.portal_role or contact.person is None:
        return
    token = tokens.new_link(
        person=contact.person, purpose="invite", at=told.at, hours=people.INVITE_HOURS
    )
    link = context.address(reverse("link-open", args=[token]))
    letter = papers.invitation(contact, context.current().name, link)
    notices.mail(
        key=f"portal-invited:{told.entry_id}", to=contact.email, subject=letter.subject,
        text=letter.text, at=told.at,
    )  # fmt: skip
