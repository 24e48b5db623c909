"""Checks and templates as their definitions: what a person said of them, read back."""

from datetime import datetime

from contracts.clients.models import Device
from monitoring.models import Check, CheckTemplate
from monitoring.rules import contents, definitions, thresholds
from monitoring.rules.definitions import BadDefinition, Definition
from monitoring.rules.schedules import Schedule
from msp.kit.refusals import Refused

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
