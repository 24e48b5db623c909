"""Availability by device, site, agreement and client, computed from rows each time it is asked.

Nothing of it is stored: changes of state, windows and blind intervals are, so that anybody can come
to the same figures again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from contracts import queries as contracts
from contracts.clients.models import Client, Device
from contracts.models import Agreement
from monitoring.models import Check
from monitoring.queries import history
from monitoring.queries.history import Strip
from monitoring.queries.standing import Pulse, pulse, with_state
from monitoring.rules import bars, uptime
from monitoring.rules.bars import Stretch
from monitoring.rules.uptime import Figures
from msp.kit import periods
from msp.kit.periods import Period

FIRST = date(2000, 1, 1)  # nothing was watched by us before


@dataclass(frozen=True)
class Row:
    """One device, site or agreement over a month."""

    name: str
    figures: Figures
    strip: Strip | None = None
    device: Device | None = None
    count: int = 1

    @property
    def share(self) -> Decimal | None:
        """None also where so little is known that what is not known is shown as all of it."""
        share = self.figures.share
        return None if share is None or self.unknown >= 100 else bars.shown_percent(share, 3)

    @property
    def unknown(self) -> Decimal:
        """The share of which nothing is known, rounded up: it is never hidden."""
        part = self.figures.unknown_share
        exact = Decimal(part.numerator * 100) / Decimal(part.denominator)
        return exact.quantize(Decimal("0.1"), ROUND_CEILING)


@dataclass(frozen=True)
class Report:
    """A client's month."""

    starts_at: datetime
    ends_at: datetime
    devices: list[Row]
    sites: list[Row]
    agreements: list[Row]
    whole: Row


def bounds(client: Client, month: Period, now: datetime) -> tuple[datetime, datetime]:
    """A month of the client's calendar as instants; one that is not over ends now."""
    zone = ZoneInfo(client.zone)
    start = datetime.combine(month.start, time(), zone)
    return start, min(datetime.combine(month.end, time(), zone), now)


def pasts_of(devices: Sequence[Device], start: datetime, now: Pulse) -> dict[int, list[Stretch]]:
    """Each device's past by the checks that say whether it is up, the worst of them."""
    rows = with_state(Check.objects.filter(device__in=list(devices)), now)
    by_device: dict[int, list[Check]] = {}
    for check in rows:
        by_device.setdefault(check.device_id, []).append(check)
    chosen = {pk: history.of_availability(checks) for pk, checks in by_device.items()}
    every = [check for checks in chosen.values() for check in checks]
    past = history.pasts(every, start, now)
    return {pk: bars.merged([past[one.pk] for one in checks]) for pk, checks in chosen.items()}


def report(client: Client, devices: Sequence[Device], month: Period, at: datetime) -> Report:
    """The month of some of a client's devices, those that are watched."""
    start, end = bounds(client, month, at)
    now = _pulse(at, end)
    past = pasts_of(devices, start, now)
    rows = [
        Row(
            device.name, uptime.figures(past[device.pk]),
            _strip(past[device.pk], start, end, month), device,
        )
        for device in devices
        if device.pk in past
    ]  # fmt: skip
    whole = _together(client.name, rows)
    return Report(start, end, rows, _by_site(rows), _by_agreement(client, rows, end), whole)


def stretches(device: Device, month: Period, at: datetime) -> list[Stretch]:
    """A device's month as it is added up, for whoever wants to do it again."""
    start, end = bounds(device.client, month, at)
    past = pasts_of([device], start, _pulse(at, end))
    return past.get(device.pk, [])


def _pulse(at: datetime, end: datetime) -> Pulse:
    """What is judged ends with the month; how far we have read counts only for one that runs."""
    return pulse(at) if end == at else Pulse(end, end)


def _strip(past: Sequence[Stretch], start: datetime, end: datetime, month: Period) -> Strip:
    days = max(1, (end.date() - month.start).days)
    shown = [bar.state for bar in bars.bars(past, start, end, days)]
    states = [None if state == "unknown" else state for state in shown]
    return Strip(states, history.spoken(past), start, end)


def _together(name: str, rows: Iterable[Row]) -> Row:
    found = list(rows)
    return Row(name, sum((row.figures for row in found), Figures()), count=len(found))


def _by_site(rows: Sequence[Row]) -> list[Row]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        site = row.device.site if row.device else None
        groups.setdefault(site.name if site else "", []).append(row)
    if len(groups) < 2:
        return []
    return [_together(name or "No site", group) for name, group in sorted(groups.items())]


def _by_agreement(client: Client, rows: Sequence[Row], end: datetime) -> list[Row]:
    """By what covered each device on the last day."""
    devices = [row.device for row in rows if row.device]
    covers = contracts.cover_devices(client_id=client.pk, devices=devices, at=end)
    groups: dict[str, list[Row]] = {}
    for row in rows:
        cover = covers[row.device.pk] if row.device else None
        name = cover.agreement_name if cover and cover.covered else ""
        groups.setdefault(name, []).append(row)
    return [
        _together(name or "No agreement", group)
        for name, group in sorted(groups.items(), key=lambda pair: (not pair[0], pair[0]))
    ]


def under(agreement: Agreement, at: datetime, months: int = 3) -> list[tuple[Period, Row]]:
    """The last months of the devices an agreement covers, the running one first (S19).

    A month of which nothing is known is left out; agreed maintenance and what nobody could
    see do not count either way.
    """
    client = agreement.client
    month = month_of("", at.astimezone(ZoneInfo(client.zone)).date())
    found = []
    for _ in range(months):
        if month.end <= agreement.starts_on:
            break
        whole = of_month(agreement, month, at)
        if whole.share is not None:
            found.append((month, whole))
        month = periods.previous_month(month)
    return found


def of_month(agreement: Agreement, month: Period, at: datetime) -> Row:
    """A month of the devices an agreement covers, together, as far as it is over."""
    client = agreement.client
    devices = in_service(Device.objects.filter(client=client), month)
    mine = _covered_by(agreement, devices, bounds(client, month, at)[1])
    return report(client, mine, month, at).whole


def _covered_by(agreement: Agreement, devices: list[Device], at: datetime) -> list[Device]:
    covers = contracts.cover_devices(client_id=agreement.client_id, devices=devices, at=at)
    return [
        one
        for one in devices
        if covers[one.pk].covered and covers[one.pk].agreement_id == agreement.pk
    ]


def in_service(rows: QuerySet[Device], month: Period) -> list[Device]:
    """Devices that were in service some day of a month, by name."""
    gone = Q(retired_on__isnull=True) | Q(retired_on__gt=month.start)
    rows = rows.filter(gone, counts_from_on__lt=month.end)
    return list(rows.select_related("client", "site").order_by("name", "pk"))


def month_of(text: str, today: date) -> Period:
    """The month an address names, not after this one; this one where it names none."""
    try:
        wanted = date.fromisoformat(f"{text}-01")
    except ValueError:
        wanted = today.replace(day=1)
    return periods.month_of(max(FIRST, min(wanted, today)))


def month_asked(text: str, client: Client, at: datetime) -> dict[str, Any]:
    """The month an address asks for, of the client's calendar, and its neighbours."""
    today = at.astimezone(ZoneInfo(client.zone)).date()
    month = month_of(text, today)
    return {
        "month": month,
        "earlier": f"{month.start - timedelta(days=1):%Y-%m}",
        "later": f"{month.end:%Y-%m}" if month.end <= today else "",
    }
