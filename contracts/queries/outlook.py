"""What a draft would mean if it were published: its bill, its changes, what stands against it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.models import AgreementVersion, Service, ServiceLevelVersion
from contracts.queries.agreements import draft_of, other_counted_lines, said_of
from contracts.queries.pricing import (
    Bill,
    bill_of,
    coming_period,
    known_units,
    uncovered,
    version_bill,
)
from contracts.rules import credit_words, drafts, words
from contracts.rules.credits import read_credits
from contracts.rules.doubles import Counted
from contracts.rules.margins import Margin, Sold, margin_of
from contracts.rules.register import Interval
from contracts.rules.terms import Terms
from msp.kit.periods import local_date
from tenants.context import current


@dataclass(frozen=True)
class Planned:
    """A line that may not be saved yet."""

    description: str
    terms: Terms
    service_id: int | None = None
    line_key: UUID | None = None


@dataclass(frozen=True)
class Plan:
    """A draft as it is being written."""

    version: AgreementVersion
    lines: Sequence[Planned]
    level: ServiceLevelVersion | None
    starts_on: date
    backdated: bool = False
    credits: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outlook:
    """The coming bill beside the one of the present version, and what is worth knowing."""

    bill: Bill
    present: Decimal | None
    changes: list[words.Difference]
    findings: list[drafts.Finding]
    uncovered: list[Interval]
    margin: Margin | None = None

    @property
    def gain(self) -> Decimal | None:
        return None if self.present is None else self.bill.total - self.present


def outlook(plan: Plan, at: datetime) -> Outlook:
    """What would follow if the plan were published now."""
    agreement = plan.version.agreement
    today = local_date(at, agreement.client.zone)
    period = coming_period(plan.starts_on, today)
    units = known_units([agreement.client_id])[agreement.client_id]
    others = other_counted_lines(agreement, plan.starts_on)
    before = _before(plan.version)
    priced = [(line.description, line.terms) for line in plan.lines]
    bill = bill_of(priced, units, period, agreement.currency)
    return Outlook(
        bill=bill,
        margin=_margin(plan, bill) if agreement.currency == current().currency else None,
        present=version_bill(before, units, period).total if before else None,
        changes=words.differences(said_of(before), _said(plan)) if before else [],
        findings=drafts.findings(_draft(plan), others, today),
        uncovered=uncovered(
            [line.terms for line in plan.lines], [one.terms for one in others], units, today
        ),
    )


def _margin(plan: Plan, bill: Bill) -> Margin:
    """The bill against what our services cost us; costs are in our own currency."""
    wanted = {line.service_id for line in plan.lines} - {None}
    costs = dict(Service.objects.filter(pk__in=wanted).values_list("pk", "cost"))
    return margin_of(
        Sold(
            row.description, row.terms.kind, row.estimate.many, row.estimate.amount,
            costs.get(line.service_id or 0),
        )
        for line, row in zip(plan.lines, bill.rows, strict=True)
    )  # fmt: skip


def _before(version: AgreementVersion) -> AgreementVersion | None:
    return (
        version.agreement.versions.filter(published_at__isnull=False)
        .select_related("agreement", "level_version__level")
        .prefetch_related("lines")
        .order_by("-number")
        .first()
    )


def _draft(plan: Plan) -> drafts.Draft:
    saved = draft_of(plan.version)
    name = plan.version.agreement.name
    return drafts.Draft(
        lines=[Counted(line.description, name, line.service_id, line.terms) for line in plan.lines],
        effective_on=plan.starts_on,
        ends_on=saved.ends_on,
        follows_number=saved.follows_number,
        follows_on=saved.follows_on,
        backdated=plan.backdated,
    )


def _said(plan: Plan) -> words.Said:
    level, saved = plan.level, said_of(plan.version)
    return words.Said(
        currency=plan.version.agreement.currency,
        lines=[
            (str(line.line_key or f"new {at}"), line.description, line.terms)
            for at, line in enumerate(plan.lines)
        ],
        level=f"{level.level.name}, version {level.number}" if level else "",
        hours=level.calendar_name if level else "",
        targets=level.targets if level else None,
        terms=saved.terms,
        coverage=saved.coverage,
        credits=credit_words.sentences(read_credits(plan.credits), saved.currency),
    )
