"""Work that takes a while: the one question of coverage, for each part of one class of hours."""

from collections.abc import Iterable
from datetime import datetime

from contracts.models import WorkKind
from contracts.queries.covering import Cover, Work
from contracts.queries.fallback import promised_cover
from contracts.queries.levels import level
from contracts.rules.decisions import WORK_TYPES
from contracts.rules.labour import Stretch, split


def own_work_kinds() -> list[WorkKind]:
    """The MSP's own kinds of work that are in use."""
    return list(WorkKind.objects.filter(retired_at__isnull=True))


def work_types() -> dict[str, str]:
    """Every kind of work one may choose: those everybody has, then one's own."""
    return WORK_TYPES | {one.code: one.name for one in own_work_kinds()}


def work_names(codes: Iterable[str]) -> dict[str, str]:
    """What kinds of work are called, the retired too; asks only where one is not everybody's."""
    own = set(codes) - set(WORK_TYPES)
    if not own:
        return dict(WORK_TYPES)
    return WORK_TYPES | dict(WorkKind.objects.filter(code__in=own).values_list("code", "name"))


def cover_work(
    *, client_id: int, device_id: int | None, started_at: datetime, ended_at: datetime, work: Work
) -> list[tuple[Stretch, Cover]]:
    """The work cut where support hours, after hours and holidays meet, each with its answer."""
    first = promised_cover(client_id=client_id, device_id=device_id, at=started_at, work=work)
    calendar = level(first.level_version_id).calendar if first.level_version_id else None
    one, *more = split(calendar, started_at, ended_at)
    return [
        (one, first),
        *(
            (
                part,
                promised_cover(
                    client_id=client_id, device_id=device_id, at=part.started_at, work=work
                ),
            )
            for part in more
        ),
    ]
