"""What can happen to a client, its places, its people and its devices."""

from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class ClientAdded(Event):
    kind: ClassVar[str] = "clients.added"
    sentence: ClassVar[str] = "added the client {name}"
    client_id: int
    name: str


@dataclass(frozen=True)
class ClientChanged(Event):
    kind: ClassVar[str] = "clients.changed"
    sentence: ClassVar[str] = "changed {what} of {name}"
    client_id: int
    name: str
    what: str


@dataclass(frozen=True)
class ClientArchived(Event):
    kind: ClassVar[str] = "clients.archived"
    sentence: ClassVar[str] = "archived the client {name}"
    client_id: int
    name: str


@dataclass(frozen=True)
class SiteAdded(Event):
    kind: ClassVar[str] = "clients.site_added"
    sentence: ClassVar[str] = "added the site {name}"
    site_id: int
    client_id: int
    name: str


@dataclass(frozen=True)
class SiteChanged(Event):
    kind: ClassVar[str] = "clients.site_changed"
    sentence: ClassVar[str] = "changed {what} of the site {name}"
    site_id: int
    client_id: int
    name: str
    what: str


@dataclass(frozen=True)
class ContactAdded(Event):
    kind: ClassVar[str] = "clients.contact_added"
    sentence: ClassVar[str] = "added {name} as a contact"
    contact_id: int
    client_id: int
    name: str


@dataclass(frozen=True)
class ContactChanged(Event):
    kind: ClassVar[str] = "clients.contact_changed"
    sentence: ClassVar[str] = "changed {what} of {name}"
    contact_id: int
    client_id: int
    name: str
    what: str


@dataclass(frozen=True)
class ContactArchived(Event):
    kind: ClassVar[str] = "clients.contact_archived"
    sentence: ClassVar[str] = "archived the contact {name}"
    contact_id: int
    client_id: int
    name: str


@dataclass(frozen=True)
class UserCounted(Event):
    kind: ClassVar[str] = "clients.user_counted"
    sentence: ClassVar[str] = "counts {name} as a user from {on}"
    contact_id: int
    client_id: int
    name: str
    on: str


@dataclass(frozen=True)
class UserNoLongerCounted(Event):
    kind: ClassVar[str] = "clients.user_no_longer_counted"
    sentence: ClassVar[str] = "no longer counts {name} as a user from {on}"
    contact_id: int
    client_id: int
    name: str
    on: str


@dataclass(frozen=True)
class PortalOpened(Event):
    kind: ClassVar[str] = "clients.portal_opened"
    sentence: ClassVar[str] = "gave {name} portal access as {role}"
    contact_id: int
    client_id: int
    name: str
    role: str
    invited: bool = False


@dataclass(frozen=True)
class PortalClosed(Event):
    kind: ClassVar[str] = "clients.portal_closed"
    sentence: ClassVar[str] = "ended the portal access of {name}"
    contact_id: int
    client_id: int
    name: str


@dataclass(frozen=True)
class DeviceAdded(Event):
    kind: ClassVar[str] = "clients.device_added"
    sentence: ClassVar[str] = "added the device {name}, counted from {counts_from_on}"
    device_id: int
    client_id: int
    name: str
    counts_from_on: str
    source: str


@dataclass(frozen=True)
class DeviceChanged(Event):
    kind: ClassVar[str] = "clients.device_changed"
    sentence: ClassVar[str] = "changed {what} of {name}"
    device_id: int
    client_id: int
    name: str
    what: str


@dataclass(frozen=True)
class DeviceRetired(Event):
    kind: ClassVar[str] = "clients.device_retired"
    sentence: ClassVar[str] = "retired {name}, not counted from {on}"
    device_id: int
    client_id: int
    name: str
    on: str


@dataclass(frozen=True)
class DeviceReturned(Event):
    kind: ClassVar[str] = "clients.device_returned"
    sentence: ClassVar[str] = "put {name} back into service, counted from {on}"
    device_id: int
    client_id: int
    name: str
    on: str


@dataclass(frozen=True)
class LicenceAdded(Event):
    kind: ClassVar[str] = "clients.licence_added"
    sentence: ClassVar[str] = "added {seats} seats of {name}, counted from {on}"
    licence_id: int
    client_id: int
    name: str
    seats: int
    on: str


@dataclass(frozen=True)
class SeatsChanged(Event):
    kind: ClassVar[str] = "clients.seats_changed"
    sentence: ClassVar[str] = "counts {seats} seats of {name} from {on}"
    licence_id: int
    client_id: int
    name: str
    seats: int
    on: str


@dataclass(frozen=True)
class MeterAdded(Event):
    kind: ClassVar[str] = "clients.meter_added"
    sentence: ClassVar[str] = "added the meter {name}, counted from {on}"
    meter_id: int
    client_id: int
    name: str
    on: str


@dataclass(frozen=True)
class MeterRead(Event):
    kind: ClassVar[str] = "clients.meter_read"
    sentence: ClassVar[str] = "read the meter {name}: {value} {measure}"
    meter_id: int
    client_id: int
    name: str
    value: str
    measure: str


@dataclass(frozen=True)
class ReadingCorrected(Event):
    kind: ClassVar[str] = "clients.reading_corrected"
    sentence: ClassVar[str] = "corrected a reading of {name}: {what} ({reason})"
    meter_id: int
    client_id: int
    name: str
    what: str
    reason: str


@dataclass(frozen=True)
class DialSaid(Event):
    kind: ClassVar[str] = "clients.dial_said"
    sentence: ClassVar[str] = "said what the meter {name} shows: {what}"
    meter_id: int
    client_id: int
    name: str
    what: str


@dataclass(frozen=True)
class HoldingEnded(Event):
    kind: ClassVar[str] = "clients.holding_ended"
    sentence: ClassVar[str] = "ended {name}, not counted from {on}"
    client_id: int
    name: str
    on: str
    licence_id: int | None = None
    meter_id: int | None = None


@dataclass(frozen=True)
class UnitCorrected(Event):
    kind: ClassVar[str] = "clients.unit_corrected"
    sentence: ClassVar[str] = "corrected the register of {name}: {what} ({reason})"
    client_id: int
    name: str
    what: str
    reason: str
    device_id: int | None = None
    contact_id: int | None = None
    licence_id: int | None = None
    meter_id: int | None = None


@dataclass(frozen=True)
class UnitMarked(Event):
    kind: ClassVar[str] = "clients.unit_marked"
    sentence: ClassVar[str] = "says of {name} from {on}: {what}"
    client_id: int
    name: str
    what: str
    on: str
    device_id: int | None = None
    contact_id: int | None = None
    licence_id: int | None = None
    meter_id: int | None = None
