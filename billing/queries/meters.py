"""How many: one meter for each kind of terms, over the unit register as it was known."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from contracts import queries as contracts
from contracts.clients import queries as clients
from contracts.clients.models import Client
from contracts.rules.knowledge import first_difference
from contracts.rules.metering import Metered
from contracts.rules.rating import Reading
from contracts.rules.rating.counting import Override
from contracts.rules.register import Interval, UnitVersion, as_known
from msp.kit.periods import Period, local_date


@dataclass
class Known:
    """A client's register with the knowledge of one moment, read once however many lines ask."""

    client_id: int
    known_at: datetime
    _read: dict[str, list[UnitVersion]] = field(default_factory=dict)
    _earlier: dict[datetime, "Known"] = field(default_factory=dict)

    @cached_property
    def devices(self) -> tuple[Interval, ...]:
        return self._intervals("device")

    @cached_property
    def users(self) -> tuple[Interval, ...]:
        return self._intervals("user")

    @cached_property
    def licences(self) -> tuple[Interval, ...]:
        return self._intervals("licence")

    @cached_property
    def meters(self) -> tuple[Interval, ...]:
        return self._intervals("meter")

    @cached_property
    def readings(self) -> dict[int, Metered]:
        """The meters of the register with what was read off them."""
        return clients.metered({one.unit_id for one in self.meters}, self.known_at)

    @cached_property
    def zone(self) -> str:
        """Where the client's days begin."""
        return str(Client.objects.values_list("zone", flat=True).get(pk=self.client_id))

    @cached_property
    def overrides(self) -> dict[str, tuple[Override, ...]]:
        """Numbers said by hand, by the promise they are said of."""
        return contracts.overrides_of(client_id=self.client_id, known_at=self.known_at)

    def at(self, known_at: datetime) -> "Known":
        """The same client with the knowledge of another moment, read once too."""
        if known_at not in self._earlier:
            self._earlier[known_at] = Known(self.client_id, known_at)
        return self._earlier[known_at]

    def changed_from(self, unit_type: str, since: datetime) -> date | None:
        """The first day of which more is known of units than was known then."""
        versions = self._versions(unit_type)
        days = [self._read_since(since)] if unit_type == "meter" else []
        if any(since < one.recorded_at for one in versions):
            days.append(
                first_difference(as_known(versions, since), as_known(versions, self.known_at))
            )
        return min((day for day in days if day is not None), default=None)

    def _read_since(self, since: datetime) -> date | None:
        ids = {one.unit_id for one in self._versions("meter")}
        learned = clients.learned_of(ids, since, self.known_at) if ids else None
        return local_date(learned, self.zone) if learned else None

    def _versions(self, unit_type: str) -> list[UnitVersion]:
        if unit_type not in self._read:
            self._read[unit_type] = clients.unit_versions(
                client_id=self.client_id, unit_type=unit_type, known_at=self.known_at
            )
        return self._read[unit_type]

    def _intervals(self, unit_type: str) -> tuple[Interval, ...]:
        return tuple(as_known(self._versions(unit_type), self.known_at))


Meter = Callable[[Known, Period], Reading]


def per_device(known: Known, service: Period) -> Reading:
    """The devices of the client; the rate picks the classes its terms name."""
    return Reading(service, known.devices)


def per_user(known: Known, service: Period) -> Reading:
    """The people of the client who count as users."""
    return Reading(service, known.users)


def per_licence(known: Known, service: Period) -> Reading:
    """The licences of the client; the rate picks the products its terms name."""
    return Reading(service, known.licences)


def usage(known: Known, service: Period) -> Reading:
    """The meters of the client with their readings; the rate picks those of its measure."""
    return Reading(service, known.meters, meters=known.readings, zone=known.zone)


def flat(known: Known, service: Period) -> Reading:
    """Nothing is counted but the days the line was in force; other lines are added as its base."""
    return Reading(service)


METERS: dict[str, Meter] = {
    "per_device": per_device,
    "per_user": per_user,
    "per_licence": per_licence,
    "usage": usage,
    "flat": flat,
    "time": flat,
    "hours": flat,
    "block": flat,
    "retainer": flat,
    "percentage": flat,
    "discount": flat,
    "commitment": flat,
}


def read_for(kind: str, promise: str, known: Known, service: Period) -> Reading:
    """What the meter of a kind reads for one promise, and what was said of it by hand."""
    reading = METERS[kind](known, service)
    return replace(reading, client_id=known.client_id, overrides=known.overrides.get(promise, ()))
