from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class MspSuspended(Event):
    kind: ClassVar[str] = "tenants.suspended"
    sentence: ClassVar[str] = "suspended this MSP"


@dataclass(frozen=True)
class MspReopened(Event):
    kind: ClassVar[str] = "tenants.reopened"
    sentence: ClassVar[str] = "reopened this MSP"


@dataclass(frozen=True)
class ReactionRetried(Event):
    kind: ClassVar[str] = "journal.retried"
    sentence: ClassVar[str] = "tried {reaction} again"
    delivery_id: int
    reaction: str
