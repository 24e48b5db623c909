"""How many promises were kept, by month: of a client, or under one agreement (S18)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q
from django.db.models.functions import Coalesce, TruncMonth

from contracts.models import Agreement
from msp.kit.periods import anchored, day_start, local_date, zone_named
from tickets.models import Clock
from tickets.queries.clocks import policy_of
from tickets.rules.attainment import Score, in_words

TARGETS = (Clock.Target.RESPONSE.value, Clock.Target.UPDATE.value, Clock.Target.RESOLUTION.value)


@dataclass(frozen=True)
class MonthKept:
    """One month's scores by promise; `running` while the month is not over."""

    month: date
    scores: dict[str, Score]
    running: bool = False

    def columns(self, targets: Iterable[str] = TARGETS) -> list[Score]:
        return [self.scores.get(target, Score()) for target in targets]

    @property
    def total(self) -> Score:
        return sum(self.columns(), Score())

    @property
    def words(self) -> list[str]:
        """What a client reads of it."""
        return [
            in_words(target, self.scores[target]) for target in TARGETS if target in self.scores
        ]


def kept_by_month(
    *, client_id: int, zone: str, at: datetime, months: int, agreement_id: int | None = None
) -> list[MonthKept]:
    """The months up to now, the newest first; one without a verdict is there and empty.

    A promise belongs to the month it was decided in: when it was met, or when it was missed. What
    was stopped, and what was said on merged tickets, is judged neither way.
    """
    this = local_date(at, zone).replace(day=1)
    first = anchored(this, 1 - months)
    rows = Clock.objects.filter(
        ticket__client_id=client_id, ticket__merged_into__isnull=True, stopped_at__isnull=True
    )
    if agreement_id is not None:
        rows = rows.filter(ticket__agreement_id=agreement_id)
    counted = (
        rows.annotate(judged_at=Coalesce("missed_at", "met_at"))
        .filter(judged_at__gte=day_start(first, zone), judged_at__lte=at)
        .annotate(month=TruncMonth("judged_at", tzinfo=zone_named(zone)))
        .values("month", "target")
        .annotate(
            met=Count("pk", filter=Q(missed_at__isnull=True)),
            missed=Count("pk", filter=Q(missed_at__isnull=False)),
        )
        .order_by()
    )
    found: dict[date, dict[str, Score]] = {}
    for row in counted:
        month = found.setdefault(row["month"].date(), {})
        month[row["target"]] = Score(row["met"], row["missed"])
    return [
        MonthKept(month, found.get(month, {}), running=month == this)
        for month in (anchored(this, -ago) for ago in range(months))
    ]


def kept_under(agreement: Agreement, at: datetime, months: int) -> list[MonthKept]:
    """The same for one agreement, by the client's calendar."""
    client = agreement.client
    return kept_by_month(
        client_id=client.pk, zone=client.zone, at=at, months=months, agreement_id=agreement.pk
    )


def kept_since(agreement: Agreement, since: datetime, at: datetime) -> dict[str, Score]:
    """The promises under an agreement that were judged in a stretch of time, by promise."""
    rows = (
        Clock.objects.filter(
            ticket__agreement_id=agreement.pk, ticket__merged_into__isnull=True,
            stopped_at__isnull=True,
        )
        .annotate(judged_at=Coalesce("missed_at", "met_at"))
        .filter(judged_at__gte=since, judged_at__lte=at)
        .values("target")
        .annotate(
            met=Count("pk", filter=Q(missed_at__isnull=True)),
            missed=Count("pk", filter=Q(missed_at__isnull=False)),
        )
        .order_by()
    )  # fmt: skip
    found = {row["target"]: Score(row["met"], row["missed"]) for row in rows}
    return {target: found[target] for target in TARGETS if target in found}


def goal_of(level_version_id: int | None) -> int | None:
    """The share of promises in percent that was agreed to be kept; None where none was."""
    return policy_of(level_version_id).goal
