from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class ReactionRetried(Event):
    kind: ClassVar[str] = "journal.retried"
    sentence: ClassVar[str] = "tried {reaction} again"
    delivery_id: int
    reaction: str
