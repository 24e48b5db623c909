"""Service levels, read once per process: a version never changes."""

from dataclasses import dataclass
from functools import lru_cache

from contracts.models import ServiceLevelVersion
from contracts.rules import calendar as calendars
from contracts.rules.calendar import SupportCalendar
from tenants.context import current_schema


@dataclass(frozen=True)
class Level:
    """A promise as its version says it. `targets` maps "1".."4" to seconds by promise."""

    version_id: int
    name: str
    number: int
    targets: dict[str, dict[str, int]]
    calendar: SupportCalendar
    calendar_name: str
    pauses_response: bool


def level(version_id: int) -> Level:
    """The promise of a service level's version."""
    return _level(current_schema(), version_id)


@lru_cache(maxsize=2048)
def _level(schema: str, version_id: int) -> Level:
    version = ServiceLevelVersion.objects.select_related("level").get(pk=version_id)
    return Level(
        version.pk,
        version.level.name,
        version.number,
        version.targets,
        calendars.from_dict(version.calendar),
        version.calendar_name,
        version.pauses_response,
    )


def forget() -> None:
    """Drop what is remembered; for tests, whose databases begin anew."""
    _level.cache_clear()
