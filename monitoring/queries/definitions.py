"""Checks and templates as their definitions: what a person said of them, read back."""

from datetime import datetime
from itertools import pairwise
from math import ceil
from statistics import median

from contracts.clients.models import Device
from monitoring.models import Check, CheckTemplate, Reading, Rollup
from monitoring.rules import contents, definitions, thresholds
from monitoring.rules.definitions import BadDefinition, Definition
from monitoring.rules.schedules import Schedule
from monitoring.rules.series import FINE
from msp.kit.refusals import Refused

LOOKED_AT, LEAST_KNOWN = 12, 4  # values whose distances say how often they come
IMPORTANT = (
    Device.Kind.SERVER, Device.Kind.FIREWALL, Device.Kind.SWITCH, Device.Kind.STORAGE,
)  # fmt: skip


def severity_of(check: Check) -> str:
    """How grave it is when this check is down, by what it is a check of."""
    return "critical" if check.device.kind in IMPORTANT else "major"


def of_check(check: Check) -> Definition:
    """What is meant by a check."""
    schedule = Schedule(check.kind, check.schedule, check.zone) if check.schedule else None
    series = check.series if check.kind == Check.Kind.THRESHOLD else None
    return Definition(
        check.kind, check.period_seconds, check.grace_seconds, check.max_run_seconds,
        check.fail_threshold, schedule, contents.words_of(check.words),
        series.name if series else "", series.unit if series else "",
        thresholds.limits_of(check.limits) if check.limits else None,
    )  # fmt: skip


def of_template(template: CheckTemplate, *, series: str = "") -> Definition:
    """What a template asks for, of one series."""
    schedule = (
        Schedule(template.kind, template.schedule, template.zone) if template.schedule else None
    )
    return Definition(
        template.kind, template.period_seconds, template.grace_seconds,
        fail_threshold=template.fail_threshold, schedule=schedule,
        series=series or template.series,
        limits=thresholds.limits_of(template.limits) if template.limits else None,
    )  # fmt: skip


def said_of(check: Check, at: datetime) -> str:
    """The check as a sentence."""
    return definitions.sentence(of_check(check), check.name, at)


def demanded(definition: Definition, at: datetime) -> None:
    """Refuse what cannot be a check, at its field."""
    try:
        definitions.demand(definition, at)
    except BadDefinition as error:
        raise Refused(error.reason, field=error.field) from None


def pace_of(series_id: int, usual: int) -> int:
    """How often a series' values come, in seconds; what is `usual` while too few have come.

    By the middle of the last gaps, so that one time without values makes nothing slower: from the
    readings, and for what comes too seldom for that from the five minutes that are kept longer.
    """
    rows = Reading.objects.filter(series_id=series_id).order_by("-at")
    known = list(rows.values_list("at", flat=True)[:LOOKED_AT])
    if len(known) < LEAST_KNOWN:
        fine = Rollup.objects.filter(series_id=series_id, seconds=FINE).order_by("-at")
        known = list(fine.values_list("at", flat=True)[:LOOKED_AT])
    if len(known) < LEAST_KNOWN:
        return usual
    gaps = [(later - before).total_seconds() for later, before in pairwise(known)]
    return max(usual, ceil(median(gaps)))
