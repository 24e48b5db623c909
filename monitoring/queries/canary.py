"""The canary, what its silences came to, and whether one went unnoticed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from monitoring.models import Check, EnrolmentKey, Incident
from monitoring.rules import canary as rules
from tenants.context import current_schema

TRIALS = 48
# Anybody may call a check so; only ours is of a device that never counts.
_OURS = {"device__counts_from_on": rules.NEVER}


def the_canary() -> Check | None:
    """This MSP's canary, where one is placed."""
    rows = Check.objects.filter(slug=rules.SLUG, **_OURS, device__retired_on__isnull=True)
    return rows.select_related("device__client", "device__site").order_by("pk").first()


def key_of(check: Check) -> int | None:
    """The key it reports with."""
    rows = EnrolmentKey.objects.filter(device=check.device_id, revoked_at__isnull=True)
    return rows.values_list("pk", flat=True).first()


def is_ours(check: Check) -> bool:
    """Whether a check is our own canary, and not only called so."""
    return check.slug == rules.SLUG and check.device.counts_from_on == rules.NEVER


def is_canary(incident: Incident) -> bool:
    """Whether an incident is only the proof that incidents open."""
    return incident.check_row is not None and is_ours(incident.check_row)


@dataclass(frozen=True)
class Proof:
    """What the canary's last silences came to."""

    check: Check
    trials: list[rules.Trial]
    middle: timedelta | None
    slowest: timedelta | None
    overdue: bool
    next_at: datetime


def proof(at: datetime) -> Proof | None:
    """The trials of the last days, the newest first."""
    check = the_canary()
    if check is None:
        return None
    rows = Incident.objects.filter(check_row=check).order_by("-opened_at")[:TRIALS]
    grace = timedelta(seconds=rules.PERIOD + rules.GRACE)
    trials = [rules.Trial(row.opened_at - grace, row.opened_at, row.detected_at) for row in rows]
    latencies = [one.latency for one in trials if one.latency is not None]
    start, _end = rules.silence(current_schema(), at)
    return Proof(
        check, trials, rules.percentile(latencies, 50), rules.percentile(latencies, 99),
        is_overdue(check, at), start + rules.EVERY,
    )  # fmt: skip


def is_overdue(check: Check, at: datetime) -> bool:
    """Whether the last silence on purpose went unnoticed."""
    since = at - 2 * rules.EVERY
    opened = Incident.objects.filter(check_row=check, opened_at__gte=since)
    return rules.is_overdue(
        current_schema(), at, check.created_at, list(opened.values_list("opened_at", flat=True))
    )
