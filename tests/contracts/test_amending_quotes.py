"""Quotes that change an agreement: the difference is read, accepted, and becomes a version."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from pypdf import PdfReader

from contracts import actions
from contracts.models import Agreement, Offer, Quote
from contracts.queries import amending
from contracts.queries import quotes as queries
from contracts.queries.written_quotes import QuotedInput
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict
from tests import make
from tests.cast import Cast

AT = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
WHO: dict[str, Any] = {"by": make.BY, "at": AT}
JULY = date(2026, 7, 1)


@pytest.fixture
def care(cast: Cast) -> Agreement:
    """Two workstations at 62.00, a fee of 100.00, and hours that are bought already."""
    for name in ("ws-1", "ws-2"):
        make.device(cast.harbor, name, "workstation")
    return make.agreement(
        cast.harbor, make.per_device("62.00", description="Workstations"),
        make.flat("100.00", description="Desk"),
        make.worked("block", "Hours", amount="900.00", hours="10", bought_on="2026-02-01"),
    )  # fmt: skip


def written(quote: Quote, **prices: str | None) -> Quote:
    """The draft with other prices; None takes a line out, a new name adds one for each month."""
    version = queries.draft_of(quote)
    lines = [
        QuotedInput(
            line.description, line.terms.kind,
            {"unit_price": price} if line.is_counted else {"amount": price}, line.quantity,
            key=line.key,
        )
        for line in queries.content_of(version).lines
        if (price := prices.pop(line.description, _price(line))) is not None
    ]  # fmt: skip
    lines += [QuotedInput(name, "flat", {"amount": price}) for name, price in prices.items()]
    actions.write_quote(
        version=version, options=[actions.OptionInput("All")], lines=lines, starts_on=JULY,
        valid_until_on=date(2026, 6, 30), level_version=version.level_version, **WHO,
    )  # fmt: skip
    return actions.send_quote(version=version, **WHO)


def _price(line: Any) -> str:
    return f"{line.terms.unit_price if line.is_counted else line.terms.amount:f}"


def accept(quote: Quote, cast: Cast) -> None:
    actions.accept_quote(
        quote=quote, version_number=1, wanted=actions.Wanted("a"),
        signature=actions.Signature(cast.cleo, "Cleo"), by=Actor("contact", 1, "Cleo"), at=AT,
    )  # fmt: skip


def test_what_is_accepted_is_the_next_version(cast: Cast, care: Agreement) -> None:
    quote = actions.quote_amendment(agreement=care, **WHO)
    assert [one.quantity for one in queries.content_of(queries.draft_of(quote)).lines] == [2, 1]
    quote = written(quote, Workstations="60.00", Desk=None, Backup="40.00")
    version = queries.sent_version(quote)
    change = amending.change_of(version, queries.choices_of(version)[0], JULY)
    assert [(one.before[:12], one.after[:12]) for one in change.differences] == [
        ("Workstations", "Workstations"), ("Desk: $100.0", ""), ("", "Backup: $40."),
    ]  # fmt: skip
    assert (change.before.month, change.after.month) == (Decimal(224), Decimal(160))
    assert change.month == Decimal(-64)
    accept(quote, cast)
    quote.refresh_from_db()
    new = care.versions.order_by("-number")[0]
    assert (quote.amended, quote.agreement, quote.conversion_note) == (new, None, "")
    assert (new.number, new.effective_on, new.published_at) == (2, JULY, AT)
    old = {one.description: one for one in care.versions.get(number=1).lines.all()}
    assert [(one.description, one.facts.get("unit_price") or one.facts["amount"],
             one.line_key == getattr(old.get(one.description), "line_key", None))
            for one in new.lines.order_by("position")] == [
        ("Workstations", "60.00", True), ("Backup", "40.00", False), ("Hours", "900.00", True),
    ]  # fmt: skip
    assert care.versions.get(number=1).superseded_on == JULY
    assert actions.convert_quote(quote=quote, **WHO) == care


def test_a_change_meanwhile_is_refused(cast: Cast, care: Agreement, cleo: Browser) -> None:
    quote = written(actions.quote_amendment(agreement=care, **WHO), Desk="90.00")
    other = written(actions.quote_amendment(agreement=care, **WHO), Desk="80.00")
    accept(quote, cast)
    with pytest.raises(Conflict, match="was changed since"):
        accept(other, cast)
    assert other.versions.get().number == 1
    assert care.versions.count() == 2
    with time_machine.travel(AT, tick=False):
        assert "was changed since" in cleo.get(f"/portal/quotes/{other.number}").content.decode()
    with pytest.raises(Conflict, match="was changed since"):
        actions.send_quote(version=actions.revise_quote(quote=other, **WHO), **WHO)


def test_a_draft_in_hand_keeps_a_quote_away(cast: Cast, care: Agreement) -> None:
    actions.amend(agreement=care, effective_on=JULY, **WHO)
    with pytest.raises(Conflict, match="draft already"):
        actions.quote_amendment(agreement=care, **WHO)


def test_the_client_reads_the_difference_alone(
    cast: Cast, care: Agreement, ada: Browser, cleo: Browser
) -> None:
    assert ada.post(f"/agreements/{care.pk}/quote").status_code == 303
    quote = Quote.objects.get()
    editor = ada.get(f"/quotes/{quote.pk}/edit").content.decode()
    assert "The lines are those of version 1" in editor
    assert "line-2-" not in editor
    written(quote, Desk="90.00")
    assert "What changes in" in ada.get(f"/quotes/{quote.pk}").content.decode()
    there = f"/portal/quotes/{quote.number}"
    with time_machine.travel(AT, tick=False):
        read = cleo.get(there).content.decode()
        word = {"version": "1", "option": "a", "typed_name": "Cleo", "starts_on": "2026-07-02"}
        answer = cleo.post(f"{there}/accept", word)
    assert "<del>Desk: $100.00 a month" in read
    assert "Workstations" not in read
    assert answer.status_code == 303
    assert care.versions.order_by("-number")[0].effective_on == date(2026, 7, 2)
    paper = PdfReader(io.BytesIO(cleo.get(f"{there}/quote.pdf").content))
    printed = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    assert "Desk: $90.00 a month" in printed
    assert "what is not named as changed stays as it is" in printed


def test_a_line_keeps_the_tier_it_came_of(cast: Cast) -> None:
    tier = Offer.objects.create(kind="tier", name="Gold", code="gold")
    block = make.worked("block", "Hours", amount="900.00", hours="10", bought_on="2026-02-01")
    lines = (make.flat("50.00", description="Fee"), make.flat("100.00", description="Desk"), block)
    care = make.agreement(cast.harbor, *(replace(line, offer=tier) for line in lines))
    quote = actions.quote_amendment(agreement=care, **WHO)
    accept(written(quote, Desk="90.00", Backup="40.00"), cast)
    new = care.versions.order_by("-number")[0]
    assert dict(new.lines.values_list("description", "offer")) == {
        "Fee": tier.pk, "Desk": tier.pk, "Hours": tier.pk, "Backup": None,
    }  # fmt: skip
