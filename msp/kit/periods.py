"""Days, months and the instants they begin at.

Every billed or counted stretch is a half-open run of local dates, so that stretches laid end to
end neither overlap nor leave a day out. Instants are UTC; a business date is what the owner's wall
calendar shows, so a zone is always named where one becomes the other.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# Dates somebody may mean; one of another age is a slip of the keys.
EARLIEST, LATEST = date(1990, 1, 1), date(2200, 1, 1)

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A run of local dates, `start` included and `end` not."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError(f"end: a period has at least one day, not {self.start} to {self.end}")

    @property
    def days(self) -> int:
        """How many dates lie inside; what a full price is divided by."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last date inside, as people name the end of a period."""
        return self.end - _DAY

    def contains(self, day: date) -> bool:
        """Whether the date lies inside."""
        return self.start <= day < self.end

    def clip(self, other: "Period") -> "Period | None":
        """The part shared with another period, or None where they do not meet."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Period(start, end) if start < end else None

    def __str__(self) -> str:
        """The period as people write it, both ends included: `11-20 June 2026`."""
        first, last = self.start, self.last
        if first.day == 1 and self == month_of(first):
            return f"{first:%B %Y}"
        if first == last:
            return long_date(first)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}\u2013{long_date(last)}"
        if first.year == last.year:
            return f"{first.day} {first:%B} \u2013 {long_date(last)}"
        return f"{long_date(first)} \u2013 {long_date(last)}"


def long_date(day: date) -> str:
    """A date as people write it: `27 April 2027`."""
    return f"{day.day} {day:%B %Y}"


def month(year: int, number: int) -> Period:
    """The calendar month."""
    start = date(year, number, 1)
    return Period(start, anchored(start, 1))


def month_of(day: date) -> Period:
    """The calendar month that contains the date."""
    return month(day.year, day.month)


def previous_month(period: Period) -> Period:
    """The calendar month before the one this period starts in."""
    return month_of(period.start.replace(day=1) - _DAY)


def anchored(anchor: date, months: int) -> date:
    """The boundary `months` after an anchor date, always measured from the anchor.

    Stepping from the previous boundary would drift: 31 January, 28 February, 28 March. From the
    anchor the third is 31 March again.
    """
    year, number = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, number + 1, min(anchor.day, monthrange(year, number + 1)[1]))


@lru_cache(maxsize=1024)
def zone_named(name: str) -> ZoneInfo:
    """The IANA zone, or a ValueError that says the name is not one."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"zone: {name!r} is not a known time zone") from error


def local_date(instant: datetime, zone: str) -> date:
    """The date on the wall calendar of the zone at that instant."""
    return _aware(instant).astimezone(zone_named(zone)).date()


def day_start(day: date, zone: str) -> datetime:
    """The UTC instant at which the date begins in the zone, whatever the clocks do that night."""
    return first_instant(datetime.combine(day, time.min), zone_named(zone))


def bounds(period: Period, zone: str) -> tuple[datetime, datetime]:
    """The UTC instants a period begins and ends at."""
    return day_start(period.start, zone), day_start(period.end, zone)


def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first UTC instant at which a clock on the wall shows this time or a later one.

    Of a time shown twice this is the first showing; a time that is skipped gives the instant of
    the jump.
    """
    early, late = _readings(wall, zone)
    return early if early <= late else _jump(late, early, zone)


def last_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The last UTC instant before which a clock on the wall still shows an earlier time.

    Of a time shown twice this is the second showing; a time that is skipped gives the instant of
    the jump.
    """
    early, late = _readings(wall, zone)
    return late if early <= late else _jump(late, early, zone)


def _readings(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return (
        wall.replace(tzinfo=zone, fold=0).astimezone(UTC),
        wall.replace(tzinfo=zone, fold=1).astimezone(UTC),
    )


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between two at which the zone's offset grows, found by halving."""
    final = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).utcoffset() == final:
            after = middle
        else:
            before = middle
    return after


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"instant: {instant.isoformat()} names no time zone")
    return instant
