"""Cron check-ins as sentry-cli and Sentry's SDKs send them: an envelope of a head and items.

A check-in names a job and how its run stands, and may bring the job's schedule along: how often it
runs, how long it may be late, how long it may take. `check_in_id` ties the end of a run to its
start. Other items of an envelope (errors, sessions) are nobody's business here.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from monitoring.rules.schedules import CRON, BadSchedule, Schedule, demand
from monitoring.rules.sources.healthchecks import run_id_of
from monitoring.rules.sources.naming import slug_of, words_of
from monitoring.rules.sources.report import Decoded, Invalid, Plan, Report

MOST_ITEMS = 100
_SIGNALS = {"in_progress": "start", "ok": "ok", "error": "fail"}
_UNITS = {
    "minute": 60, "hour": 3600, "day": 86_400, "week": 7 * 86_400, "month": 30 * 86_400,
    "year": 365 * 86_400,
}  # fmt: skip
Minutes = Annotated[int, Meta(ge=1, le=366 * 1440)]


class Paced(msgspec.Struct, gc=False):
    """When the job runs: a crontab line, or every so many units."""

    type: Literal["crontab", "interval"]
    value: str | int
    unit: str = ""


class Monitor(msgspec.Struct, gc=False):
    """What is expected of the job; times are minutes."""

    schedule: Paced
    checkin_margin: Minutes | None = None
    max_runtime: Minutes | None = None
    timezone: Annotated[str, Meta(max_length=60)] | None = None
    failure_issue_threshold: Annotated[int, Meta(ge=1, le=1000)] | None = None


class CheckIn(msgspec.Struct, gc=False):
    """One check-in."""

    monitor_slug: Annotated[str, Meta(min_length=1, max_length=200)]
    status: Literal["in_progress", "ok", "error"]
    check_in_id: Annotated[str, Meta(max_length=36)] = ""
    duration: float | None = None
    environment: Annotated[str, Meta(max_length=64)] = ""
    monitor_config: Monitor | None = None


_head = msgspec.json.Decoder(dict[str, Any])
_check_in = msgspec.json.Decoder(CheckIn)


def decode(body: bytes, received_at: datetime) -> Decoded:
    """The reports of an envelope."""
    reports = []
    try:
        for kind, payload in _items(body):
            if kind == "check_in":
                reports.append(_report(_check_in.decode(payload), received_at))
    except msgspec.ValidationError as error:
        raise Invalid.of(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"The envelope cannot be read: {error}", status=400) from None
    return Decoded(reports)


def _items(body: bytes) -> list[tuple[str, bytes]]:
    """The envelope's items: each a line that describes it, then its payload."""
    end = body.find(b"\n")
    _head.decode(body if end < 0 else body[:end])
    at = len(body) if end < 0 else end + 1
    found: list[tuple[str, bytes]] = []
    while at < len(body) and len(found) < MOST_ITEMS:
        end = body.find(b"\n", at)
        if end < 0 or not body[at:end].strip():
            break
        said = _head.decode(body[at:end])
        length = said.get("length")
        if not isinstance(length, int) or length < 0:
            stop = body.find(b"\n", end + 1)
            length = (stop if stop >= 0 else len(body)) - end - 1
        if end + 1 + length > len(body):
            raise Invalid("An item is shorter than it says.", field="length", status=400)
        found.append((str(said.get("type", "")), body[end + 1 : end + 1 + length]))
        at = end + 2 + length
    return found


def _report(one: CheckIn, at: datetime) -> Report:
    slug = slug_of(one.monitor_slug)
    run_id = run_id_of(one.check_in_id)
    if run_id.replace("-", "").strip("0") == "":
        run_id = ""
    took = f"Took {one.duration:.1f} s." if one.duration is not None else ""
    plan = _plan(one.monitor_config, at) if one.monitor_config else None
    return Report(
        at, check=slug, name=words_of(one.monitor_slug, 80), signal=_SIGNALS[one.status],
        run_id=run_id, text=took, plan=plan, period=0, grace=0,
    )  # fmt: skip


def _plan(said: Monitor, at: datetime) -> Plan:
    """What the job itself says is to be expected of it."""
    plan = Plan(
        grace=(said.checkin_margin or 1) * 60,
        longest=(said.max_runtime or 30) * 60,
        failures=min(said.failure_issue_threshold or 1, 100),
    )
    if said.schedule.type == "crontab":
        plan.cron, plan.zone = str(said.schedule.value)[:120], said.timezone or "UTC"
        _demand(Schedule(CRON, plan.cron, plan.zone), at)
        return plan
    unit = _UNITS.get(said.schedule.unit)
    if unit is None or not isinstance(said.schedule.value, int) or said.schedule.value < 1:
        raise Invalid("An interval is a number of units.", field="monitor_config.schedule")
    plan.period = min(said.schedule.value * unit, 366 * 86_400)
    return plan


def _demand(schedule: Schedule, at: datetime) -> None:
    try:
        demand(schedule, at)
    except BadSchedule as error:
        field = "timezone" if error.field == "zone" else "schedule"
        raise Invalid(error.reason, field=f"monitor_config.{field}") from None
