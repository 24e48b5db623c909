"""A running project of Harbor: a plan in two phases, 30/40/30 of 12,000."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from contracts import actions as contracts
from contracts.models import Quote
from msp.kit.refs import Actor
from tenants.journal.delivery import drain as run
from tests import make
from tests.cast import Cast
from tickets.projects import actions
from tickets.projects.actions import MilestoneInput
from tickets.projects.models import Milestone, Project

AT = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
WHO: dict[str, Any] = {"by": make.BY, "at": AT}
DAY = date(2026, 6, 1)


def planned(cast: Cast, **more: Any) -> Project:
    """A project that is planned, with three milestones."""
    fields = {"name": "Move to the cloud", "starts_on": DAY, "due_on": date(2026, 8, 31)} | more
    project = actions.plan_project(client=cast.harbor, **fields, **WHO)
    fixed = project.fee == Project.Fee.FIXED
    rows = (("Plan", "Plan agreed", 3600), ("Move", "Mail moved", 4800), ("Move", "Files", 3600))
    actions.write_milestones(
        project=project,
        milestones=[
            MilestoneInput(phase, title, Decimal(amount if fixed else 0), date(2026, 6 + at, 20))
            for at, (phase, title, amount) in enumerate(rows)
        ],
        **WHO,
    )  # fmt: skip
    project.refresh_from_db()
    return project


@pytest.fixture
def project(cast: Cast) -> Project:
    """It runs."""
    return actions.start_project(project=planned(cast), **WHO)


def step(project: Project, at: int = 0) -> Milestone:
    """One of its milestones, in their order."""
    return project.milestones.order_by("position")[at]


def quoted(
    cast: Cast, *lines: contracts.QuotedInput, becomes: str = "project", quote: Quote | None = None
) -> Quote:
    """A quote that was sent and accepted on AT."""
    made = quote or contracts.draft_quote(client=cast.harbor, name="New office", **WHO)
    version = contracts.write_quote(
        version=made.versions.get(), options=[contracts.OptionInput("All")], lines=list(lines),
        valid_until_on=date(2026, 6, 30), becomes=becomes, **WHO,
    )  # fmt: skip
    contracts.send_quote(version=version, **WHO)
    contracts.accept_quote(
        quote=made, version_number=1, wanted=contracts.Wanted("a"),
        signature=contracts.Signature(cast.cleo, "Cleo"), by=Actor("contact", 1, "Cleo"), at=AT,
    )  # fmt: skip
    run()
    made.refresh_from_db()
    return made


def once(title: str, price: str, many: int | Decimal = 1, phase: str = "") -> contracts.QuotedInput:
    """A line that is delivered once."""
    return contracts.QuotedInput(title, "once", {"unit_price": price}, Decimal(many), phase=phase)
