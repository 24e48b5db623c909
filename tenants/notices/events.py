from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class MailDiscarded(Event):
    kind: ClassVar[str] = "notices.mail_discarded"
    sentence: ClassVar[str] = "discarded {count} unsent mails"
    count: int


@dataclass(frozen=True)
class ChannelAdded(Event):
    kind: ClassVar[str] = "notices.channel_added"
    sentence: ClassVar[str] = "added the channel {name} ({what})"
    channel_id: int
    name: str
    what: str
    person_id: int | None


@dataclass(frozen=True)
class ChannelRemoved(Event):
    kind: ClassVar[str] = "notices.channel_removed"
    sentence: ClassVar[str] = "removed the channel {name}"
    channel_id: int
    name: str
    person_id: int | None


@dataclass(frozen=True)
class QuietHoursKept(Event):
    kind: ClassVar[str] = "notices.quiet_hours_kept"
    sentence: ClassVar[str] = "changed their quiet hours"
    person_id: int


@dataclass(frozen=True)
class SentAgain(Event):
    kind: ClassVar[str] = "notices.sent_again"
    sentence: ClassVar[str] = "sent again to {to}: {subject}"
    message_id: int
    to: str
    subject: str
