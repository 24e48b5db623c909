"""Keys, checks and letters: what happens to how things report."""

from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class KeyEnrolled(Event):
    kind: ClassVar[str] = "monitoring.key_enrolled"
    sentence: ClassVar[str] = "made the enrolment key {name}"

    enrolment_key_id: int
    site_id: int
    client_id: int
    name: str


@dataclass(frozen=True)
class EnrolmentKeyChanged(Event):
    kind: ClassVar[str] = "monitoring.key_changed"
    sentence: ClassVar[str] = "let the enrolment key {name} enrol up to {cap} devices"

    enrolment_key_id: int
    site_id: int
    client_id: int
    name: str
    cap: int


@dataclass(frozen=True)
class EnrolmentKeyRevoked(Event):
    kind: ClassVar[str] = "monitoring.key_revoked"
    sentence: ClassVar[str] = "revoked the enrolment key {name}"

    enrolment_key_id: int
    site_id: int
    client_id: int
    name: str


@dataclass(frozen=True)
class EnrolmentKeyRotated(Event):
    """`until` is when the secret before it ends."""

    kind: ClassVar[str] = "monitoring.key_rotated"
    sentence: ClassVar[str] = "gave the enrolment key {name} a new secret"

    enrolment_key_id: int
    site_id: int
    client_id: int
    name: str
    until: str


@dataclass(frozen=True)
class NameRefused(Event):
    """Told once for each name, however often it reports."""

    kind: ClassVar[str] = "monitoring.name_refused"
    sentence: ClassVar[str] = "did not let {name} in: {reason}"

    enrolment_key_id: int
    client_id: int
    name: str
    reason: str


@dataclass(frozen=True)
class NameAdmitted(Event):
    kind: ClassVar[str] = "monitoring.name_admitted"
    sentence: ClassVar[str] = "let {name} in"

    enrolment_key_id: int
    device_id: int
    client_id: int
    name: str


@dataclass(frozen=True)
class AliasAdded(Event):
    kind: ClassVar[str] = "monitoring.alias_added"
    sentence: ClassVar[str] = "takes what {alias} reports as {name}'s"

    device_id: int
    client_id: int
    name: str
    alias: str


@dataclass(frozen=True)
class AliasDropped(Event):
    kind: ClassVar[str] = "monitoring.alias_dropped"
    sentence: ClassVar[str] = "takes what {alias} reports as {name}'s no more"

    device_id: int
    client_id: int
    name: str
    alias: str


@dataclass(frozen=True)
class RefusalDismissed(Event):
    kind: ClassVar[str] = "monitoring.refusal_dismissed"
    sentence: ClassVar[str] = "dismissed the refused name {name}"

    enrolment_key_id: int
    client_id: int
    name: str


@dataclass(frozen=True)
class CheckAdded(Event):
    kind: ClassVar[str] = "monitoring.check_added"
    sentence: ClassVar[str] = "now waits for {name}"

    check_id: int
    device_id: int
    client_id: int
    name: str


@dataclass(frozen=True)
class CheckChanged(Event):
    kind: ClassVar[str] = "monitoring.check_changed"
    sentence: ClassVar[str] = "changed {name}: {what}"

    check_id: int
    device_id: int
    client_id: int
    name: str
    what: str


@dataclass(frozen=True)
class CheckRemoved(Event):
    kind: ClassVar[str] = "monitoring.check_removed"
    sentence: ClassVar[str] = "no longer waits for {name}"

    check_id: int
    device_id: int
    client_id: int
    name: str


@dataclass(frozen=True)
class EndForeseen(Event):
    """A quantity is likely to reach its end within a week: there is a ticket about it now."""

    kind: ClassVar[str] = "monitoring.end_foreseen"
    sentence: ClassVar[str] = "foresaw an end: {words}"

    series_id: int
    device_id: int
    client_id: int
    ticket_id: int
    words: str


@dataclass(frozen=True)
class LetterReplayed(Event):
    kind: ClassVar[str] = "monitoring.letter_replayed"
    sentence: ClassVar[str] = "sent the dead letter {entry} through again"

    letter_id: int
    entry: str


@dataclass(frozen=True)
class WentBlind(Event):
    """No intake was open: what was silent then is unknown, not down."""

    kind: ClassVar[str] = "monitoring.went_blind"
    sentence: ClassVar[str] = "saw nothing from {started_at} to {ended_at}: {reason}"

    started_at: str
    ended_at: str
    reason: str
