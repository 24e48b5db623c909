"""The decision aid: a client's real months under each plan of the catalogue (A13).

Units come from the register as it is known now, work from the time entries of those days. What the
present agreements came to is asked of the arithmetic of bills, as known when each bill was counted,
and held against what was issued.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from billing.models import Invoice
from billing.queries.charges import charges_of
from billing.queries.meters import Known
from billing.rules.plans import (
    Assumptions,
    Cost,
    Done,
    MonthCost,
    Plan,
    Reach,
    cheapest,
    cost_of,
)
from contracts import queries as contracts
from contracts.clients.models import Client, Device
from contracts.models import Offer, OfferPart, Service
from contracts.rules.pricing import NoPrice
from contracts.rules.terms import Labour, PerDevice, PerUser, Terms
from msp.kit.periods import Period, anchored, local_date, month_of
from tickets import queries as tickets

MOST_MONTHS = 24
USUAL = Labour(Decimal(150), 15, 15, after=Decimal("1.5"), holiday=Decimal(2))
# What stays with us where the client has an IT of its own.
BACKBONE = frozenset(("server", "firewall", "switch", "access_point", "storage"))
DESKS = frozenset(("workstation", "laptop", "phone", "printer"))


@dataclass(frozen=True)
class Reproduced:
    """A month of the present agreements counted again, beside what was issued for it."""

    month: Period
    counted: Decimal
    issued: Decimal | None
    numbers: tuple[str, ...]
    why: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        return self.issued is not None and self.issued == self.counted


@dataclass(frozen=True)
class Comparison:
    """All plans side by side, the present agreements first."""

    client: Client
    months: tuple[Period, ...]
    costs: tuple[Cost, ...]
    present: tuple[Reproduced, ...]
    assumed: Assumptions
    currency: str
    tickets: int
    seconds: int

    @property
    def cheapest(self) -> Cost | None:
        """Of the plans that cost anything the one that costs least."""
        return cheapest(one for one in self.costs if one.total)


def usual_months(client: Client, at: datetime, count: int = 12) -> tuple[Period, ...]:
    """The last whole months on the client's calendar since we know of them, the oldest first."""
    first = local_date(at, client.zone).replace(day=1)
    months = [month_of(anchored(first, -ago)) for ago in range(count, 0, -1)]
    since = _known_since(client, at)
    return tuple(one for one in months if one.end > since) or (months[-1],)


def _known_since(client: Client, at: datetime) -> date:
    """The first day that anything of the client counted or was agreed."""
    known = Known(client.pk, at)
    begun = [one.starts_on for one in (*known.devices, *known.users)]
    begun += client.agreements.values_list("starts_on", flat=True)
    return min(begun, default=local_date(client.created_at, client.zone))


def usual_labour(client: Client) -> Labour:
    """The price of an hour the client has agreed on, else a usual one."""
    terms = [
        terms
        for version in contracts.published(client.pk)
        for _line, terms in contracts.terms_of(version.lines.all())
        if isinstance(terms, Labour)
    ]
    return terms[-1] if terms else USUAL


def compare(
    client: Client, months: Sequence[Period], assumed: Assumptions, at: datetime
) -> Comparison:
    """Price the months under every plan there is."""
    known = Known(client.pk, at)
    work = _work(client, months, at)
    units = (*known.devices, *known.users, *known.licences, *known.meters)
    present = [_reproduced(client, month, at) for month in months]
    plans = list(plans_for(client, at))
    costs = [
        _present_cost(present, work, list(plans_named(client, months))),
        *(
            cost_of(
                plan,
                months,
                units,
                work,
                assumed,
                client.currency,
                client_id=client.pk,
                meters=known.readings,
                zone=known.zone,
            )
            for plan in plans
        ),
    ]
    return Comparison(
        client, tuple(months), tuple(costs), tuple(present), assumed, client.currency,
        len({one.worked.ticket_id for one in work}), sum(one.worked.seconds for one in work),
    )  # fmt: skip


def plans_for(client: Client, at: datetime) -> Iterator[Plan]:
    """Break-fix, a prepaid block, each tier of the catalogue, and shared with the client's IT."""
    yield Plan(
        "hourly", "By the hour", is_in=("Work as it is needed, charged by the hour",),
        is_out=("Monitoring and care without an order",),
    )  # fmt: skip
    yield Plan(
        "block", "Prepaid hours", block=True,
        is_in=("Hours bought ahead, used by any work",),
        is_out=("Monitoring and care without an order",),
    )  # fmt: skip
    for tier in contracts.list_offers(kind=Offer.Kind.TIER):
        yield _tier(client, tier, at)
    shared = _shared(client, at)
    if shared is not None:
        yield shared


def _tier(client: Client, tier: Offer, at: datetime) -> Plan:
    """A tier at the prices of today: its own price, or those of the services in it."""
    parts = list(tier.parts.all())
    lines, notes = _priced_offer(client, tier, at)
    if not lines:
        lines, notes = _priced_services(client, [p.service for p in parts if _is_in(p)], at)
    return Plan(
        f"tier-{tier.pk}", tier.name, tuple(lines), _reach(lines),
        is_in=tuple(part.service.name for part in parts if _is_in(part)),
        is_out=tuple(
            part.service.name + (", for more" if part.verdict == OfferPart.Verdict.EXTRA else "")
            for part in parts
            if not _is_in(part)
        ),
        notes=tuple(notes),
    )  # fmt: skip


def _shared(client: Client, at: datetime) -> Plan | None:
    """Servers and network with us, desks and people with the client's own IT in support hours."""
    services = contracts.list_services()
    lines, _missing = _priced_services(client, list(services), at)
    ours = [
        (name, terms)
        for name, terms in lines
        if isinstance(terms, PerDevice)
        and terms.device_classes
        and set(terms.device_classes) <= BACKBONE
    ]
    if not ours:
        return None
    reach = Reach(
        classes=frozenset(c for _n, terms in ours for c in terms.device_classes),
        own=DESKS, own_people=True,
    )  # fmt: skip
    return Plan(
        "shared", "Shared with your own IT", tuple(ours), reach,
        is_in=tuple(name for name, _terms in ours),
        is_out=("Desks and people in support hours: the client's own IT",),
    )  # fmt: skip


def _priced_offer(
    client: Client, offer: Offer, at: datetime
) -> tuple[list[tuple[str, Terms]], list[str]]:
    day = local_date(at, client.zone)
    try:
        found = contracts.price_for(offer=offer, currency=client.currency, day=day, client=client)
    except NoPrice:
        return [], []
    return [(offer.name, found.listed.terms)], []


def _priced_services(
    client: Client, services: Sequence[Service], at: datetime
) -> tuple[list[tuple[str, Terms]], list[str]]:
    """Each service as a line at its price, and those that have none in the client's currency."""
    day, lines, missing = local_date(at, client.zone), [], []
    for service in services:
        try:
            found = contracts.price_for(
                service=service, currency=client.currency, day=day, client=client
            )
        except NoPrice:
            missing.append(f"{service.name} has no price in {client.currency} and is left out.")
        else:
            lines.append((service.name, found.listed.terms))
    return lines, missing


def _reach(lines: Sequence[tuple[str, Terms]]) -> Reach:
    """A plan includes work on the devices it counts, and of people where it counts anything."""
    counted = [terms for _name, terms in lines if isinstance(terms, PerDevice | PerUser)]
    classes = frozenset(
        name for terms in counted if isinstance(terms, PerDevice) for name in terms.device_classes
    )
    everywhere = any(isinstance(terms, PerDevice) and not terms.device_classes for terms in counted)
    people = any(isinstance(terms, PerUser) for terms in counted)
    return Reach(everywhere or (people and not classes), classes, bool(counted))


def _is_in(part: OfferPart) -> bool:
    return part.verdict == OfferPart.Verdict.IN


def _work(client: Client, months: Sequence[Period], at: datetime) -> list[Done]:
    pieces = tickets.work_of(
        client_id=client.pk, since=months[0].start, before=months[-1].end, known_at=at
    )
    kinds = dict(
        Device.objects.filter(pk__in={one.device_id for one in pieces if one.device_id})
        .values_list("pk", "kind")
    )  # fmt: skip
    return [Done(one.worked, kinds.get(one.device_id or 0, "")) for one in pieces]


# -- the present agreements ----------------------------------------------------------------------


def _reproduced(client: Client, month: Period, at: datetime) -> Reproduced:
    """The month as it was counted, and line by line why it is not what was issued."""
    bills = list(
        Invoice.objects.filter(
            client=client, run__starts_on=month.start, currency=client.currency,
            state=Invoice.State.ISSUED,
        ).prefetch_related("lines")
    )  # fmt: skip
    known = Known(client.pk, bills[0].known_at if bills else at)
    counted = charges_of(client=client, month=month, known=known, as_then=bool(bills))
    now = {
        f"{line.key}:{line.segment.period.start}": (line.segment.description, line.amount)
        for line in counted.lines
        if line.segment.currency == client.currency
    }
    total = sum((amount for _text, amount in now.values()), Decimal(0))
    if not bills:
        return Reproduced(month, total, None, ())
    was = {
        line.source_key: (line.description, line.amount)
        for bill in bills
        for line in bill.lines.all()
    }
    return Reproduced(
        month, total, sum((bill.net for bill in bills), Decimal(0)),
        tuple(str(bill) for bill in bills), tuple(_differences(now, was)),
    )  # fmt: skip


def _differences(
    now: dict[str, tuple[str, Decimal]], was: dict[str, tuple[str, Decimal]]
) -> Iterator[str]:
    for key in dict.fromkeys((*was, *now)):
        text = (was.get(key) or now[key])[0]
        issued, counted = (side.get(key, ("", Decimal(0)))[1] for side in (was, now))
        if issued != counted:
            yield f"“{text}” was {issued:.2f} and comes to {counted:.2f} by what holds today."


def plans_named(client: Client, months: Sequence[Period]) -> Iterator[str]:
    """The agreements that charge for the months, with what their lines are."""
    whole = Period(months[0].start, months[-1].end)
    lines = contracts.billable_lines(client_id=client.pk, period=whole)
    for name in dict.fromkeys(line.agreement_name for line in lines):
        said = dict.fromkeys(one.description for one in lines if one.agreement_name == name)
        yield f"{name} ({', '.join(said)})"


def _present_cost(
    present: Sequence[Reproduced], work: Sequence[Done], named: Sequence[str]
) -> Cost:
    """What was issued where it was, else what the month comes to."""
    months = []
    for one in present:
        done = [piece.worked for piece in work if one.month.contains(piece.worked.on)]
        free = sum(w.seconds for w in done if w.verdict in ("included", "no_charge"))
        rest = sum(w.seconds for w in done) - free
        total = one.counted if one.issued is None else one.issued
        months.append(MonthCost(one.month, total, Decimal(0), Decimal(0), free, Decimal(rest) / 60))
    notes = ("What was issued, else what the month comes to.",)
    plan = Plan("present", "As agreed today", is_in=tuple(named), notes=notes)
    return Cost(plan, tuple(months))
