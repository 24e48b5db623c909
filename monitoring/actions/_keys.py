"""The keys of a batch: whose each is, what it sees of the tools behind it, and when it was used.

What was seen last is kept with the key, so that whoever points a tool at it can watch the first
report arrive and be told what it was taken for.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from monitoring.rules.sources.report import Report

MOST_TOOLS, MOST_NAMES = 20, 12
MINUTE = timedelta(minutes=1)

_READ = """
    SELECT k.id, s.client_id, coalesce(d.name, ''), k.last_used_at, k.seen
    FROM monitoring_enrolmentkey k JOIN clients_site s ON s.id = k.site_id
    LEFT JOIN clients_device d ON d.id = k.device_id WHERE k.id = ANY(%s)
"""
_WRITE = """
    UPDATE monitoring_enrolmentkey AS k SET last_used_at = %s, seen = v.seen::jsonb
    FROM unnest(%s::bigint[], %s::text[]) AS v(id, seen) WHERE k.id = v.id
"""


class UnknownKey(ValueError):
    """An envelope of a key that is not there."""


@dataclass(slots=True)
class Owner:
    """Who a key speaks for: a client, and with `device` for that device alone."""

    client_id: int
    device: str
    used_at: datetime | None
    seen: dict[str, Any]
    latest: dict[str, tuple[str, list[Report]]] = field(default_factory=dict)


class Keys:
    """The keys a batch's envelopes name."""

    def __init__(self, key_ids: set[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_READ, [list(key_ids)])
            rows = cursor.fetchall()
        self.owners = {
            pk: Owner(client, device, used, seen if isinstance(seen, dict) else json.loads(seen))
            for pk, client, device, used, seen in rows
        }

    def owner(self, key_id: int) -> Owner:
        found = self.owners.get(key_id)
        if found is None:
            raise UnknownKey(f"there is no key {key_id}")
        return found

    def mark(self, at: datetime) -> None:
        """Say when each key was used last, to the minute, and by which tools."""
        due = {pk: one for pk, one in self.owners.items() if _is_due(one, at)}
        if not due:
            return
        for one in due.values():
            _see(one, at)
        seen = [json.dumps(one.seen) for one in due.values()]
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [at, list(due), seen])


def _is_due(owner: Owner, at: datetime) -> bool:
    if owner.used_at is None or owner.used_at < at - MINUTE:
        return True
    return len(owner.seen) < MOST_TOOLS and not owner.latest.keys() <= owner.seen.keys()


def _see(owner: Owner, at: datetime) -> None:
    for tool, (agent, reports) in owner.latest.items():
        before = owner.seen.get(tool, {})
        if not before and len(owner.seen) >= MOST_TOOLS:
            continue
        hosts = list(dict.fromkeys(owner.device or one.host for one in reports if one.host))
        series = [n for one in reports for n in (*one.metrics, *(s[0] for s in one.samples))]
        named = sorted({*before.get("series", []), *series})
        owner.seen[tool] = {
            "first_at": before.get("first_at", at.isoformat()),
            "at": at.isoformat(),
            "agent": agent or before.get("agent", ""),
            "hosts": list(dict.fromkeys([*hosts, *before.get("hosts", [])]))[:MOST_NAMES],
            "series": named[: 4 * MOST_NAMES],
            "checks": sorted({*before.get("checks", []), *(one.check for one in reports)})[
                :MOST_NAMES
            ],
            "period": next((one.period for one in reports if one.period), before.get("period")),
        }
