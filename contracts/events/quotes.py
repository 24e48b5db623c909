"""What can happen to a quote, to what a client is asked to approve, and to a road map.

Sentences name no amounts: a client's timeline is read by people who may not see its money.
"""

from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class QuoteDrafted(Event):
    kind: ClassVar[str] = "contracts.quote_drafted"
    sentence: ClassVar[str] = "drafted the quote {number} {name}"
    quote_id: int
    client_id: int
    number: str
    name: str


@dataclass(frozen=True)
class QuoteChanged(Event):
    kind: ClassVar[str] = "contracts.quote_changed"
    sentence: ClassVar[str] = "changed version {version} of the quote {number}"
    quote_id: int
    client_id: int
    number: str
    version: int


@dataclass(frozen=True)
class QuoteRevised(Event):
    kind: ClassVar[str] = "contracts.quote_revised"
    sentence: ClassVar[str] = "began version {version} of the quote {number}"
    quote_id: int
    client_id: int
    number: str
    version: int


@dataclass(frozen=True)
class QuoteDraftDropped(Event):
    kind: ClassVar[str] = "contracts.quote_draft_dropped"
    sentence: ClassVar[str] = "dropped the draft of version {version} of the quote {number}"
    quote_id: int
    client_id: int
    number: str
    version: int


@dataclass(frozen=True)
class QuoteSent(Event):
    kind: ClassVar[str] = "contracts.quote_sent"
    sentence: ClassVar[str] = "sent version {version} of the quote {number}, valid to {valid_until}"
    quote_id: int
    client_id: int
    contact_id: int | None
    number: str
    version: int
    valid_until: str


@dataclass(frozen=True)
class QuoteViewed(Event):
    kind: ClassVar[str] = "contracts.quote_viewed"
    sentence: ClassVar[str] = "opened the quote {number}"
    quote_id: int
    client_id: int
    number: str


@dataclass(frozen=True)
class QuoteAccepted(Event):
    kind: ClassVar[str] = "contracts.quote_accepted"
    sentence: ClassVar[str] = "accepted the quote {number}, {option}"
    quote_id: int
    client_id: int
    version_id: int
    number: str
    name: str
    option: str


@dataclass(frozen=True)
class QuoteDeclined(Event):
    kind: ClassVar[str] = "contracts.quote_declined"
    sentence: ClassVar[str] = "declined the quote {number}: {reason}"
    quote_id: int
    client_id: int
    number: str
    name: str
    reason: str


@dataclass(frozen=True)
class QuoteExpired(Event):
    kind: ClassVar[str] = "contracts.quote_expired"
    sentence: ClassVar[str] = "let the quote {number} expire; {last_on} was its last day"
    quote_id: int
    client_id: int
    number: str
    name: str
    last_on: str


@dataclass(frozen=True)
class QuoteWithdrawn(Event):
    kind: ClassVar[str] = "contracts.quote_withdrawn"
    sentence: ClassVar[str] = "withdrew the quote {number}"
    quote_id: int
    client_id: int
    number: str


@dataclass(frozen=True)
class QuoteConverted(Event):
    kind: ClassVar[str] = "contracts.quote_converted"
    sentence: ClassVar[str] = "turned the quote {number} into the agreement {agreement}"
    quote_id: int
    client_id: int
    agreement_id: int
    number: str
    agreement: str


@dataclass(frozen=True)
class AmendmentQuoted(Event):
    """A quote was begun that would change an agreement."""

    kind: ClassVar[str] = "contracts.amendment_quoted"
    sentence: ClassVar[str] = "began the quote {number} to change {name}"
    agreement_id: int
    client_id: int
    quote_id: int
    name: str
    number: str


@dataclass(frozen=True)
class ApprovalAsked(Event):
    kind: ClassVar[str] = "contracts.approval_asked"
    sentence: ClassVar[str] = "asked the client to approve version {number} of {name}"
    agreement_id: int
    client_id: int
    name: str
    number: int


@dataclass(frozen=True)
class ApprovalTakenBack(Event):
    kind: ClassVar[str] = "contracts.approval_taken_back"
    sentence: ClassVar[str] = "took back the request to approve version {number} of {name}"
    agreement_id: int
    client_id: int
    name: str
    number: int


@dataclass(frozen=True)
class VersionApproved(Event):
    kind: ClassVar[str] = "contracts.version_approved"
    sentence: ClassVar[str] = "approved version {number} of {name}"
    agreement_id: int
    client_id: int
    name: str
    number: int


@dataclass(frozen=True)
class VersionDeclined(Event):
    kind: ClassVar[str] = "contracts.version_declined"
    sentence: ClassVar[str] = "declined version {number} of {name}: {reason}"
    agreement_id: int
    client_id: int
    name: str
    number: int
    reason: str


@dataclass(frozen=True)
class RoadmapBegun(Event):
    kind: ClassVar[str] = "contracts.roadmap_begun"
    sentence: ClassVar[str] = "began the road map {name}"
    roadmap_id: int
    client_id: int
    name: str


@dataclass(frozen=True)
class RoadmapAssessed(Event):
    kind: ClassVar[str] = "contracts.roadmap_assessed"
    sentence: ClassVar[str] = "assessed the client for the road map {name}: {findings} findings"
    roadmap_id: int
    client_id: int
    name: str
    findings: int


@dataclass(frozen=True)
class RoadmapChanged(Event):
    kind: ClassVar[str] = "contracts.roadmap_changed"
    sentence: ClassVar[str] = "changed the phases of the road map {name}"
    roadmap_id: int
    client_id: int
    name: str


@dataclass(frozen=True)
class RoadmapShared(Event):
    kind: ClassVar[str] = "contracts.roadmap_shared"
    sentence: ClassVar[str] = "{what} the road map {name}"
    roadmap_id: int
    client_id: int
    name: str
    what: str


@dataclass(frozen=True)
class QuestionsWritten(Event):
    kind: ClassVar[str] = "contracts.questions_written"
    sentence: ClassVar[str] = "wrote the {count} questions of an assessment"
    count: int
