"""People at a client: who they are, whether they count as users, whether they enter the portal."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from contracts.clients import events
from contracts.clients.actions import register
from contracts.clients.models import Client, Contact, Site
from msp.kit import edits
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce
from tenants.people import actions as people
from tenants.people.models import Person

USER = "user"
_FIELDS = {"name", "email", "phone", "title", "site"}
_WORDS = {"email": "the e-mail address", "title": "the job title"}


@transaction.atomic
def add_contact(
    *, client: Client, name: str, email: str = "", phone: str = "", title: str = "",
    site: Site | None = None, counts_from_on: date | None = None, by: Actor, at: datetime,
) -> Contact:  # fmt: skip
    """One more person at a client; with `counts_from_on` a user in the sense of the bill."""
    if client.archived_at is not None:
        raise Conflict(f"{client.name} is archived.", field="client")
    contact = Contact(
        client=client, name=name.strip(), email=email.strip().lower(), phone=phone, title=title,
        site=site, created_at=at,
    )  # fmt: skip
    _save(contact)
    announce(events.ContactAdded(contact.pk, client.pk, contact.name), by=by, at=at)
    if counts_from_on is not None:
        start_counting(contact=contact, on=counts_from_on, by=by, at=at)
        contact.refresh_from_db(fields=["counts_from_on", "counts_until_on"])
    return contact


@transaction.atomic
def change_contact(*, contact: Contact, by: Actor, at: datetime, **fields: Any) -> Contact:
    """Change what is known of a contact; the register learns a new name or site of a user."""
    contact = _locked(contact)
    if "email" in fields:
        fields["email"] = fields["email"].strip().lower()
        if contact.portal_role and fields["email"] != contact.email:
            raise Refused(
                "The address is what they sign in with. End the portal access first.",
                field="email",
            )
    changed = edits.apply(contact, fields, _FIELDS)
    if not changed:
        return contact
    _save(contact)
    if "name" in changed:
        register.rename(
            unit_type=USER, unit_id=contact.pk, name=contact.name, source="manual", at=at
        )
    _tell_change(contact, edits.said(changed, _WORDS), by, at)
    return contact


@transaction.atomic
def archive_contact(*, contact: Contact, by: Actor, at: datetime) -> None:
    """The person left the client: no portal any more; counting must have an end by then."""
    contact = _locked(contact)
    if contact.archived_at is not None:
        raise Conflict(f"{contact.name} is archived already.")
    if contact.counts_from_on is not None and contact.counts_until_on is None:
        raise Refused(f"{contact.name} still counts as a user. End that first.")
    if contact.portal_role:
        close_portal(contact=contact, by=by, at=at)
        contact.refresh_from_db()
    contact.archived_at = at
    contact.save(update_fields=["archived_at"])
    announce(events.ContactArchived(contact.pk, contact.client_id, contact.name), by=by, at=at)


@transaction.atomic
def start_counting(*, contact: Contact, on: date, by: Actor, at: datetime) -> None:
    """From this date the person is a user the agreement may charge for."""
    contact = _locked(contact)
    if contact.archived_at is not None:
        raise Conflict(f"{contact.name} is archived.")
    if contact.counts_from_on is not None and contact.counts_until_on is None:
        raise Refused(f"{contact.name} counts since {contact.counts_from_on} already.", field="on")
    if contact.counts_until_on is not None and on < contact.counts_until_on:
        raise Refused(f"{contact.name} counted until {contact.counts_until_on}.", field="on")
    contact.counts_from_on, contact.counts_until_on = on, None
    contact.save(update_fields=["counts_from_on", "counts_until_on"])
    register.begin(
        unit_type=USER, unit_id=contact.pk, unit_class=USER, name=contact.name,
        client_id=contact.client_id, site_id=contact.site_id, starts_on=on, source="manual", at=at,
    )  # fmt: skip
    announce(
        events.UserCounted(contact.pk, contact.client_id, contact.name, on.isoformat()),
        by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def stop_counting(*, contact: Contact, on: date, by: Actor, at: datetime) -> None:
    """From this date the person no longer counts; the same date as the start annuls it."""
    contact = _locked(contact)
    if contact.counts_from_on is None:
        raise Refused(f"{contact.name} does not count as a user.", field="on")
    if on < contact.counts_from_on:
        raise Refused(
            f"{contact.name} counts from {contact.counts_from_on}; the end cannot be before.",
            field="on",
        )
    contact.counts_until_on = on
    contact.save(update_fields=["counts_until_on"])
    register.cut(unit_type=USER, unit_id=contact.pk, on=on, source="manual", at=at)
    announce(
        events.UserNoLongerCounted(contact.pk, contact.client_id, contact.name, on.isoformat()),
        by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def open_portal(
    *, contact: Contact, role: str, by: Actor, at: datetime, password: str | None = None
) -> Person:
    """Let a contact into the portal, or change their role there.

    Somebody who comes in anew without a password is mailed a link by a reaction.
    """
    contact = _locked(contact)
    invited = not contact.portal_role and password is None
    if contact.archived_at is not None:
        raise Conflict(f"{contact.name} is archived.")
    if not contact.email:
        raise Refused(f"{contact.name} has no e-mail address to sign in with.", field="email")
    if role not in Contact.Portal.values or not role:
        raise Refused(f"There is no portal role {role!r:.80}.", field="role")
    person = _admitted(contact, role, by, at, password)
    contact.portal_role, contact.person = role, person
    contact.save(update_fields=["portal_role", "person"])
    announce(
        events.PortalOpened(contact.pk, contact.client_id, contact.name, role, invited),
        by=by, at=at,
    )  # fmt: skip
    return person


@transaction.atomic
def close_portal(*, contact: Contact, by: Actor, at: datetime) -> None:
    """End portal access now, sessions included; the person stays known for what they wrote."""
    contact = _locked(contact)
    if not contact.portal_role:
        raise Conflict(f"{contact.name} has no portal access.")
    contact.portal_role = ""
    contact.save(update_fields=["portal_role"])
    if contact.person is not None and contact.person.is_active:
        people.deactivate(person=contact.person, by=by, at=at)
    announce(events.PortalClosed(contact.pk, contact.client_id, contact.name), by=by, at=at)


def _admitted(contact: Contact, role: str, by: Actor, at: datetime, password: str | None) -> Person:
    person = contact.person
    if person is not None and person.email != contact.email:
        person = None
    if person is None:
        return people.invite(
            email=contact.email, name=contact.name, role=role, kind=Person.Kind.PORTAL,
            zone=contact.client.zone, password=password, by=by, at=at,
        )  # fmt: skip
    if not person.is_active:
        people.reactivate(person=person, by=by, at=at)
    if person.role != role:
        people.change_role(person=person, role=role, by=by, at=at)
    return person


def _locked(contact: Contact) -> Contact:
    return (
        Contact.objects.select_for_update(of=("self",))
        .select_related("client", "person")
        .get(pk=contact.pk)
    )


def _save(contact: Contact) -> None:
    if not contact.name:
        raise Refused("A contact needs a name.", field="name")
    if contact.site is not None and contact.site.client_id != contact.client_id:
        raise Refused("That site belongs to another client.", field="site")
    try:
        with transaction.atomic():
            contact.save()
    except IntegrityError as error:
        raise Refused(
            f"{contact.email} belongs to another contact already.", field="email"
        ) from error


def _tell_change(contact: Contact, what: str, by: Actor, at: datetime) -> None:
    announce(events.ContactChanged(contact.pk, contact.client_id, contact.name, what), by=by, at=at)
