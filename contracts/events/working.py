"""What can happen to the MSP's own kinds of work."""

from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class WorkKindAdded(Event):
    kind: ClassVar[str] = "contracts.work_kind_added"
    sentence: ClassVar[str] = "added the kind of work {name}"
    work_kind_id: int
    name: str


@dataclass(frozen=True)
class WorkKindRetired(Event):
    kind: ClassVar[str] = "contracts.work_kind_retired"
    sentence: ClassVar[str] = "retired the kind of work {name}"
    work_kind_id: int
    name: str
