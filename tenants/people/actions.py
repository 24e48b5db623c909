"""Writing about people: inviting, changing, ending, keys."""

import secrets
from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from knox.crypto import hash_token
from knox.settings import CONSTANTS

from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.journal.announce import announce
from tenants.people import events, tokens
from tenants.people.models import ApiKey, Person, SignInLink, Team
from tenants.people.queries import team_in_use
from tenants.people.rules.roles import PORTAL_ROLES, ROLES, permissions_of
from tenants.people.rules.scopes import SCOPES, beyond

INVITE_HOURS = 72
LINK_HOURS = 1
PREFIX = 12  # characters of a key that the list shows


@transaction.atomic
def invite(
    *, email: str, name: str, role: str, by: Actor, at: datetime, kind: str = "staff",
    zone: str = "", password: str | None = None,
) -> Person:  # fmt: skip
    """Let somebody sign in. Without a password they come in by their invitation link."""
    known = PORTAL_ROLES if kind == Person.Kind.PORTAL else ROLES
    if role not in known:
        raise Refused(f"There is no role {role!r}.", field="role")
    person = Person(
        email=email.strip().lower(), name=name.strip(), role=role, kind=kind, zone=zone,
        created_at=at,
    )  # fmt: skip
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        raise Refused(f"{email} already has access here.", field="email") from error
    announce(events.PersonInvited(person.pk, person.email, role), by=by, at=at)
    return person


@transaction.atomic
def change_role(*, person: Person, role: str, by: Actor, at: datetime) -> None:
    """Give somebody another role; the last owner keeps theirs."""
    if role not in (PORTAL_ROLES if person.kind == Person.Kind.PORTAL else ROLES):
        raise Refused(f"There is no role {role!r}.", field="role")
    if role != "owner":
        _keep_one_owner(person)
    person.role = role
    person.save(update_fields=["role"])
    announce(events.PersonChanged(person.pk, person.email, "the role"), by=by, at=at)


@transaction.atomic
def change_account(*, person: Person, name: str, zone: str, by: Actor, at: datetime) -> None:
    """What people say about themselves."""
    person.name, person.zone = name.strip(), zone
    person.save(update_fields=["name", "zone"])
    announce(events.PersonChanged(person.pk, person.email, "the account"), by=by, at=at)


@transaction.atomic
def new_invitation(*, person: Person, by: Actor, at: datetime) -> str:
    """A fresh invitation link's token for somebody who has not come yet; older ones end."""
    if not person.is_active or person.last_login is not None:
        raise Refused("This person has signed in before. A sign-in link by mail is enough.")
    person.links.filter(used_at__isnull=True).update(expires_at=at)
    token = tokens.new_link(
        person=person, purpose=SignInLink.Purpose.INVITE, at=at, hours=INVITE_HOURS
    )
    announce(events.InvitationSent(person.pk, person.email), by=by, at=at)
    return token


@transaction.atomic
def set_theme(*, person: Person, theme: str, by: Actor, at: datetime) -> None:
    """Keep light, dark, or the system's look (empty) for somebody on every device."""
    if theme not in ("", "light", "dark"):
        raise Refused("The theme is light, dark or the system's.", field="theme")
    person.theme = theme
    person.save(update_fields=["theme"])
    announce(events.PersonChanged(person.pk, person.email, "the theme"), by=by, at=at)


@transaction.atomic
def deactivate(*, person: Person, by: Actor, at: datetime) -> None:
    """End all access now: sessions, keys and links with it."""
    _keep_one_owner(person)
    person.is_active, person.deactivated_at = False, at
    person.save(update_fields=["is_active", "deactivated_at"])
    ApiKey.objects.filter(user=person, revoked_at__isnull=True).update(revoked_at=at)
    person.links.filter(used_at__isnull=True, expires_at__gt=at).update(expires_at=at)
    for session in Session.objects.filter(expire_date__gt=at):
        if session.get_decoded().get("_auth_user_id") == str(person.pk):
            session.delete()
    announce(events.PersonDeactivated(person.pk, person.email), by=by, at=at)


@transaction.atomic
def reactivate(*, person: Person, by: Actor, at: datetime) -> None:
    """Let somebody in again whose access had ended; old sessions, keys and links stay dead."""
    person.is_active, person.deactivated_at = True, None
    person.save(update_fields=["is_active", "deactivated_at"])
    announce(events.PersonReactivated(person.pk, person.email), by=by, at=at)


def _keep_one_owner(person: Person) -> None:
    """All owners are locked in one order, so two who put each other out take turns here."""
    if person.role != "owner":
        return
    owners = Person.objects.select_for_update().filter(role="owner", is_active=True).order_by("pk")
    if all(owner.pk == person.pk for owner in owners):
        raise Refused("The last owner keeps the role. Make somebody else an owner first.")


@transaction.atomic
def send_link(*, person: Person, by: Actor, at: datetime) -> str:
    """A one-time sign-in link's token; the caller mails it."""
    token = tokens.new_link(
        person=person, purpose=SignInLink.Purpose.SIGN_IN, at=at, hours=LINK_HOURS
    )
    announce(events.SignInLinkSent(person.pk), by=by, at=at)
    return token


@transaction.atomic
def use_link(*, token: str, at: datetime) -> SignInLink:
    """Spend a link; it works once."""
    link = tokens.open_link(token, at=at)
    if link is None:
        raise Refused("This link was used already or has expired. Ask for a new one.")
    link.used_at = at
    link.save(update_fields=["used_at"])
    person = link.person
    announce(events.SignedInByLink(person.pk), by=Actor("person", person.pk, person.name), at=at)
    return link


@transaction.atomic
def note_sign_in(*, person: Person, at: datetime) -> None:
    """Tell that somebody is in, by whatever way they came."""
    announce(events.SignedIn(person.pk), by=Actor("person", person.pk, person.name), at=at)


@transaction.atomic
def set_password(*, person: Person, password: str, by: Actor, at: datetime) -> None:
    """Keep a new password; whoever was signed in with the old one is out."""
    person.set_password(password)
    person.save(update_fields=["password"])
    announce(events.PersonChanged(person.pk, person.email, "the password"), by=by, at=at)


@transaction.atomic
def note_change(*, person: Person, what: str, by: Actor, at: datetime) -> None:
    """Tell of a change the sign-in library made itself, such as a new passkey."""
    announce(events.PersonChanged(person.pk, person.email, what), by=by, at=at)


@transaction.atomic
def skip_setup(*, person: Person, by: Actor, at: datetime) -> None:
    """Lead this person to Today after signing in; the journal remembers it."""
    announce(events.SetupSkipped(person.pk), by=by, at=at)


@transaction.atomic
def create_team(*, name: str, members: list[Person], by: Actor, at: datetime) -> Team:
    """Let technicians share a queue."""
    team = _named(Team(), name)
    team.members.set(_of_staff(members))
    announce(events.TeamCreated(team.pk, team.name), by=by, at=at)
    return team


@transaction.atomic
def change_team(
    *, team: Team, name: str, members: list[Person], by: Actor, at: datetime
) -> None:  # fmt: skip
    """Call it something else, or let others share its queue; what stays the same is not told."""
    team = Team.objects.select_for_update().get(pk=team.pk)
    before, wanted = team.name, {person.pk for person in _of_staff(members)}
    if name.strip() != before:
        _named(team, name)
        announce(events.TeamRenamed(team.pk, before, team.name), by=by, at=at)
    if wanted != set(team.members.values_list("pk", flat=True)):
        team.members.set(wanted)
        announce(events.TeamMembersChanged(team.pk, team.name, len(wanted)), by=by, at=at)


@transaction.atomic
def remove_team(*, team: Team, by: Actor, at: datetime) -> None:
    """Take away a team that nothing was ever handed to; the lock keeps new work out meanwhile."""
    team = Team.objects.select_for_update().get(pk=team.pk)
    if team_in_use(team):
        raise Refused(f"{team.name} has work. Hand it to others first.")
    announce(events.TeamRemoved(team.pk, team.name), by=by, at=at)
    team.delete()


def _named(team: Team, name: str) -> Team:
    team.name = " ".join(name.split())
    if not team.name:
        raise Refused("Give the team a name.", field="name")
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as error:
        raise Refused(f"There is a team called {team.name} already.", field="name") from error
    return team


def _of_staff(people: list[Person]) -> list[Person]:
    for person in people:
        if person.kind != Person.Kind.STAFF or not person.is_active:
            raise Refused(f"{person.name} cannot share a queue.", field="members")
    return people


@transaction.atomic
def create_key(
    *, person: Person, name: str, scopes: list[str], by: Actor, at: datetime,
    expires_at: datetime | None = None, addresses: list[str] | None = None,
) -> str:  # fmt: skip
    """Make an API key and return it; it cannot be shown again."""
    wrong = sorted(set(scopes) - set(SCOPES))
    if wrong:
        raise Refused(f"There is no scope {wrong[0]!r}.", field="scopes")
    above = beyond(scopes, permissions_of(person.role))
    if above:
        raise Refused(f"{person.name} may not do {above[0]}, so the key cannot.", field="scopes")
    token = _new_token()
    ApiKey.objects.model(
        digest=hash_token(token), token_key=token[: CONSTANTS.TOKEN_KEY_LENGTH], user=person,
        expiry=expires_at, name=name, prefix=token[:PREFIX], scopes=scopes,
        addresses=addresses or [],
    ).save(force_insert=True)  # fmt: skip
    announce(events.KeyCreated(person.pk, name), by=by, at=at)
    return token


def _new_token() -> str:
    """People tell keys apart by how they begin, so no two of an MSP begin alike."""
    while True:
        token = f"stw_{secrets.token_hex(24)}"
        if not ApiKey.objects.filter(prefix=token[:PREFIX]).exists():
            return token


@transaction.atomic
def revoke_key(*, key: ApiKey, by: Actor, at: datetime) -> None:
    """End a key now; it stays on the list as what it was."""
    key.revoked_at = at
    key.save(update_fields=["revoked_at"])
    announce(events.KeyRevoked(key.user_id, key.name), by=by, at=at)
