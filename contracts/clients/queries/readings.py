"""What meters showed, as it was known at a time."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from contracts.clients.models import Holding, MeterReading
from contracts.rules import metering
from contracts.rules.metering import Dial, Metered, Statement

_EVER, _FAR = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def metered(meter_ids: Collection[int], known_at: datetime | None = None) -> dict[int, Metered]:
    """Meters with their dials and readings, with the knowledge of an instant."""
    if not meter_ids:
        return {}
    known = known_at or _FAR
    rows = MeterReading.objects.filter(meter__in=meter_ids, recorded_at__lte=known)
    said: dict[int, list[Statement]] = defaultdict(list)
    for row in rows.order_by("pk"):
        said[row.meter_id].append(statement_of(row))
    return {
        one.pk: Metered(
            one.name, one.measure, dial_of(one, known), metering.as_known(said[one.pk], known)
        )
        for one in Holding.objects.filter(pk__in=meter_ids, kind=Holding.Kind.METER)
    }


def dial_of(meter: Holding, known_at: datetime | None = None) -> Dial:
    """What a meter's figures mean, as it was known; a plain counter where nobody said it."""
    found: dict[str, object] = {}
    for said in meter.dials:
        if datetime.fromisoformat(said["since"]) <= (known_at or _FAR):
            found = {name: value for name, value in said.items() if name != "since"}
    return Dial.read(found)


def statement_of(row: MeterReading) -> Statement:
    """A row as the rules read it."""
    return Statement(
        str(row.reading_id), row.taken_at, row.value, row.drop, row.recorded_at, row.pk
    )


def learned_of(meter_ids: Collection[int], since: datetime, known_at: datetime) -> datetime | None:
    """The first instant whose use may be another by what was learned since; None where none is.

    A new reading tells what was used since the one before it, so the change begins there; a dial
    may tell another story of everything.
    """
    for meter in Holding.objects.filter(pk__in=meter_ids):
        if dial_of(meter, since) != dial_of(meter, known_at):
            return _EVER
    rows = MeterReading.objects.filter(meter__in=meter_ids, recorded_at__lte=known_at)
    newer = rows.filter(recorded_at__gt=since)
    if not newer.exists():
        return None
    first = []
    for meter_id, taken_at in newer.values_list("meter", "taken_at"):
        earlier = rows.filter(meter=meter_id, taken_at__lt=taken_at)
        before = earlier.order_by("-taken_at").values_list("taken_at", flat=True).first()
        first.append(before or taken_at)
    return min(first)


@dataclass(frozen=True)
class Shown:
    """A reading as a list shows it: what was used since the one before, or what is the matter.

    `how` says how a counter began again, and `open` that nobody has said it yet.
    """

    row: MeterReading
    used: Decimal | None
    how: str = ""
    open: bool = False
    corrected: bool = False


def readings_of(meter: Holding) -> list[Shown]:
    """The readings that stand, the newest first."""
    rows = list(MeterReading.objects.filter(meter=meter).order_by("recorded_at", "pk"))
    latest = {row.reading_id: row for row in rows}
    firsts = {row.reading_id: row.pk for row in reversed(rows)}
    standing = sorted(
        (row for row in latest.values() if row.value is not None),
        key=lambda row: (row.taken_at, row.pk),
    )
    dial = dial_of(meter)
    shown: list[Shown] = []
    for before, row in zip([None, *standing], standing, strict=False):
        shown.append(_shown(dial, before, row, row.pk != firsts[row.reading_id]))
    return shown[::-1]


def _shown(dial: Dial, before: MeterReading | None, row: MeterReading, corrected: bool) -> Shown:
    if dial.shows != metering.COUNTER or before is None:
        used = row.value if dial.shows == metering.AMOUNTS else None
        return Shown(row, used, corrected=corrected)
    first, then = (
        metering.Taken(one.taken_at, one.value or Decimal(0), one.drop) for one in (before, row)
    )
    used = metering.step(dial, first, then)
    fell = then.value < first.value or then.drop == metering.RESET
    how = metering.how_begun(dial, then) if fell else ""
    return Shown(row, used, how, used is None, corrected)


def last_readings(meters: Iterable[Holding]) -> dict[int, Shown]:
    """The newest reading of each meter that has one."""
    found = {}
    for meter in meters:
        shown = readings_of(meter)
        if shown:
            found[meter.pk] = shown[0]
    return found
