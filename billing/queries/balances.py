"""What is left of hours and money paid ahead, with the work that is not billed yet (H11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from billing.models import Invoice, LineTime
from billing.queries.labour import book_of, undrawn
from billing.queries.meters import Known
from billing.queries.written import Written, written_for
from contracts.clients.models import Client
from contracts.rules.labour import Grant, Ledger, Taken, charges
from contracts.rules.labour.ledger import MONEY
from contracts.rules.terms import Block, Hours, Retainer
from msp.kit.periods import Period, local_date, month_of
from tickets import queries as tickets

MARKS = (100, 95, 80, 50)  # shares of what was given that are worth a word


@dataclass(frozen=True)
class Balance:
    """One allowance, block or retainer that can be used today."""

    agreement_id: int
    agreement: str
    name: str
    given: Decimal
    left: Decimal
    last_on: date | None
    currency: str
    is_money: bool
    rolled: bool
    used_up: str = "overage"

    @property
    def used_percent(self) -> int:
        return int((self.given - self.left) * 100 / self.given) if self.given else 100

    @property
    def tone(self) -> str:
        """How pressing it is to think of more."""
        mark = next((one for one in MARKS if self.used_percent >= one), 0)
        return {100: "danger", 95: "warn", 80: "warn"}.get(mark, "ok")

    @property
    def given_seconds(self) -> int:
        return int(self.given * 60)

    @property
    def left_seconds(self) -> int:
        return int(self.left * 60)


def balances(client: Client, at: datetime) -> list[Balance]:
    """Everything paid ahead that work of today may draw, in the order it would."""
    own = [one for one in written_for(client) if isinstance(one.terms, Block | Hours | Retainer)]
    if not own:
        return []
    today = local_date(at, client.zone)
    month = month_of(today)
    written = written_for(client)
    taken = _taken(client) + _about_to_be(client, written, month, Known(client.pk, at))
    found = []
    for grant in book_of(written, month, client.currency).grants:
        line = next(one for one in own if str(one.line.line_key) == grant.key.partition(":")[0])
        if grant.starts_on <= today < grant.ends_on:
            found.append(_balance(grant, line, Ledger((grant,), list(taken)), today))
    return sorted(found, key=lambda one: (one.agreement, one.last_on or date.max, one.name))


def _taken(client: Client) -> list[Taken]:
    rows = LineTime.objects.filter(line__invoice__client=client).exclude(grant_key="")
    rows = rows.exclude(line__invoice__state=Invoice.State.VOID)
    rows = rows.exclude(entry_id__in=tickets.voided_ids(client_id=client.pk))
    return [Taken(row.grant_key, row.worked_on, row.quantity) for row in rows]


def _about_to_be(
    client: Client, written: Sequence[Written], month: Period, known: Known
) -> list[Taken]:
    """What the next bills will draw for work that is written down already."""
    pieces = [one.worked for one in undrawn(client, month, known)]
    if not pieces:
        return []
    book = book_of(written, month, client.currency)
    return [
        Taken(one.grant_key, one.worked.on, one.quantity)
        for one in charges(pieces, book, _taken(client))
        if one.grant_key
    ]


def _balance(grant: Grant, one: Written, ledger: Ledger, today: date) -> Balance:
    last_on = None if grant.ends_on == date.max else grant.ends_on - timedelta(days=1)
    return Balance(
        one.line.agreement_id, one.line.agreement_name, one.line.description, grant.amount,
        ledger.left(grant, today), last_on, one.line.currency, grant.unit == MONEY,
        today >= grant.own_until, grant.used_up,
    )  # fmt: skip
