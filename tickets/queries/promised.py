"""What would be promised for a ticket opened now; shown before anybody sends it."""

from dataclasses import dataclass
from datetime import datetime

from contracts import queries as contracts
from contracts.rules.calendar import NeverOpens, add
from contracts.rules.targets import at_priority
from tickets.models import Ticket


@dataclass(frozen=True)
class Promise:
    """When each priority would be answered and fixed by; empty where nothing is promised."""

    covered: bool
    agreement: str
    level: str
    reason: str
    due: dict[int, tuple[datetime, datetime]]


def promised(*, client_id: int, device_id: int | None, at: datetime) -> Promise:
    """The promise that would hold, with its deadlines by priority."""
    cover = contracts.promised_cover(client_id=client_id, device_id=device_id, at=at)
    if cover.level_version_id is None:
        return Promise(cover.covered, cover.agreement_name, "", cover.reason, {})
    level = contracts.level(cover.level_version_id)
    try:
        due = {
            priority: (
                add(level.calendar, at, target["response"]),
                add(level.calendar, at, target["resolution"]),
            )
            for priority in Ticket.Priority.values
            if (target := at_priority(level.targets, priority))
        }
    except NeverOpens:
        due = {}
    return Promise(cover.covered, cover.agreement_name, level.name, cover.reason, due)
