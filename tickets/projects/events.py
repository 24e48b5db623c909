"""What can happen to projects.

Sentences name no amounts: a client's timeline is read by people who may not see its money. What a
change made of an amount is kept beside the sentence, in `before` and `after`.
"""

from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class ProjectPlanned(Event):
    kind: ClassVar[str] = "projects.planned"
    sentence: ClassVar[str] = "planned the project {name}"
    project_id: int
    client_id: int
    name: str


@dataclass(frozen=True)
class ProjectQuoted(Event):
    """An accepted quote became a project."""

    kind: ClassVar[str] = "projects.quoted"
    sentence: ClassVar[str] = "made the project {name} of the quote {number}"
    project_id: int
    client_id: int
    quote_id: int
    name: str
    number: str


@dataclass(frozen=True)
class ProjectChanged(Event):
    """A change of its terms or its plan; `before` and `after` are its fee or cap."""

    kind: ClassVar[str] = "projects.changed"
    sentence: ClassVar[str] = "changed {what} of the project {name}{because}"
    project_id: int
    client_id: int
    name: str
    what: str
    because: str
    before: str
    after: str


@dataclass(frozen=True)
class ProjectMoved(Event):
    """It began, ended, was taken up again or was cancelled."""

    kind: ClassVar[str] = "projects.moved"
    sentence: ClassVar[str] = "{what} the project {name}{because}"
    project_id: int
    client_id: int
    name: str
    what: str
    because: str


@dataclass(frozen=True)
class ChangeOrdered(Event):
    kind: ClassVar[str] = "projects.change_ordered"
    sentence: ClassVar[str] = "began change order {order} of the project {name}"
    project_id: int
    client_id: int
    quote_id: int
    name: str
    order: int


@dataclass(frozen=True)
class ChangeAgreed(Event):
    """The client accepted a change order and the project is what it says."""

    kind: ClassVar[str] = "projects.change_agreed"
    sentence: ClassVar[str] = "added change order {order} to the project {name}"
    project_id: int
    client_id: int
    quote_id: int
    name: str
    order: int
    before: str
    after: str


@dataclass(frozen=True)
class MilestoneDone(Event):
    kind: ClassVar[str] = "projects.milestone_done"
    sentence: ClassVar[str] = "finished {title} of the project {name}"
    project_id: int
    client_id: int
    milestone_id: int
    name: str
    title: str


@dataclass(frozen=True)
class MilestoneReturned(Event):
    """What was said to be done is not: by the client, or by ourselves."""

    kind: ClassVar[str] = "projects.milestone_returned"
    sentence: ClassVar[str] = "gave back {title} of the project {name}: {reason}"
    project_id: int
    client_id: int
    milestone_id: int
    name: str
    title: str
    reason: str


@dataclass(frozen=True)
class MilestoneAccepted(Event):
    """`signed` is the name that was typed, `address` where from."""

    kind: ClassVar[str] = "projects.milestone_accepted"
    sentence: ClassVar[str] = "accepted {title} of the project {name}, signed {signed}"
    project_id: int
    client_id: int
    milestone_id: int
    name: str
    title: str
    signed: str
    address: str


@dataclass(frozen=True)
class ProjectTicketAdded(Event):
    kind: ClassVar[str] = "projects.ticket_added"
    sentence: ClassVar[str] = "made #{number} part of the project {name}"
    project_id: int
    client_id: int
    ticket_id: int
    name: str
    number: int


@dataclass(frozen=True)
class ProjectTicketRemoved(Event):
    kind: ClassVar[str] = "projects.ticket_removed"
    sentence: ClassVar[str] = "took #{number} out of the project {name}"
    project_id: int
    client_id: int
    ticket_id: int
    name: str
    number: int
