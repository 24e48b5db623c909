"""Numbers said by hand in place of what is counted (psa Q7)."""

from collections import defaultdict
from datetime import datetime

from django.db.models import Q

from contracts.models import Agreement, CountOverride
from contracts.rules.rating.counting import Override
from msp.kit.periods import Period


def overrides_of(*, client_id: int, known_at: datetime) -> dict[str, tuple[Override, ...]]:
    """What was said by hand of a client's lines and known by an instant, by line key.

    The older ones come first, so that a later word about the same day replaces it.
    """
    rows = CountOverride.objects.filter(
        Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=known_at),
        agreement__client_id=client_id,
        created_at__lte=known_at,
    )
    found: dict[str, list[Override]] = defaultdict(list)
    for row in rows.order_by("created_at", "pk"):
        period = Period(row.starts_on, row.ends_on)
        found[str(row.line_key)].append(Override(period, row.quantity, row.reason))
    return {key: tuple(said) for key, said in found.items()}


def overrides_on(agreement: Agreement) -> list[CountOverride]:
    """The numbers that are said by hand for lines of an agreement, the newest first."""
    return list(agreement.overrides.filter(withdrawn_at__isnull=True))
