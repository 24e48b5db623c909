"""Whether many MSPs' silence is rather our own: begun, looked at again, over, told."""

import logging
from datetime import UTC, datetime

from django.conf import settings
from django.core.mail import send_mail

from monitoring import actions, queries
from monitoring.gateways import stream
from monitoring.queries import Position
from monitoring.rules import platform, pulses
from monitoring.rules.platform import Doubt, Silence
from msp.kit import doubt as kept
from msp.kit.refs import system
from tenants.context import Tenant, current_schema
from tenants.work import for_each

log = logging.getLogger(__name__)
BY = system("Monitoring")
REASON = "many fell silent at once and were heard again"


def clock_of(position: Position, seen: datetime | None) -> datetime | None:
    """What the current MSP's silence is judged by: the last pulse of an open intake, and where
    something still waits in its stream, what was drained last."""
    schema = current_schema()
    if position.spooled or not stream.is_drained(schema, position.last_id):
        stream.mark_dirty(schema)  # the mark is lost with whoever took it and was killed
        return position.evaluated_at
    if not seen:
        return position.evaluated_at
    settled = seen - pulses.SETTLE
    return max(settled, position.evaluated_at) if position.evaluated_at else settled


def begins(opened: list[pulses.Open]) -> bool:
    """Whether, with everybody looked at, it is rather we who do not hear; then that is kept."""
    now, silences = datetime.now(UTC), _silences(opened)
    if not platform.is_ours(silences.values(), settings.DOUBT_SHARE / 100):
        return False
    doubt = platform.doubted(silences, None, now)
    _keep(doubt, silences)
    log.error("%d MSPs fell silent at once: rather we do not hear", len(doubt.since))
    return True


def look(opened: list[pulses.Open]) -> Doubt | None:
    """The doubt there is, if it is not over: while it holds nobody is called.

    Heard again in time, the stretch is unknown and nothing of it is theirs.
    """
    doubt = _doubt()
    if doubt is None:
        return None
    now, silences = datetime.now(UTC), _silences(opened)
    if not platform.is_over(silences.values()):
        doubt = platform.doubted(silences, doubt, now)
        _keep(doubt, silences)
        return doubt
    if doubt.holds(now):
        for_each(lambda tenant: _unknown(doubt, tenant, now))
    kept.drop()
    return None


def tell_operator() -> None:
    """One mail for each doubt; where it fails the next look sends it."""
    facts = kept.kept()
    if facts is None or not settings.OPERATOR_EMAIL or facts["began_at"] == kept.told():
        return
    many = len(facts["since"])
    send_mail(
        subject=f"{many} MSPs fell silent at once",
        message=(
            f"Since {facts['began_at']} {facts['silent']} of {facts['watched']} devices say"
            f" nothing, of {many} MSPs or more. That is rather ours than theirs: look at the"
            " intake, its address and its network. Nobody else is called for it for"
            f" {platform.LONGEST.total_seconds() / 60:.0f} minutes."
        ),
        from_email=None,
        recipient_list=[settings.OPERATOR_EMAIL],
    )
    kept.tell(facts["began_at"])


def _silences(opened: list[pulses.Open]) -> dict[str, Silence]:
    def look(_tenant: Tenant) -> Silence:
        position = queries.position()
        clock = clock_of(position, pulses.seen_until(position.pulse_at, opened))
        return queries.silence(clock) if clock else Silence()

    return for_each(look)


def _doubt() -> Doubt | None:
    facts = kept.kept()
    if facts is None:
        return None
    since = {name: datetime.fromisoformat(text) for name, text in facts["since"].items()}
    return Doubt(datetime.fromisoformat(facts["began_at"]), since)


def _keep(doubt: Doubt, silences: dict[str, Silence]) -> None:
    kept.keep({
        "began_at": doubt.began_at.isoformat(),
        "since": {name: at.isoformat() for name, at in doubt.since.items()},
        "watched": sum(one.watched for one in silences.values()),
        "silent": sum(one.silent for one in silences.values()),
    })  # fmt: skip


def _unknown(doubt: Doubt, tenant: Tenant, now: datetime) -> None:
    since = doubt.since.get(tenant.schema_name)
    if since is not None:
        actions.go_blind(started_at=since, ended_at=now, reason=REASON, by=BY, at=now)
