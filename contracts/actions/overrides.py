"""Numbers said by hand in place of what is counted: with a reason and an end (psa Q7)."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from contracts import events
from contracts.clients.actions import register
from contracts.models import Agreement, AgreementLine
from contracts.queries.overrides import UNIT, overrides_on
from contracts.rules.terms import TERMS
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce

LONGEST_DAYS = 366
LONGEST_REASON = 120
MOST = 10_000_000


@transaction.atomic
def override_count(
    *, agreement: Agreement, line_key: UUID, quantity: int, starts_on: date, ends_on: date,
    reason: str, by: Actor, at: datetime,
) -> None:  # fmt: skip
    """Charge a number instead of what a line counts, for some days; `ends_on` is the first without.

    Days that are billed already are corrected by the next run.
    """
    line = (
        AgreementLine.objects.filter(
            version__agreement=agreement, version__published_at__isnull=False, line_key=line_key
        )
        .order_by("-version__number")
        .first()
    )
    if line is None or not hasattr(TERMS[line.kind], "unit_type"):
        raise Refused("Choose a line that counts.", field="line_key")
    _check(quantity, starts_on, ends_on, reason)
    register.begin(
        unit_type=UNIT, unit_id=line.pk, unit_class=UNIT, name=reason.strip(),
        client_id=agreement.client_id, site_id=None, starts_on=starts_on, ends_on=ends_on,
        quantity=quantity, source="manual", at=at,
    )  # fmt: skip
    announce(
        events.CountOverridden(
            agreement.pk, agreement.client_id, line.description, quantity,
            starts_on.isoformat(), ends_on.isoformat(), reason.strip(),
        ),
        by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def withdraw_override(*, agreement: Agreement, interval_id: str, by: Actor, at: datetime) -> None:
    """Count again from now on; what was billed meanwhile is corrected by the next run."""
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    said = next(
        (one for one, _line in overrides_on(agreement, at) if one.interval_id == interval_id), None
    )
    if said is None:
        raise Conflict("It was withdrawn already.")
    register.restate(interval=said, source="manual", at=at, ends_on=said.starts_on)
    announce(
        events.OverrideWithdrawn(agreement.pk, agreement.client_id, said.quantity, said.name),
        by=by, at=at,
    )  # fmt: skip


def _check(quantity: int, starts_on: date, ends_on: date, reason: str) -> None:
    if not reason.strip():
        raise Refused("Say why: it stands on the bill's evidence.", field="reason")
    if len(reason.strip()) > LONGEST_REASON:
        raise Refused(f"At most {LONGEST_REASON} characters.", field="reason")
    if ends_on <= starts_on:
        raise Refused("It ends before it begins.", field="last_on")
    if (ends_on - starts_on).days > LONGEST_DAYS:
        raise Refused("A number by hand ends within a year. Look again then.", field="last_on")
    if not 0 <= quantity <= MOST:
        raise Refused(f"Between 0 and {MOST:,}.", field="quantity")
