"""Hours bought ahead that are not wanted any more."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from contracts.actions.agreements import LineInput, amend, publish, set_lines
from contracts.models import Agreement, AgreementVersion
from contracts.rules.terms import Block, read_terms
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused


@transaction.atomic
def give_back(
    *, agreement: Agreement, line_key: UUID, on: date, by: Actor, at: datetime
) -> AgreementVersion:
    """From a day on nothing is drawn from a block, and what is left of it is given back (H7).

    The credit is a line of the bill of that month, after the work of it has drawn its hours.
    """
    version = amend(agreement=agreement, effective_on=on, by=by, at=at)
    rows = list(version.lines.select_related("service", "level_version", "offer"))
    found = next((row for row in rows if row.line_key == line_key), None)
    terms = read_terms(found.kind, found.facts) if found else None
    if found is None or not isinstance(terms, Block):
        raise Refused("It is no block of hours of this agreement.", field="line_key")
    if terms.refunded_on is not None:
        raise Conflict(f"What is left of it is given back on {terms.refunded_on}.")
    if terms.expires_on is not None and terms.expires_on < on:
        raise Refused(f"It ended on {terms.expires_on}; nothing is left.", field="on")
    if on < terms.bought_on:
        raise Refused(f"It is bought on {terms.bought_on}.", field="on")
    lines = [
        LineInput(
            row.description, row.kind,
            row.facts | ({"refunded_on": on.isoformat()} if row.pk == found.pk else {}),
            row.service, row.level_version, row.line_key, row.offer,
        )
        for row in rows
    ]  # fmt: skip
    set_lines(version=version, lines=lines, level_version=version.level_version, by=by, at=at)
    version.refresh_from_db()
    version.note = f"What is left of {found.description} is given back on {on}."
    version.save(update_fields=["note"])
    return publish(version=version, by=by, at=at)
