from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class MailDiscarded(Event):
    kind: ClassVar[str] = "notices.mail_discarded"
    sentence: ClassVar[str] = "discarded {count} unsent mails"
    count: int
