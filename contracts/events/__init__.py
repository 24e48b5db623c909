"""What can happen to what we promise."""

from dataclasses import dataclass
from typing import ClassVar

from contracts.events.quotes import (
    AmendmentQuoted,
    ApprovalAsked,
    ApprovalTakenBack,
    QuestionsWritten,
    QuoteAccepted,
    QuoteChanged,
    QuoteConverted,
    QuoteDeclined,
    QuoteDraftDropped,
    QuoteDrafted,
    QuoteExpired,
    QuoteRevised,
    QuoteSent,
    QuoteViewed,
    QuoteWithdrawn,
    RoadmapAssessed,
    RoadmapBegun,
    RoadmapChanged,
    RoadmapShared,
    VersionApproved,
    VersionDeclined,
)
from contracts.events.working import WorkKindAdded, WorkKindRetired
from tenants.journal.registry import Event

__all__ = [
    "AgreementAmended",
    "AgreementChanged",
    "AgreementDrafted",
    "AgreementEnded",
    "AgreementPublished",
    "AgreementRenewed",
    "AmendmentQuoted",
    "ApprovalAsked",
    "ApprovalTakenBack",
    "CalendarAdded",
    "CalendarChanged",
    "DraftDiscarded",
    "FallbackLevelSet",
    "LevelAdded",
    "LevelRevised",
    "NoticeGiven",
    "OfferAdded",
    "OfferChanged",
    "PriceListAdded",
    "PriceSet",
    "PricesUplifted",
    "QuestionsWritten",
    "QuoteAccepted",
    "QuoteChanged",
    "QuoteConverted",
    "QuoteDeclined",
    "QuoteDraftDropped",
    "QuoteDrafted",
    "QuoteExpired",
    "QuoteRevised",
    "QuoteSent",
    "QuoteViewed",
    "QuoteWithdrawn",
    "RoadmapAssessed",
    "RoadmapBegun",
    "RoadmapChanged",
    "RoadmapShared",
    "ServiceAdded",
    "ServiceChanged",
    "VersionApproved",
    "VersionDeclined",
    "WorkKindAdded",
    "WorkKindRetired",
]


@dataclass(frozen=True)
class ServiceAdded(Event):
    kind: ClassVar[str] = "contracts.service_added"
    sentence: ClassVar[str] = "added the service {name}"
    service_id: int
    name: str


@dataclass(frozen=True)
class ServiceChanged(Event):
    kind: ClassVar[str] = "contracts.service_changed"
    sentence: ClassVar[str] = "changed {what} of the service {name}"
    service_id: int
    name: str
    what: str


@dataclass(frozen=True)
class OfferAdded(Event):
    kind: ClassVar[str] = "contracts.offer_added"
    sentence: ClassVar[str] = "added the {what} {name}"
    offer_id: int
    name: str
    what: str


@dataclass(frozen=True)
class OfferChanged(Event):
    kind: ClassVar[str] = "contracts.offer_changed"
    sentence: ClassVar[str] = "changed {what} of {name}"
    offer_id: int
    name: str
    what: str


@dataclass(frozen=True)
class PriceListAdded(Event):
    kind: ClassVar[str] = "contracts.price_list_added"
    sentence: ClassVar[str] = "added the price list {name} in {currency}"
    price_list_id: int
    name: str
    currency: str


@dataclass(frozen=True)
class PriceSet(Event):
    kind: ClassVar[str] = "contracts.price_set"
    sentence: ClassVar[str] = "priced {what} from {starts_on} in {name}"
    price_list_id: int
    name: str
    what: str
    starts_on: str


@dataclass(frozen=True)
class PricesUplifted(Event):
    kind: ClassVar[str] = "contracts.prices_uplifted"
    sentence: ClassVar[str] = "raised {count} prices of {name} by {percent} % from {effective_on}"
    price_list_id: int
    name: str
    percent: str
    effective_on: str
    count: int


@dataclass(frozen=True)
class CalendarAdded(Event):
    kind: ClassVar[str] = "contracts.calendar_added"
    sentence: ClassVar[str] = "added the support calendar {name}"
    calendar_id: int
    name: str


@dataclass(frozen=True)
class CalendarChanged(Event):
    kind: ClassVar[str] = "contracts.calendar_changed"
    sentence: ClassVar[str] = "changed the hours of the support calendar {name}"
    calendar_id: int
    name: str


@dataclass(frozen=True)
class LevelAdded(Event):
    kind: ClassVar[str] = "contracts.level_added"
    sentence: ClassVar[str] = "added the service level {name}"
    level_id: int
    name: str


@dataclass(frozen=True)
class LevelRevised(Event):
    kind: ClassVar[str] = "contracts.level_revised"
    sentence: ClassVar[str] = "revised the service level {name}, now version {number}"
    level_id: int
    name: str
    number: int


@dataclass(frozen=True)
class FallbackLevelSet(Event):
    """What holds where no agreement names a level."""

    kind: ClassVar[str] = "contracts.fallback_level_set"
    sentence: ClassVar[str] = "held {whom} to {level} where no agreement names a service level"
    client_id: int | None
    whom: str
    level: str


@dataclass(frozen=True)
class AgreementDrafted(Event):
    kind: ClassVar[str] = "contracts.agreement_drafted"
    sentence: ClassVar[str] = "drafted the agreement {name}"
    agreement_id: int
    client_id: int
    name: str


@dataclass(frozen=True)
class AgreementChanged(Event):
    kind: ClassVar[str] = "contracts.agreement_changed"
    sentence: ClassVar[str] = "changed {what} of {name}"
    agreement_id: int
    client_id: int
    name: str
    what: str


@dataclass(frozen=True)
class AgreementPublished(Event):
    kind: ClassVar[str] = "contracts.agreement_published"
    sentence: ClassVar[str] = "published version {number} of {name}, in effect from {effective_on}"
    agreement_id: int
    client_id: int
    name: str
    number: int
    effective_on: str


@dataclass(frozen=True)
class AgreementAmended(Event):
    kind: ClassVar[str] = "contracts.agreement_amended"
    sentence: ClassVar[str] = "began version {number} of {name}, meant for {effective_on}"
    agreement_id: int
    client_id: int
    name: str
    number: int
    effective_on: str


@dataclass(frozen=True)
class DraftDiscarded(Event):
    kind: ClassVar[str] = "contracts.draft_discarded"
    sentence: ClassVar[str] = "discarded the draft of version {number} of {name}"
    agreement_id: int
    client_id: int
    name: str
    number: int


@dataclass(frozen=True)
class AgreementEnded(Event):
    kind: ClassVar[str] = "contracts.agreement_ended"
    sentence: ClassVar[str] = "ended {name}; {last_on} is its last day"
    agreement_id: int
    client_id: int
    name: str
    last_on: str


@dataclass(frozen=True)
class AgreementRenewed(Event):
    kind: ClassVar[str] = "contracts.agreement_renewed"
    sentence: ClassVar[str] = "renewed {name}; {last_on} is its last day now"
    agreement_id: int
    client_id: int
    name: str
    last_on: str


@dataclass(frozen=True)
class NoticeGiven(Event):
    kind: ClassVar[str] = "contracts.notice_given"
    sentence: ClassVar[str] = "noted the notice for {name}; {last_on} is its last day"
    agreement_id: int
    client_id: int
    name: str
    last_on: str


@dataclass(frozen=True)
class CountOverridden(Event):
    kind: ClassVar[str] = "contracts.count_overridden"
    sentence: ClassVar[str] = (
        "charges {quantity} on {name} from {starts_on} to before {ends_on}: {reason}"
    )
    agreement_id: int
    client_id: int
    name: str
    quantity: int
    starts_on: str
    ends_on: str
    reason: str


@dataclass(frozen=True)
class OverrideWithdrawn(Event):
    kind: ClassVar[str] = "contracts.override_withdrawn"
    sentence: ClassVar[str] = "counts again instead of {quantity} ({reason})"
    agreement_id: int
    client_id: int
    quantity: int
    reason: str


@dataclass(frozen=True)
class AgreementEnding(Event):
    """The time to decide about the end comes; told once for each last day."""

    kind: ClassVar[str] = "contracts.ending"
    sentence: ClassVar[str] = "reminded of the end of {name} with {last_on}"
    agreement_id: int
    client_id: int
    name: str
    last_on: str
