"""Corrections of the past and marks: what was so before we knew it (psa Q4, Q5).

A correction is one more version with its own time of knowledge. What a bill counted can always be
read again; the next run charges or gives back the difference.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from contracts.clients import events
from contracts.clients.actions import register
from contracts.clients.models import Client, Contact, Device, Holding
from contracts.clients.queries import known_intervals
from contracts.rules.marks import Marks
from contracts.rules.register import Interval
from msp.kit.refs import Actor
from msp.kit.refusals import Refused
from tenants.journal.announce import announce

SOURCE = "correction"
Unit = Device | Contact | Holding
MOST_SEATS = 1_000_000


@dataclass(frozen=True)
class Stretch:
    """What is said of a stretch of days: `ends_on` is the first day the unit was not there.

    One that ends where it begins says that it never was.
    """

    starts_on: date
    ends_on: date | None
    unit_class: str = ""
    site_id: int | None = None
    quantity: int = 1


@transaction.atomic
def correct_unit(
    *, unit: Unit, interval_id: str | None, said: Stretch, reason: str, by: Actor, at: datetime
) -> None:
    """Say what was really so, learned now; without an interval, a stretch nobody knew of.

    The device's or person's own dates follow, so that every page says the same.
    """
    unit = _locked(unit)
    unit_type = _type_of(unit)
    if not reason.strip():
        raise Refused("Say how we know: it stands with the correction.", field="reason")
    known = known_intervals(unit_type=unit_type, unit_id=unit.pk)
    before = next((one for one in known if one.interval_id == interval_id), None)
    if interval_id and before is None:
        raise Refused("That stretch is not known any more. Look at it again.", field="interval")
    after = _restated(unit, unit_type, before, said)
    _check(unit, unit_type, after, [one for one in known if one is not before])
    if after == before:
        raise Refused("Nothing is different from what is known.", field="ends_on")
    note = reason.strip()
    if before is None:
        _begin(after, note, at)
    else:
        changed = {name: getattr(after, name) for name in Interval.__slots__}
        register.restate(interval=before, source=SOURCE, at=at, note=note, **changed)
    _follow(unit, unit_type)
    _tell(unit, _said_of(before, after), note, by, at)


@transaction.atomic
def mark_unit(
    *, unit: Unit, marks: Marks, on: date, reason: str = "", by: Actor, at: datetime
) -> None:
    """From a date on other rules count the unit: it is set aside, shared, or paid by another."""
    unit = _locked(unit)
    unit_type = _type_of(unit)
    _check_marks(unit, marks)
    known = known_intervals(unit_type=unit_type, unit_id=unit.pk)
    if not any(one.ends_on is None or one.ends_on > on for one in known):
        raise Refused(f"It does not count on {on} or later.", field="on")
    register.reclass(
        unit_type=unit_type, unit_id=unit.pk, on=on, source="manual", at=at, note=reason.strip(),
        marks=marks,
    )  # fmt: skip
    announce(
        events.UnitMarked(
            unit.client_id, _name(unit), marks.said, on.isoformat(), **_ref(unit)
        ),
        by=by, at=at,
    )  # fmt: skip


def _restated(unit: Unit, unit_type: str, before: Interval | None, said: Stretch) -> Interval:
    base = before or Interval(
        "", unit_type, unit.pk, _class_of(unit, unit_type), _name(unit), unit.client_id, None,
        said.starts_on,
    )  # fmt: skip
    return replace(
        base, starts_on=said.starts_on, ends_on=said.ends_on, site_id=said.site_id,
        unit_class=said.unit_class or base.unit_class, quantity=said.quantity,
    )  # fmt: skip


def _check(unit: Unit, unit_type: str, after: Interval, others: Sequence[Interval]) -> None:
    if after.ends_on is not None and after.ends_on < after.starts_on:
        raise Refused("It cannot end before it began.", field="ends_on")
    if unit_type == "device" and after.unit_class not in Device.Kind.values:
        raise Refused(f"There is no device class {after.unit_class!r:.60}.", field="unit_class")
    if after.site_id and not unit.client.sites.filter(pk=after.site_id).exists():
        raise Refused("That site belongs to another client.", field="site_id")
    if not 1 <= after.quantity <= (MOST_SEATS if unit_type == "licence" else 1):
        raise Refused("Only a licence is more than one, and it is at least one.", field="quantity")
    far = date.max
    for other in others:
        if after.starts_on < (other.ends_on or far) and other.starts_on < (after.ends_on or far):
            raise Refused(
                f"It counted already from {other.starts_on}"
                f" {'on' if other.ends_on is None else f'to before {other.ends_on}'};"
                " correct that stretch.",
                field="starts_on",
            )


def _check_marks(unit: Unit, marks: Marks) -> None:
    if marks.seat_id is not None:
        seats = Device.objects.filter(pk=marks.seat_id, client_id=unit.client_id)
        if not isinstance(unit, Contact) or not seats.exists():
            raise Refused("A person shares a device of their own company.", field="seat")
    others = Client.objects.exclude(pk=unit.client_id)
    if marks.payer_id is not None and not others.filter(pk=marks.payer_id).exists():
        raise Refused("Another client pays, or nobody is named.", field="payer")
    if marks.person_id is not None:
        same = Contact.objects.filter(pk=marks.person_id, client_id=marks.payer_id)
        if not isinstance(unit, Contact) or not same.exists():
            raise Refused("The same person is a contact of the client that pays.", field="person")


def _begin(one: Interval, note: str, at: datetime) -> None:
    said = {name: getattr(one, name) for name in Interval.__slots__ if name != "interval_id"}
    register.begin(**said, source=SOURCE, note=note, at=at)


def _follow(unit: Unit, unit_type: str) -> None:
    """The dates on the unit's own row say what the register says."""
    known = known_intervals(unit_type=unit_type, unit_id=unit.pk)
    ends = [one.ends_on for one in known]
    last = None if None in ends else max((end for end in ends if end), default=None)
    changed: dict[str, Any] = {}
    if isinstance(unit, Device):
        first = min((one.starts_on for one in known), default=unit.counts_from_on)
        gone = last if known else first
        changed = {"counts_from_on": first, "retired_on": gone}
    elif isinstance(unit, Contact):
        newest = max(known, key=lambda one: one.starts_on, default=None)
        first_day = newest.starts_on if newest else None
        changed = {"counts_from_on": first_day, "counts_until_on": last if newest else None}
    else:
        changed = {"ended_on": last if known else unit.ended_on or unit.created_at.date()}
    for name, value in changed.items():
        setattr(unit, name, value)
    try:
        with transaction.atomic():
            unit.save(update_fields=list(changed))
    except IntegrityError as error:
        raise Refused(
            f"Another one in service is called {_name(unit)} by now.", field="ends_on"
        ) from error


def _said_of(before: Interval | None, after: Interval) -> str:
    if after.ends_on == after.starts_on:
        return "it was not there"
    until = f" until {after.ends_on}" if after.ends_on else " on"
    if before is None:
        return f"it was there from {after.starts_on}{until}"
    said = []
    if (before.starts_on, before.ends_on) != (after.starts_on, after.ends_on):
        said.append(f"it was there from {after.starts_on}{until}")
    if before.unit_class != after.unit_class:
        said.append(f"as {after.unit_class.replace('_', ' ')}")
    if before.site_id != after.site_id:
        said.append("at another site")
    if before.quantity != after.quantity:
        said.append(f"{after.quantity} seats")
    return ", ".join(said)


def _tell(unit: Unit, what: str, reason: str, by: Actor, at: datetime) -> None:
    announce(
        events.UnitCorrected(unit.client_id, _name(unit), what, reason, **_ref(unit)), by=by, at=at
    )


def _locked(unit: Unit) -> Unit:
    model: Any = type(unit)
    found: Unit = (
        model.objects.select_for_update(of=("self",)).select_related("client").get(pk=unit.pk)
    )
    return found


def _type_of(unit: Unit) -> str:
    if isinstance(unit, Holding):
        return str(unit.kind)
    return "device" if isinstance(unit, Device) else "user"


def _class_of(unit: Unit, unit_type: str) -> str:
    return str(unit.kind) if isinstance(unit, Device) else unit_type


def _name(unit: Unit) -> str:
    return str(unit.name)


def _ref(unit: Unit) -> dict[str, int]:
    noun = unit.kind if isinstance(unit, Holding) else type(unit).__name__.lower()
    return {f"{noun}_id": unit.pk}
