"""Time on a bill: what was worked and is not billed yet, drawn from what was paid ahead, charged.

The bill of a month takes everything that was worked before the month was over and stands on no
other bill: what was written down late comes on the next one, under the month it was done in. What
other bills drew from allowances and blocks is never drawn again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import NAMESPACE_OID, uuid5

from django.db.models import Q

from billing.models import Invoice, InvoiceLine, LineTime
from billing.queries.caps import beyond_caps
from billing.queries.meters import Known
from billing.queries.written import DraftLine, TimeShare, Written, written_for
from billing.rules.labour import Told, described, rated, seconds_of, told_of
from billing.rules.segments import Segment
from contracts.clients.models import Client
from contracts.rules.labour import Book, Charge, Promise, Taken, charges, grants_of
from contracts.rules.labour.grants import Given
from contracts.rules.terms import Block, Hours, Labour, Retainer
from msp.kit.periods import Period, month_of
from tickets import queries as tickets
from tickets.projects import queries as projects
from tickets.projects.queries import Belongs
from tickets.queries import Piece

_STANDING = (Invoice.State.APPROVED, Invoice.State.ISSUED)


@dataclass(frozen=True)
class Work:
    """A month's time as lines, and the time that is on none.

    `unpriced` is what nothing says the price of, `asked` what goes beyond a block whose client is
    asked first, and `unapproved` the seconds nobody has approved yet.
    """

    lines: tuple[DraftLine, ...] = ()
    unpriced: "Left" = field(default_factory=lambda: Left())
    asked: "Left" = field(default_factory=lambda: Left())
    unapproved: int = 0


@dataclass(frozen=True)
class Left:
    """Seconds of work on no line. `torn` are those of them whose entry stands on a line with the
    rest of its time, and would be bound by it and never billed."""

    seconds: int = 0
    torn: int = 0


def work_on(
    client: Client, month: Period, known: Known, written: Sequence[Written], *,
    given_back: Iterable[DraftLine] = (), as_then: bool = False,
) -> Work:  # fmt: skip
    """The time that a client's bill of a month charges, by agreement and line."""
    pieces = _open(client, month, known)
    waiting = [one for one in pieces if not _approved(client, one, known)]
    pieces = [one for one in pieces if _approved(client, one, known)]
    left = sum(one.worked.seconds for one in waiting)
    if not pieces:
        return Work(unapproved=left)
    taken = taken_elsewhere(client, month, as_then=as_then)
    found = charged(client, month, pieces, written, taken, given_back=given_back, as_then=as_then)
    return replace(found, unapproved=left)


def _approved(client: Client, piece: Piece, known: Known) -> bool:
    """Whether it may be billed; only some clients' work is approved first."""
    if not client.approves_time:
        return True
    return piece.approved_at is not None and piece.approved_at <= known.known_at


def charged(
    client: Client, month: Period, pieces: Sequence[Piece], written: Sequence[Written],
    taken: Sequence[Taken], *, given_back: Iterable[DraftLine] = (), as_then: bool = False,
) -> Work:  # fmt: skip
    """Pieces of work priced under agreements, as lines of a bill."""
    behind = projects.projects_of(piece.worked.ticket_id for piece in pieces)
    by_agreement: dict[int, list[Piece]] = defaultdict(list)
    unpriced: Counter[int] = Counter()
    asked: Counter[int] = Counter()
    for piece in pieces:
        if piece.worked.agreement_id is None:
            if piece.worked.verdict != "excluded":
                unpriced[piece.worked.entry_id] += piece.worked.seconds
        else:
            by_agreement[piece.worked.agreement_id].append(piece)
    lines: list[DraftLine] = []
    for agreement_id, worked in by_agreement.items():
        own = [one for one in written if one.line.agreement_id == agreement_id]
        if not own:
            for piece in worked:
                unpriced[piece.worked.entry_id] += piece.worked.seconds
            continue
        found, charged_ = _of_agreement(own, worked, month, taken, behind)
        lines += found
        unpriced += Counter(seconds_of(charged_, "unpriced"))
        asked += Counter(seconds_of(charged_, "asked"))
    bound = {share.charge.worked.entry_id for line in lines for share in line.times}
    lines += beyond_caps(client, month, lines, behind, given_back=given_back, as_then=as_then)
    return Work(tuple(lines), _left(unpriced, bound), _left(asked, bound))


def _left(seconds: Counter[int], bound: set[int]) -> Left:
    torn = sum(many for entry_id, many in seconds.items() if entry_id in bound)
    return Left(seconds.total(), torn)


def book_of(written: Sequence[Written], until: Period, currency: str) -> Book:
    """What agreements say about paying for work, as the rules read it."""
    promises, given, issued = [], [], _issued_blocks(written)
    for one in written:
        key, agreement_id, terms = str(one.line.line_key), one.line.agreement_id, one.terms
        if isinstance(terms, Labour | Hours):
            promises.append(Promise(key, agreement_id, terms, one.line.period))
        if isinstance(terms, Hours | Block | Retainer):
            issued_on = issued.get(key)
            given.append(Given(key, agreement_id, terms, one.line.period, one.rhythm, issued_on))
    return Book(tuple(promises), grants_of(given, until.end), currency)


def _issued_blocks(written: Iterable[Written]) -> dict[str, date]:
    """When the bill with each block was issued, of those that may be used from then on."""
    keys = [
        one.line.line_key
        for one in written
        if isinstance(one.terms, Block) and one.terms.opens == "issued"
    ]
    rows = InvoiceLine.objects.filter(
        line_key__in=keys, kind=Block.kind, invoice__state=Invoice.State.ISSUED
    )
    found = rows.values_list("line_key", "invoice__issued_on") if keys else ()
    return {str(key): day for key, day in found}


def taken_elsewhere(client: Client, month: Period, *, as_then: bool = False) -> list[Taken]:
    """What the bills of other months drew; those draws stand. `as_then` reads earlier ones.

    A later month that nobody has approved yet is drawn again when it is counted again, from what
    this one leaves.
    """
    stands = Q(line__invoice__starts_on__lt=month.start) | Q(line__invoice__state__in=_STANDING)
    rows = (
        LineTime.objects.filter(stands, line__invoice__client=client)
        .exclude(grant_key="")
        .exclude(line__invoice__starts_on=month.start)
        .exclude(line__invoice__state=Invoice.State.VOID)
        .exclude(entry_id__in=tickets.voided_ids(client_id=client.pk))
    )
    if as_then:
        rows = rows.filter(line__invoice__starts_on__lt=month.start)
    given_back = refunded(client, month, as_then=as_then)
    return [*(Taken(row.grant_key, row.worked_on, row.quantity) for row in rows), *given_back]


def overdrawn(invoice: Invoice) -> bool:
    """Whether it draws more of something paid ahead than the bills that stand have left of it."""
    rows = LineTime.objects.filter(line__invoice__client=invoice.client_id).exclude(grant_key="")
    rows = rows.exclude(entry_id__in=tickets.voided_ids(client_id=invoice.client_id))
    own = set(rows.filter(line__invoice=invoice).values_list("grant_key", flat=True))
    back = InvoiceLine.objects.filter(invoice__client=invoice.client_id, trace__has_key="refund")
    own |= {refund_of(row).grant_key for row in back.filter(invoice=invoice)}
    if not own:
        return False
    standing = Q(line__invoice=invoice) | Q(line__invoice__state__in=_STANDING)
    drawn: dict[str, Decimal] = defaultdict(Decimal)
    for key, quantity in rows.filter(standing, grant_key__in=own).values_list(
        "grant_key", "quantity"
    ):
        drawn[key] += quantity
    for row in back.filter(Q(invoice=invoice) | Q(invoice__state__in=_STANDING)):
        drawn[refund_of(row).grant_key] += refund_of(row).quantity
    month = Period(invoice.starts_on, invoice.ends_on)
    grants = book_of(written_for(invoice.client), month, invoice.currency).grants
    return any(drawn[one.key] > one.amount for one in grants if one.key in own)


def refunded(client: Client, month: Period, *, as_then: bool = False) -> list[Taken]:
    """What the bills of other months gave back of blocks: nobody may draw it any more."""
    stands = Q(invoice__starts_on__lt=month.start) | Q(invoice__state__in=_STANDING)
    rows = (
        InvoiceLine.objects.filter(stands, invoice__client=client, kind=Block.kind)
        .filter(trace__has_key="refund")
        .exclude(invoice__starts_on=month.start)
        .exclude(invoice__state=Invoice.State.VOID)
    )
    if as_then:
        rows = rows.filter(invoice__starts_on__lt=month.start)
    return [refund_of(row) for row in rows]


def refund_of(row: InvoiceLine) -> Taken:
    """The minutes a line gave back, as if they had been drawn on that day."""
    said = row.trace["refund"]
    on = date.fromisoformat(said["on"])
    return Taken(row.trace["promise"], on, Decimal(said["minutes"]))


def undrawn(client: Client, until: Period, known: Known) -> list[Piece]:
    """What was worked before the end of a period and stands on no bill at all yet."""
    pieces = tickets.work_of(
        client_id=client.pk, before=until.end, known_at=known.known_at, refs=()
    )
    billed = set(
        LineTime.objects.filter(entry_id__in={piece.worked.entry_id for piece in pieces})
        .exclude(line__invoice__state=Invoice.State.VOID)
        .values_list("entry_id", flat=True)
    )
    return [piece for piece in pieces if piece.worked.entry_id not in billed]


def _open(client: Client, month: Period, known: Known) -> list[Piece]:
    """What was worked before the month was over and stands on no bill of another month."""
    bills = Invoice.objects.filter(client=client, starts_on=month.start)
    pieces = tickets.work_of(
        client_id=client.pk, before=month.end, known_at=known.known_at,
        refs=[bill.time_ref for bill in bills],
    )  # fmt: skip
    elsewhere = set(
        LineTime.objects.filter(entry_id__in={piece.worked.entry_id for piece in pieces})
        .exclude(line__invoice__starts_on=month.start)
        .exclude(line__invoice__state=Invoice.State.VOID)
        .values_list("entry_id", flat=True)
    )
    return [piece for piece in pieces if piece.worked.entry_id not in elsewhere]


def _of_agreement(
    own: Sequence[Written], pieces: Sequence[Piece], month: Period, taken: Sequence[Taken],
    projects_behind: Mapping[int, Belongs],
) -> tuple[list[DraftLine], list[Charge]]:  # fmt: skip
    currency = own[0].line.currency
    book = book_of(own, month, currency)
    behind = {(one.worked.entry_id, one.worked.part): one for one in pieces}
    found = charges([one.worked for one in pieces], book, taken)
    groups: dict[Told, list[Charge]] = defaultdict(list)
    for charge in found:
        if charge.outcome not in ("unpriced", "excluded", "asked"):
            project = projects_behind.get(charge.worked.ticket_id)
            groups[told_of(charge, project.number if project else "")].append(charge)
    names = {str(one.line.line_key): one.line.description for one in own}
    lines = [
        _line(own[0], told, parts, month, names, behind, projects_behind)
        for told, parts in sorted(groups.items(), key=lambda group: group[0].rank)
    ]
    return lines, found


def _line(
    one: Written, told: Told, parts: Sequence[Charge], month: Period, names: dict[str, str],
    behind: dict[tuple[int, int], Piece], projects_behind: Mapping[int, Belongs],
) -> DraftLine:  # fmt: skip
    service = month_of(told.worked_in)
    key = f"time:{one.line.agreement_id}:{told.key}"
    segment = Segment(
        one.line.agreement_id, one.line.agreement_name, 0, str(uuid5(NAMESPACE_OID, key)),
        described(told, names, month)[:200], "time", {}, service, one.line.currency, None, month,
    )  # fmt: skip
    charge_key = told.charge_key(one.line.agreement_id, month)
    line = rated(told, parts, month, one.line.currency, charge_key)
    if told.project:
        project = projects_behind[parts[0].worked.ticket_id]
        named = {"project": project.project_id, "project_name": f"{project.number} {project.name}"}
        line = replace(line, trace=line.trace | named)
    shares = tuple(
        TimeShare(part, behind[part.worked.entry_id, part.worked.part]) for part in parts
    )
    return DraftLine(segment, Labour(told.rate), line, times=shares)
