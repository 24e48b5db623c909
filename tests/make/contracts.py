"""Promises with fixed values: hours, targets, and agreements published or not."""

import itertools
from datetime import date
from typing import Any

from contracts import actions
from contracts.actions import LineInput
from contracts.clients.models import Client
from contracts.models import Agreement, Calendar, Service, ServiceLevelVersion
from tests.make.clients import BY, STARTED_AT, STARTED_ON

_numbers = itertools.count(1)
_MINUTE, _HOUR = 60, 3600

TARGETS: dict[str, Any] = {
    "1": {"response": 15 * _MINUTE, "resolution": 1 * _HOUR},
    "2": {"response": 30 * _MINUTE, "resolution": 2 * _HOUR},
    "3": {"response": 1 * _HOUR, "resolution": 8 * _HOUR},
    "4": {"response": 4 * _HOUR, "resolution": 24 * _HOUR},
}
WEEKDAYS: dict[str, Any] = {
    "zone": "America/New_York",
    "windows": [{"weekday": day, "start": "09:00", "end": "17:00"} for day in range(5)],
}


def service(name: str = "Managed devices", code: str = "") -> Service:
    return actions.add_service(name=name, code=code or f"s{next(_numbers)}", by=BY, at=STARTED_AT)


def calendar(name: str = "", definition: dict[str, Any] | None = None) -> Calendar:
    """Monday to Friday, 9 to 5 in New York."""
    return actions.add_calendar(
        name=name or f"Hours {next(_numbers)}", definition=definition or WEEKDAYS,
        by=BY, at=STARTED_AT,
    )  # fmt: skip


def level(
    name: str = "", targets: dict[str, Any] | None = None, calendar: Calendar | None = None
) -> ServiceLevelVersion:
    """15 min and 1 h for the most urgent, around the clock unless a calendar is given."""
    return actions.add_level(
        name=name or f"Level {next(_numbers)}", targets=targets or TARGETS, calendar=calendar,
        by=BY, at=STARTED_AT,
    )  # fmt: skip


def per_device(
    price: str = "10.00", classes: list[str] | tuple[str, ...] = (), *, description: str = "",
    service: Service | None = None, level: ServiceLevelVersion | None = None, **facts: Any,
) -> LineInput:  # fmt: skip
    facts = {"unit_price": price, "device_classes": list(classes)} | facts
    return LineInput(description or "Devices", "per_device", facts, service, level)


def per_user(
    price: str = "9.50", *, description: str = "Users", service: Service | None = None,
    level: ServiceLevelVersion | None = None, **facts: Any,
) -> LineInput:  # fmt: skip
    return LineInput(description, "per_user", {"unit_price": price} | facts, service, level)


def flat(
    amount: str = "100.00", *, description: str = "Fee", service: Service | None = None,
    level: ServiceLevelVersion | None = None, **facts: Any,
) -> LineInput:  # fmt: skip
    return LineInput(description, "flat", {"amount": amount} | facts, service, level)


def agreement(
    client: Client, *lines: LineInput, name: str = "Managed Complete",
    level: ServiceLevelVersion | None = None, starts_on: date = STARTED_ON,
    ends_on: date | None = None, currency: str | None = None, published: bool = True,
) -> Agreement:  # fmt: skip
    """An agreement from 1 January 2026 on; without lines, 10.00 for every device."""
    drafted = actions.draft_agreement(
        client=client, name=name, starts_on=starts_on, ends_on=ends_on, currency=currency,
        by=BY, at=STARTED_AT,
    )  # fmt: skip
    version = drafted.versions.get()
    actions.set_lines(
        version=version, lines=list(lines) or [per_device()], level_version=level,
        by=BY, at=STARTED_AT,
    )  # fmt: skip
    if published:
        actions.publish(version=version, by=BY, at=STARTED_AT, backdated=True)
    drafted.refresh_from_db()
    return drafted


def worked(kind: str, description: str, **facts: Any) -> LineInput:
    """A line about work: `time`, `hours`, `block` or `retainer`."""
    return LineInput(description, kind, facts)
