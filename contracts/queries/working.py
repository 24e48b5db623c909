"""Work that takes a while: the one question of coverage, for each part of one class of hours."""

from datetime import datetime

from contracts.queries.covering import Cover, Work
from contracts.queries.fallback import promised_cover
from contracts.queries.levels import level
from contracts.rules.labour import Stretch, split


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
