"""Licences and meters: what a client holds, how many, and since when. The register follows."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from contracts.clients import events
from contracts.clients.actions import register
from contracts.clients.models import Client, Device, Holding
from contracts.clients.queries import known_intervals
from contracts.rules.metering import Dial
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants.journal.announce import announce

MOST_SEATS = 1_000_000


@transaction.atomic
def add_licence(
    *, client: Client, product: str, seats: int, counts_from_on: date, vendor: str = "",
    reference: str = "", by: Actor, at: datetime,
) -> Holding:  # fmt: skip
    """The client has so many seats of a product from a date on."""
    if client.archived_at is not None:
        raise Conflict(f"{client.name} is archived.", field="client")
    _check_seats(seats)
    licence = Holding(
        client=client, kind=Holding.Kind.LICENCE, name=product.strip(), vendor=vendor,
        reference=reference, created_at=at,
    )  # fmt: skip
    if not licence.name:
        raise Refused("A licence needs the name of its product.", field="product")
    _save(licence, f"{client.name} has {licence.name} already.", "product")
    register.begin(
        unit_type="licence", unit_id=licence.pk, unit_class="licence", name=licence.name,
        client_id=client.pk, site_id=None, starts_on=counts_from_on, quantity=seats,
        source="manual", at=at,
    )  # fmt: skip
    announce(
        events.LicenceAdded(
            licence.pk, client.pk, licence.name, seats, counts_from_on.isoformat()
        ),
        by=by, at=at,
    )  # fmt: skip
    return licence


@transaction.atomic
def change_seats(*, licence: Holding, seats: int, on: date, by: Actor, at: datetime) -> None:
    """From a date on there are more or fewer seats."""
    licence = Holding.objects.select_for_update(of=("self",)).get(pk=licence.pk)
    if licence.ended_on is not None:
        raise Conflict(f"{licence.name} ended on {licence.ended_on}.")
    _check_seats(seats)
    known = known_intervals(unit_type="licence", unit_id=licence.pk)
    if known and on < known[-1].starts_on:
        raise Refused(
            f"The number was said from {known[-1].starts_on} on; correct that stretch instead.",
            field="on",
        )
    register.reclass(
        unit_type="licence", unit_id=licence.pk, on=on, source="manual", at=at, quantity=seats
    )
    announce(
        events.SeatsChanged(
            licence.pk, licence.client_id, licence.name, seats, on.isoformat()
        ),
        by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def add_meter(
    *, client: Client, name: str, measure: str, counts_from_on: date,
    device: Device | None = None, dial: Dial | None = None, by: Actor, at: datetime,
) -> Holding:  # fmt: skip
    """Something of the client is metered from a date on; readings hang on it."""
    if client.archived_at is not None:
        raise Conflict(f"{client.name} is archived.", field="client")
    if device is not None and device.client_id != client.pk:
        raise Refused("That device belongs to another client.", field="device")
    meter = Holding(
        client=client, kind=Holding.Kind.METER, name=name.strip(), measure=measure.strip(),
        device=device, created_at=at,
        dials=[dial.write() | {"since": at.isoformat()}] if dial else [],
    )  # fmt: skip
    if not meter.name or not meter.measure:
        raise Refused("A meter needs a name and what it measures.", field="name")
    _save(meter, f"{client.name} has a meter {meter.name} already.", "name")
    register.begin(
        unit_type="meter", unit_id=meter.pk, unit_class="meter", name=meter.name,
        client_id=client.pk, site_id=device.site_id if device else None,
        starts_on=counts_from_on, source="manual", at=at,
    )  # fmt: skip
    announce(
        events.MeterAdded(meter.pk, client.pk, meter.name, counts_from_on.isoformat()),
        by=by, at=at,
    )  # fmt: skip
    return meter


@transaction.atomic
def end_holding(*, holding: Holding, on: date, by: Actor, at: datetime) -> None:
    """From this date the licence or meter is gone and no longer counts."""
    found = Holding.objects.select_for_update(of=("self",)).get(pk=holding.pk)
    if found.ended_on is not None:
        raise Conflict(f"{found} ended on {found.ended_on} already.")
    kind = str(found.kind)
    known = known_intervals(unit_type=kind, unit_id=found.pk)
    if known and on < known[0].starts_on:
        raise Refused(f"It counts from {known[0].starts_on}; it cannot end before.", field="on")
    found.ended_on = on
    found.save(update_fields=["ended_on"])
    register.cut(unit_type=kind, unit_id=found.pk, on=on, source="manual", at=at)
    ref = {f"{kind}_id": found.pk}
    announce(events.HoldingEnded(found.client_id, str(found), on.isoformat(), **ref), by=by, at=at)


def _check_seats(seats: int) -> None:
    if not 1 <= seats <= MOST_SEATS:
        raise Refused(f"Between 1 and {MOST_SEATS:,} seats.", field="seats")


def _save(row: Holding, taken: str, field: str) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(taken, field=field) from error
