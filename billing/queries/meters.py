"""How many: one meter for each kind of terms, over the unit register as it was known."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from contracts.clients import queries as clients
from contracts.rules.rating import Reading
from contracts.rules.register import Interval, as_known
from msp.kit.periods import Period


@dataclass
class Known:
    """A client's register with the knowledge of one moment, read once however many lines ask."""

    client_id: int
    known_at: datetime

    @cached_property
    def devices(self) -> tuple[Interval, ...]:
        return self._intervals("device")

    @cached_property
    def users(self) -> tuple[Interval, ...]:
        return self._intervals("user")

    def _intervals(self, unit_type: str) -> tuple[Interval, ...]:
        versions = clients.unit_versions(
            client_id=self.client_id, unit_type=unit_type, known_at=self.known_at
        )
        return tuple(as_known(versions, self.known_at))


Meter = Callable[[Known, Period], Reading]


def per_device(known: Known, service: Period) -> Reading:
    """The devices of the client; the rate picks the classes its terms name."""
    return Reading(service, known.devices)


def per_user(known: Known, service: Period) -> Reading:
    """The people of the client who count as users."""
    return Reading(service, known.users)


def flat(known: Known, service: Period) -> Reading:
    """Nothing is counted but the days the line was in force; other lines are added as its base."""
    return Reading(service)


METERS: dict[str, Meter] = {
    "per_device": per_device,
    "per_user": per_user,
    "flat": flat,
    "time": flat,
    "hours": flat,
    "block": flat,
    "retainer": flat,
    "percentage": flat,
    "discount": flat,
    "commitment": flat,
}
