"""How devices stand now, judged by the stream's clock and not by the wall's.

What the drain has not read yet is nobody's silence: a check is late only where the stream itself is
past its period. When nothing was read for a while, that is said instead of a state.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db.models import (
    Case,
    CharField,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from contracts.clients.models import Client, Device
from monitoring.models import Check, Cursor
from monitoring.queries import windows

# The worst check decides how a device stands; one that waits for its first beat says least.
# Agreed maintenance is shown instead of whatever the checks say meanwhile.
RANKS = {
    "new": 1, "paused": 2, "up": 3, "unknown": 4, "late": 5, "degraded": 6, "down": 7,
    "maintenance": 8,
}  # fmt: skip
_BY_RANK = {rank: state for state, rank in RANKS.items()}
STALE = timedelta(seconds=90)
BLIND = timedelta(minutes=3)


@dataclass(frozen=True)
class Pulse:
    """Until when the signals are read. `checked_at` is None where none ever arrived."""

    at: datetime
    checked_at: datetime | None

    @property
    def clock(self) -> datetime:
        """The instant states are judged at."""
        return min(self.at, self.checked_at) if self.checked_at else self.at

    @property
    def behind(self) -> timedelta:
        """How long ago that instant is."""
        return self.at - self.clock

    @property
    def stale(self) -> bool:
        return self.behind > STALE

    @property
    def blind(self) -> bool:
        """Whether it is so long ago that the states shown may be wrong."""
        return self.behind > BLIND


@dataclass(frozen=True)
class Standing:
    """A device's worst state, when it was last heard of, and since when it is down."""

    state: str
    seen_at: datetime | None
    down_at: datetime | None


def pulse(at: datetime) -> Pulse:
    """How far the stream is read."""
    return Pulse(at, Cursor.objects.values_list("evaluated_at", flat=True).first())


class _Rank(Func):
    """The place of a state among all. A `Case` would write the state out once for each of them."""

    template = f"array_position(ARRAY{list(RANKS)}::text[], (%(expressions)s)::text)"
    output_field = IntegerField()


def with_state(rows: QuerySet[Check], now: Pulse) -> QuerySet[Check]:
    """Checks with the `state` people see (`late` included) and its `rank`."""
    period = ExpressionWrapper(
        F("period_seconds") * Value(timedelta(seconds=1)), output_field=DurationField()
    )
    late_at = ExpressionWrapper(F("last_seen_at") + period, output_field=DateTimeField())
    awaited = Q(status=Check.Status.UP, period_seconds__gt=0)
    awaited &= ~Q(kind=Check.Kind.THRESHOLD)
    late = When(awaited & Q(late_at__lte=now.clock), then=Value("late"))
    due_late = ExpressionWrapper(
        F("due_at") - F("grace_seconds") * Value(timedelta(seconds=1)),
        output_field=DateTimeField(),
    )
    late_at = Case(When(schedule="", then=late_at), default=due_late)
    rows = rows.annotate(late_at=late_at)
    rows = rows.annotate(state=Case(late, default=F("status"), output_field=CharField()))
    return rows.annotate(rank=_Rank("state"))


def standings(device_ids: Collection[int] | QuerySet, now: Pulse) -> dict[int, Standing]:
    """How each of these devices stands; those without a check are left out."""
    rows = (
        with_state(Check.objects.filter(device_id__in=device_ids), now)
        .values("device_id")
        .annotate(
            worst=Max("rank"),
            seen=Max("last_seen_at"),
            down_at=Min("status_at", filter=Q(status=Check.Status.DOWN)),
        )
        .order_by()
    )
    found = {
        row["device_id"]: Standing(_BY_RANK.get(row["worst"], "new"), row["seen"], row["down_at"])
        for row in rows
    }
    covered = windows.devices_in(now.at)
    if covered is not None and found:
        inside = Device.objects.filter(covered, pk__in=list(found))
        for pk in inside.values_list("pk", flat=True):
            found[pk] = replace(found[pk], state="maintenance")
    return found


@dataclass(frozen=True)
class Tile:
    """A client's watched devices by state."""

    name: str
    slug: str
    counts: dict[str, int]

    @property
    def devices(self) -> int:
        return sum(self.counts.values())

    @property
    def parts(self) -> list[tuple[str, int]]:
        """For a bar: the calm first."""
        order = ("up", "maintenance", "paused", "new", "unknown", "late", "degraded", "down")
        return [(state, self.counts[state]) for state in order if state in self.counts]


def tile_of(client: Client, now: Pulse) -> Tile | None:
    """One client's tile; None where nothing of it is watched."""
    devices = client.devices.filter(retired_on__isnull=True)
    found = Counter(one.state for one in standings(devices.values("pk"), now).values())
    return Tile(client.name, client.slug, found) if found else None


def tiles(now: Pulse) -> list[Tile]:
    """Every client with watched devices; counted by the database, however many they are."""
    ranks = with_state(Check.objects.filter(device=OuterRef("pk")), now).order_by("-rank")
    rows = Device.objects.filter(retired_on__isnull=True, client__archived_at__isnull=True)
    worst = Subquery(ranks.values("rank")[:1])
    covered = windows.devices_in(now.at)
    if covered is not None:
        agreed = Value(RANKS["maintenance"])
        worst = Case(When(covered & Exists(ranks), then=agreed), default=worst)
    counted = (
        rows.annotate(worst=worst)
        .filter(worst__isnull=False)
        .values("client__name", "client__slug", "worst")
        .annotate(n=Count("pk"))
        .order_by("client__name", "worst")
    )
    found: dict[str, Tile] = {}
    for row in counted:
        slug = row["client__slug"]
        tile = found.setdefault(slug, Tile(row["client__name"], slug, {}))
        tile.counts[_BY_RANK.get(row["worst"], "new")] = row["n"]
    return list(found.values())


def totals(found: Iterable[Tile]) -> dict[str, int]:
    """All devices by state, from the tiles."""
    sums = dict.fromkeys(RANKS, 0)
    for tile in found:
        for state, count in tile.counts.items():
            sums[state] += count
    sums["silent"] = sums["new"] + sums["unknown"]
    return sums


def check_counts(now: Pulse) -> dict[str, int]:
    """How many checks are in each state, for the tabs of their list."""
    rows = with_state(Check.objects.filter(device__retired_on__isnull=True), now)
    counted = rows.values("state").annotate(n=Count("pk")).order_by()
    return {row["state"]: row["n"] for row in counted}
