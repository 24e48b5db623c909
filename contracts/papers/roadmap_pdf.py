"""A road map as a PDF: where the client stands, what was found, and the phases over time."""

from typing import Any

from babel.dates import format_date
from django.http import HttpResponse

from contracts.models import Roadmap
from contracts.papers.quote_pdf import EVERY
from contracts.queries.roadmaps import Stage, Told
from msp.kit import papers
from msp.kit.money import format_money
from tenants.context import current

_LOCALE = "en_US"


def response(roadmap: Roadmap, told: Told) -> HttpResponse:
    """The PDF as a file to read."""
    made = papers.render(
        "contracts/papers/roadmap.typ", document(roadmap, told), stamp=roadmap.changed_at
    )
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="roadmap-{roadmap.pk}.pdf"'
    return answer


def document(roadmap: Roadmap, told: Told) -> dict[str, Any]:
    """What is printed, as plain words and shares of the whole time."""
    stages = told.stages
    begins = stages[0].phase.starts_on if stages else None
    whole = (stages[-1].phase.ends_on - begins).days if stages and begins else 1
    return {
        "title": roadmap.name,
        "paper": papers.sheet_of(roadmap.currency),
        "seller": current().name,
        "client": roadmap.client.name,
        "assessed": _date(roadmap.assessed_at),
        "overall": told.overall,
        "scores": [
            {"name": one.name, "percent": one.percent}
            for one in told.scores
            if one.percent is not None
        ],
        "findings": [{"text": one.text, "weight": one.weight} for one in told.findings],
        "phases": [
            _phase(stage, roadmap.currency)
            | {"from": (stage.phase.starts_on - begins).days / whole if begins else 0,
               "to": (stage.phase.ends_on - begins).days / whole if begins else 1}
            for stage in stages
        ],
    }  # fmt: skip


def _phase(stage: Stage, currency: str) -> dict[str, Any]:
    sums = stage.sums
    said = [(sums.month, "a month"), (sums.quarter, "a quarter"), (sums.year, "a year"),
            (sums.once, "once")]  # fmt: skip
    return {
        "name": stage.phase.name,
        "why": stage.phase.why,
        "starts": _date(stage.phase.starts_on),
        "weeks": stage.phase.weeks,
        "findings": [one.text for one in stage.findings],
        "services": [
            {
                "name": one.service.name,
                "amount": f"{format_money(one.amount, currency)} {EVERY[one.every]}"
                if one.line
                else "price on request",
            }
            for one in stage.services
        ],
        "sums": ", ".join(f"{format_money(amount, currency)} {how}" for amount, how in said
                          if amount),
    }  # fmt: skip


def _date(day: Any) -> str:
    return str(format_date(day, "long", locale=_LOCALE)) if day else ""
