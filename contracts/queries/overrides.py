"""Numbers said by hand in place of what is counted (psa Q7).

They stand in the unit register, so that a bill is counted again with what was said by then. The
unit is the agreement's line, the name is the reason.
"""

from collections import defaultdict
from datetime import datetime

from contracts.clients import queries as clients
from contracts.models import Agreement, AgreementLine
from contracts.rules.rating.counting import Override
from contracts.rules.register import Interval, UnitVersion, as_known
from msp.kit.periods import Period

UNIT = "override"


def overrides_of(*, client_id: int, known_at: datetime) -> dict[str, tuple[Override, ...]]:
    """What was said by hand of a client's lines and known by an instant, by line key.

    The older ones come first, so that a later word about the same day replaces it.
    """
    versions = clients.unit_versions(client_id=client_id, unit_type=UNIT, known_at=known_at)
    said = _in_order(versions, known_at)
    keys = dict(
        AgreementLine.objects.filter(pk__in={one.unit_id for one in said}).values_list(
            "pk", "line_key"
        )
    )
    found: dict[str, list[Override]] = defaultdict(list)
    for one in said:
        if one.unit_id in keys and one.ends_on is not None:
            period = Period(one.starts_on, one.ends_on)
            found[str(keys[one.unit_id])].append(Override(period, one.quantity, one.name))
    return {key: tuple(overrides) for key, overrides in found.items()}


def overrides_on(agreement: Agreement, at: datetime) -> list[tuple[Interval, AgreementLine]]:
    """The numbers that are said by hand for lines of an agreement, the newest first."""
    versions = clients.unit_versions(client_id=agreement.client_id, unit_type=UNIT, known_at=at)
    lines = AgreementLine.objects.filter(version__agreement=agreement).in_bulk()
    said = _in_order(versions, at)
    return [(one, lines[one.unit_id]) for one in reversed(said) if one.unit_id in lines]


def _in_order(versions: list[UnitVersion], known_at: datetime) -> list[Interval]:
    """What holds, in the order it was said first."""
    first = {one.interval_id: one.seq for one in reversed(versions)}
    return sorted(as_known(versions, known_at), key=lambda one: first[one.interval_id])
