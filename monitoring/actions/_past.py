"""Changes of a check that were told when the present was known already."""

from collections.abc import Sequence
from datetime import datetime

from monitoring.models import Flip
from monitoring.rules.folding import Late, woven

LOOKED_AT = 200  # changes of a check; what was before them stays as it is


class Past:
    """For the caller's transaction."""

    @staticmethod
    def retell(check_id: int, late: Sequence[Late], status: str, at: datetime) -> datetime | None:
        """Put what was told late among a check's changes; since when it is as it is.

        None where that changes nothing.
        """
        rows = Flip.objects.filter(check_row_id=check_id).order_by("-at", "-pk")[:LOOKED_AT]
        known = {(row.at, row.status): row.pk for row in reversed(rows)}
        line = woven(list(known), late, status)
        fresh = [change for change in line if change not in known]
        if not fresh:
            return None
        gone = [pk for change, pk in known.items() if change not in line]
        Flip.objects.filter(pk__in=gone).delete()
        Flip.objects.bulk_create(
            [
                Flip(check_row_id=check_id, status=one, at=when, noticed_at=at)
                for when, one in fresh
            ],
            ignore_conflicts=True,
        )
        return line[-1][0]
