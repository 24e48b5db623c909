"""Whose promise holds where no agreement names a level: the client's own, else the house's (S5)."""

from dataclasses import replace
from datetime import datetime

from django.db.models import Q

from contracts.models import FallbackLevel, ServiceLevel
from contracts.queries.covering import NOTHING_KNOWN, Cover, Work, coverage
from contracts.rules.coverage import Offer, Promise, promise


def promised_cover(
    *, client_id: int, device_id: int | None, at: datetime, work: Work = NOTHING_KNOWN
) -> Cover:
    """What covers, and the promise it is held to; the reason says who named the promise."""
    cover = coverage(client_id=client_id, device_id=device_id, at=at, work=work)
    if cover.level_version_id is not None:
        return cover
    found = fallback(client_id)
    if found is None:
        return cover
    reason = f"{cover.reason} {found.reason}"
    return replace(cover, level_version_id=found.policy_id, reason=reason)


def fallback(client_id: int) -> Promise | None:
    """The narrowest fallback there is; one without a level promises nothing, on purpose."""
    rows = FallbackLevel.objects.filter(Q(client_id=client_id) | Q(client__isnull=True))
    offers = [_offer(row) for row in rows.select_related("level")]
    return promise(offers) if offers else None


def _offer(row: FallbackLevel) -> Offer:
    owner = "client" if row.client_id else "tenant"
    newest = row.level.versions.order_by("-number").first() if row.level else None
    return Offer(owner, newest.pk if newest else None, row.level.name if row.level else "")


def fallbacks() -> list[FallbackLevel]:
    """All of them, the house's first."""
    rows = FallbackLevel.objects.select_related("client", "level")
    return sorted(rows, key=lambda row: (row.client_id is not None, str(row.client)))


def level_choices() -> list[tuple[int, str]]:
    """Every level by name."""
    return list(ServiceLevel.objects.order_by("name").values_list("pk", "name"))
