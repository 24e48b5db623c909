"""The bill of what is delivered once, such as what an accepted quote holds for no agreement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from billing import events
from billing.models import Invoice, InvoiceLine
from billing.rules.totals import Taxable, totals
from contracts.clients.models import Client
from msp.kit.money import round_money
from msp.kit.periods import local_date
from msp.kit.refs import Actor
from tenants.journal.announce import announce

ONCE = "once"


@dataclass(frozen=True)
class OnceLine:
    """Something delivered once: `key` is what it is known by where it was agreed, `trace` what
    else the line opens to."""

    key: str
    description: str
    unit_price: Decimal
    quantity: Decimal = Decimal(1)
    trace: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def bill_once(
    *, client: Client, source_key: str, title: str, explanation: str, currency: str,
    lines: Sequence[OnceLine], tax: Decimal | None = None, quote_id: int | None = None,
    quote_number: str = "", by: Actor, at: datetime,
) -> Invoice:  # fmt: skip
    """The draft of a bill without a run. The same `source_key` gives the same bill, however often
    it is asked for. Its tax is the client's of today; `tax` says it where the bill is one of
    several that are taxed to the cent like one, and then it has one line."""
    day = local_date(at, client.zone)
    amounts = [round_money(line.unit_price * line.quantity, currency) for line in lines]
    summed = totals([Taxable(amount, client.tax_rate) for amount in amounts], currency)
    taxed = summed.tax if tax is None else tax
    taxes = summed.line_taxes if tax is None else (tax,)
    bill, created = Invoice.objects.get_or_create(
        source_key=source_key,
        defaults={
            "client": client, "title": title[:120], "explanation": explanation[:400],
            "currency": currency, "starts_on": day, "ends_on": day + timedelta(days=1),
            "net": summed.net, "tax": taxed, "total": summed.net + taxed,
            "tax_rate": client.tax_rate, "known_at": at,
        },
    )  # fmt: skip
    if not created:
        return bill
    pairs = zip(lines, amounts, taxes, strict=True)
    InvoiceLine.objects.bulk_create(
        _line(bill, place, line, amount, tax, quote_number)
        for place, (line, amount, tax) in enumerate(pairs, start=1)
    )
    announce(events.OnceBilled(bill.pk, client.pk, quote_id, bill.title), by=by, at=at)
    return bill


def _line(
    bill: Invoice, place: int, line: OnceLine, amount: Decimal, tax: Decimal, quote: str
) -> InvoiceLine:
    trace: dict[str, Any] = {
        "kind": ONCE,
        "period": [bill.starts_on.isoformat(), bill.ends_on.isoformat()],
        "period_days": 1,
        "unit_days": 1,
        "unit_price": f"{line.unit_price:f}",
        "quantity": f"{line.quantity:f}",
        "amount": f"{amount:f}",
        "quote": quote,
    } | line.trace
    return InvoiceLine(
        invoice=bill, position=place, source_key=f"{bill.source_key}:{line.key}", kind=ONCE,
        description=line.description, quantity=line.quantity, unit_price=line.unit_price,
        amount=amount, tax=tax, starts_on=bill.starts_on, ends_on=bill.ends_on, trace=trace,
    )  # fmt: skip
