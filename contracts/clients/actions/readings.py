"""Reading meters. Nothing is updated: a correction is one more row with its own time (psa X5)."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from contracts.clients import events
from contracts.clients.models import Holding, MeterReading
from contracts.clients.queries import dial_of
from contracts.rules.metering import COUNTER, DROPS, Dial
from msp.kit.facts import InvalidFact
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce

_AHEAD = timedelta(minutes=10)  # clocks of sources differ a little
_OLDEST = timedelta(days=3653)


@transaction.atomic
def record_reading(
    *, meter: Holding, value: Decimal, taken_at: datetime, source: str = "manual",
    source_key: str | None = None, note: str = "", by: Actor, at: datetime,
) -> MeterReading:  # fmt: skip
    """A figure the meter showed. What a source sent before under its key is that reading again."""
    meter = _locked(meter)
    if source_key:
        known = MeterReading.objects.filter(meter=meter, source_key=source_key).first()
        if known is not None:
            return known
    _check(meter, value, taken_at, at)
    if taken_at < at - _OLDEST:
        raise Refused("That is more than ten years ago.", field="taken_at")
    row = MeterReading.objects.create(
        reading_id=uuid.uuid4(), meter=meter, taken_at=taken_at, value=value, note=note[:200],
        source=source, source_key=source_key or None, recorded_at=at,
    )  # fmt: skip
    announce(
        events.MeterRead(meter.pk, meter.client_id, meter.name, _plain(value), meter.measure),
        by=by, at=at,
    )  # fmt: skip
    return row


@transaction.atomic
def correct_reading(
    *, reading: MeterReading, value: Decimal | None, drop: str = "", reason: str, by: Actor,
    at: datetime,
) -> MeterReading:  # fmt: skip
    """Say anew what the meter showed, or why it shows less; without a value, it never did.

    Bills that are issued stay, and the next one charges or gives back the difference.
    """
    meter = _locked(reading.meter)
    newest = MeterReading.objects.filter(reading_id=reading.reading_id).order_by("pk").last()
    if newest is None or newest.value is None:
        raise Conflict("That reading was taken back.")
    if not reason.strip():
        raise Refused("Say how we know: it stands with the correction.", field="reason")
    if drop not in DROPS:
        raise Refused("A counter was reset or began again at its last figure.", field="drop")
    dial = dial_of(meter)
    if drop and dial.shows != COUNTER:
        raise Refused("Only a counter begins again.", field="drop")
    if drop == "rollover" and dial.wraps_at is None:
        raise Refused("Say first after which figure the meter begins again.", field="drop")
    if (newest.value, newest.drop) == (value, drop):
        raise Refused("Nothing is different from what is known.", field="value")
    if value is not None:
        _check(meter, value, newest.taken_at, at)
    row = MeterReading.objects.create(
        reading_id=newest.reading_id, meter=meter, taken_at=newest.taken_at, value=value, drop=drop,
        note=reason.strip()[:200], source="correction", recorded_at=at,
    )  # fmt: skip
    what = _said(newest, value, drop)
    announce(
        events.ReadingCorrected(meter.pk, meter.client_id, meter.name, what, row.note), by=by, at=at
    )
    return row


@transaction.atomic
def say_dial(*, meter: Holding, dial: Dial, by: Actor, at: datetime) -> Holding:
    """What the meter's figures mean, known from now on; bills that are issued stay as they are."""
    meter = _locked(meter)
    if dial == dial_of(meter):
        return meter
    if dial.shows != dial_of(meter).shows and meter.readings.exists():
        raise Refused("It has readings of another kind. Add a new meter instead.", field="shows")
    meter.dials = [*meter.dials, dial.write() | {"since": at.isoformat()}]
    meter.save(update_fields=["dials"])
    announce(events.DialSaid(meter.pk, meter.client_id, meter.name, _dial_said(dial)), by=by, at=at)
    return meter


def _check(meter: Holding, value: Decimal, taken_at: datetime, at: datetime) -> None:
    if meter.kind != Holding.Kind.METER:
        raise Refused("Only a meter has readings.", field="meter")
    if taken_at > at + _AHEAD:
        raise Refused("It cannot have been read in the future.", field="taken_at")
    try:
        dial_of(meter).check(value)
    except InvalidFact as error:
        raise Refused(f"The figure {error.reason}.", field="value") from error


def _said(before: MeterReading, value: Decimal | None, drop: str) -> str:
    was = _plain(before.value or Decimal(0))
    if value is None:
        return f"it never showed {was}"
    said = [f"{_plain(value)} instead of {was}"] if value != before.value else []
    said += {"reset": ["it was reset"], "rollover": ["it began again"]}.get(drop, [])
    return ", ".join(said) or "it did not begin again"


def _dial_said(dial: Dial) -> str:
    words = {"counter": "it counts up", "amounts": "what was used each time", "level": "a level"}
    more = f", and begins again after {_plain(dial.wraps_at)}" if dial.wraps_at is not None else ""
    fed = f", read from {dial.metric} of its device" if dial.metric else ""
    return words[dial.shows] + more + (", and may be reset" if dial.resets else "") + fed


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _locked(meter: Holding) -> Holding:
    return Holding.objects.select_for_update(of=("self",)).get(pk=meter.pk)
