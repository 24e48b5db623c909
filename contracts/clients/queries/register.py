"""The unit register: what was countable when, as it was known at a time."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db.models import Q, QuerySet

from contracts.clients.models import Client, Contact, Device, Holding, UnitVersion
from contracts.rules import knowledge, register
from contracts.rules.marks import Marks
from tenants.people.rules.viewer import Viewer

_FAR = datetime(9999, 1, 1, tzinfo=UTC)
UNITS: dict[str, type[Device] | type[Contact] | type[Holding]] = {
    "device": Device,
    "user": Contact,
    "licence": Holding,
    "meter": Holding,
}
UNIT_TYPES = tuple(UNITS)


def unit_versions(
    *, client_id: int, unit_type: str, known_at: datetime | None = None
) -> list[register.UnitVersion]:
    """What the register says of a client's units and of those of others that it pays for.

    With `known_at`, what it said by then. A unit that was ever to be paid by this client is
    here; whether it does on a day is the line's question.
    """
    paid = UnitVersion.objects.filter(payer_id=client_id).values("interval_id")
    rows = UnitVersion.objects.filter(
        Q(client_id=client_id) | Q(interval_id__in=paid), unit_type=unit_type
    )
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    return versions_of(rows)


def versions_of_unit(*, unit_type: str, unit_id: int) -> list[register.UnitVersion]:
    """Everything that was ever said of one unit."""
    return versions_of(UnitVersion.objects.filter(unit_type=unit_type, unit_id=unit_id))


def known_intervals(*, unit_type: str, unit_id: int) -> list[register.Interval]:
    """When one unit was and is countable, as known by now, in order."""
    versions = versions_of_unit(unit_type=unit_type, unit_id=unit_id)
    return sorted(register.as_known(versions, _FAR), key=lambda one: one.starts_on)


def statements(*, unit_type: str, unit_id: int) -> list[UnitVersion]:
    """The rows of one unit, the newest first."""
    rows = UnitVersion.objects.filter(unit_type=unit_type, unit_id=unit_id)
    return list(rows.order_by("-recorded_at", "-pk"))


@dataclass(frozen=True)
class Countable:
    """Who and what was countable on one day, as known at one moment."""

    devices: list[register.Interval]
    users: list[register.Interval]


def countable_on(*, client_id: int, day: date, known_at: datetime) -> Countable:
    """The register's answer for a day with the knowledge of a moment."""
    found = {
        unit_type: units_on(client_id=client_id, unit_type=unit_type, day=day, known_at=known_at)
        for unit_type in ("device", "user")
    }
    return Countable(found["device"], found["user"])


def units_on(
    *, client_id: int, unit_type: str, day: date, known_at: datetime
) -> list[register.Interval]:
    """A client's own units of one type on a day, with the knowledge of a moment."""
    rows = UnitVersion.objects.filter(
        client_id=client_id, unit_type=unit_type, recorded_at__lte=known_at
    )
    return register.snapshot(register.as_known(versions_of(rows), known_at), day)


@dataclass(frozen=True)
class Asked:
    """A question to the register: a day, two states of knowledge, and what to leave out."""

    day: date
    known_at: datetime
    compared_at: datetime
    q: str = ""
    unit_class: str = ""
    site_id: int | None = None
    only_changed: bool = False


def register_of(client_id: int, asked: Asked) -> list[knowledge.Compared]:
    """Every unit of a client that either state of knowledge has on the day, by class and name."""
    rows = UnitVersion.objects.filter(client_id=client_id, unit_type__in=UNIT_TYPES)
    versions = versions_of(rows)
    then, now = (
        [one for one in register.as_known(versions, at) if one.holds(asked.day)]
        for at in (asked.known_at, asked.compared_at)
    )
    return [one for one in knowledge.compared(then, now) if _wanted(one, asked)]


def _wanted(one: knowledge.Compared, asked: Asked) -> bool:
    unit = one.shown
    if asked.only_changed and one.state == "same":
        return False
    if asked.unit_class and unit.unit_class != asked.unit_class:
        return False
    if asked.site_id is not None and unit.site_id != asked.site_id:
        return False
    return asked.q.casefold() in unit.name.casefold()


def versions_of(rows: QuerySet[UnitVersion]) -> list[register.UnitVersion]:
    """Rows of the register as the rules read them."""
    return [
        register.UnitVersion(
            str(row.interval_id), row.unit_type, row.unit_id, row.unit_class, row.name,
            row.client_id, row.site_id, row.starts_on, row.ends_on, row.recorded_at, row.pk,
            row.quantity, Marks.read(row.marks, row.payer_id),
        )
        for row in rows.order_by("pk")
    ]  # fmt: skip


def unit_of(viewer: Viewer, unit_type: str, unit_id: int) -> Device | Contact | Holding | None:
    """The thing or person behind a unit, if the viewer may see it."""
    model = UNITS.get(unit_type)
    if model is None:
        return None
    rows = model.objects.visible_to(viewer).select_related("client")  # type: ignore[attr-defined]
    if model is Holding:
        rows = rows.filter(kind=unit_type)
    found: Device | Contact | Holding | None = rows.filter(pk=unit_id).first()
    return found


def held(client: Client) -> tuple[list[tuple[Holding, int]], list[Holding]]:
    """A client's licences with how many seats there are now, and its meters."""
    versions = versions_of(UnitVersion.objects.filter(client=client, unit_type="licence"))
    seats: dict[int, int] = {}
    for one in sorted(register.as_known(versions, _FAR), key=lambda one: one.starts_on):
        seats[one.unit_id] = one.quantity if one.ends_on is None else 0
    rows = list(client.holdings.select_related("device"))
    licences = [(one, seats.get(one.pk, 0)) for one in rows if one.kind == Holding.Kind.LICENCE]
    return licences, [one for one in rows if one.kind == Holding.Kind.METER]
