from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class PersonInvited(Event):
    kind: ClassVar[str] = "people.invited"
    sentence: ClassVar[str] = "invited {email} as {role}"
    person_id: int
    email: str
    role: str


@dataclass(frozen=True)
class InvitationSent(Event):
    kind: ClassVar[str] = "people.invitation_sent"
    sentence: ClassVar[str] = "made a new invitation link for {email}"
    person_id: int
    email: str


@dataclass(frozen=True)
class PersonChanged(Event):
    kind: ClassVar[str] = "people.changed"
    sentence: ClassVar[str] = "changed {what} of {email}"
    person_id: int
    email: str
    what: str


@dataclass(frozen=True)
class PersonDeactivated(Event):
    kind: ClassVar[str] = "people.deactivated"
    sentence: ClassVar[str] = "ended the access of {email}"
    person_id: int
    email: str


@dataclass(frozen=True)
class PersonReactivated(Event):
    kind: ClassVar[str] = "people.reactivated"
    sentence: ClassVar[str] = "gave {email} access again"
    person_id: int
    email: str


@dataclass(frozen=True)
class SignedIn(Event):
    kind: ClassVar[str] = "people.signed_in"
    sentence: ClassVar[str] = "signed in"
    person_id: int


@dataclass(frozen=True)
class SignedInByLink(Event):
    kind: ClassVar[str] = "people.signed_in_by_link"
    sentence: ClassVar[str] = "used a sign-in link"
    person_id: int


@dataclass(frozen=True)
class SignInLinkSent(Event):
    kind: ClassVar[str] = "people.link_sent"
    sentence: ClassVar[str] = "asked for a sign-in link"
    person_id: int


@dataclass(frozen=True)
class TeamCreated(Event):
    kind: ClassVar[str] = "people.team_created"
    sentence: ClassVar[str] = "created the team {name}"
    team_id: int
    name: str


@dataclass(frozen=True)
class TeamRenamed(Event):
    kind: ClassVar[str] = "people.team_renamed"
    sentence: ClassVar[str] = "renamed the team {before} to {after}"
    team_id: int
    before: str
    after: str


@dataclass(frozen=True)
class TeamMembersChanged(Event):
    kind: ClassVar[str] = "people.team_members_changed"
    sentence: ClassVar[str] = "changed who is in the team {name} (members: {members})"
    team_id: int
    name: str
    members: int


@dataclass(frozen=True)
class TeamRemoved(Event):
    kind: ClassVar[str] = "people.team_removed"
    sentence: ClassVar[str] = "removed the team {name}"
    team_id: int
    name: str


@dataclass(frozen=True)
class SetupSkipped(Event):
    kind: ClassVar[str] = "people.setup_skipped"
    sentence: ClassVar[str] = "left the rest of the set-up for later"
    person_id: int


@dataclass(frozen=True)
class KeyCreated(Event):
    kind: ClassVar[str] = "people.key_created"
    sentence: ClassVar[str] = "created the API key {name}"
    person_id: int
    name: str


@dataclass(frozen=True)
class KeyRevoked(Event):
    kind: ClassVar[str] = "people.key_revoked"
    sentence: ClassVar[str] = "revoked the API key {name}"
    person_id: int
    name: str
