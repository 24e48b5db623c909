"""What is left of a block and given back: a credit on the bill of the month it is given back in."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid5

from billing.models import InvoiceLine
from billing.queries.labour import book_of, refunded, taken_elsewhere
from billing.queries.written import DraftLine, Written, segment_of
from contracts.clients.models import Client
from contracts.rules.labour import Ledger, Taken
from contracts.rules.rating import RatedLine
from contracts.rules.rating.proration import trace_of
from contracts.rules.terms import Block
from msp.kit.money import round_money, round_price
from msp.kit.periods import Period


def refunds(
    client: Client, written: Sequence[Written], month: Period, drawn: Iterable[DraftLine], *,
    as_then: bool = False,
) -> list[DraftLine]:  # fmt: skip
    """The rest of each block that was given back by the end of the month, after its work.

    One whose bill was issued only afterwards comes on the bill of the month it was issued in.
    """
    wanted = _wanted(client, month, as_then=as_then)
    ending = [
        (one, one.terms)
        for one in written
        if isinstance(one.terms, Block)
        and one.terms.refunded_on is not None
        and one.terms.refunded_on < month.end
        and wanted(str(one.line.line_key))
    ]
    if not ending:
        return []
    taken = taken_elsewhere(client, month, as_then=as_then)
    taken += [
        Taken(share.charge.grant_key, share.charge.worked.on, share.charge.quantity)
        for line in drawn
        for share in line.times
        if share.charge.grant_key
    ]
    newest = {str(one.line.line_key): (one, terms) for one, terms in ending}
    found = (_refund(one, terms, written, month, taken) for one, terms in newest.values())
    return [line for line in found if line is not None]


def _wanted(client: Client, month: Period, *, as_then: bool) -> Callable[[str], bool]:
    """Whether a block is still to be given back; of a bill counted as it was, what stands on it."""
    if as_then:
        rows = InvoiceLine.objects.filter(
            invoice__client=client, invoice__starts_on=month.start, trace__has_key="refund"
        )
        own = set(rows.values_list("trace__promise", flat=True))
        return lambda key: key in own
    done = {one.grant_key for one in refunded(client, month)}
    return lambda key: key not in done


def _refund(
    one: Written, terms: Block, written: Sequence[Written], month: Period, taken: list[Taken]
) -> DraftLine | None:
    key = str(one.line.line_key)
    grants = book_of(written, month, one.line.currency).grants
    grant = next((grant for grant in grants if grant.key == key), None)
    if grant is None or terms.refunded_on is None:
        return None  # it never opened; its bill is not issued, so nothing was paid
    minutes = Ledger((grant,), list(taken)).left(grant, grant.starts_on)
    amount = -round_money(minutes * terms.rate / 60, one.line.currency)
    if not amount:
        return None
    hours = (minutes / 60).quantize(Decimal("0.000001"))
    trace = trace_of(terms.amount, month.days, month, amount) | {
        "kind": terms.kind,
        "service": [month.start.isoformat(), month.end.isoformat()],
        "hours": f"{terms.hours:f}",
        "bought_on": terms.bought_on.isoformat(),
        "expires_on": None,
        "settles": str(uuid5(UUID(key), f"refund:{terms.refunded_on}")),
        "refund": {
            "on": terms.refunded_on.isoformat(),
            "minutes": f"{minutes:f}",
            "hours": f"{hours:f}",
            "rate": f"{round_price(terms.rate, 6):f}",
        },
    }
    rated = RatedLine("block.refunded", hours, round_price(-terms.rate, 6), amount, trace)
    said = replace(
        segment_of(one.line, month, month),
        description=f"{one.line.description}, rest given back"[:200],
    )
    return DraftLine(said, terms, rated, settles=True)
