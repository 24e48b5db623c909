"""Quotes: written, sent, frozen, changed, expired; accepted once and turned into an agreement."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction

from contracts import actions
from contracts.clients.models import Client
from contracts.models import Agreement, Answer, Quote, QuoteVersion
from contracts.papers import quote_pdf
from contracts.queries import quotes as queries
from contracts.tasks import expire_due
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants import context
from tenants.context import Tenant
from tenants.journal.models import Entry
from tenants.notices.models import Mail, Notice
from tests import make
from tests.cast import Cast

AT = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
BY = {"by": make.BY, "at": AT}
VALID = date(2026, 6, 30)


def lines() -> list[actions.QuotedInput]:
    """Twelve workstations for less, a server only in the larger option, a set-up, an extra."""
    return [
        actions.QuotedInput(
            "Workstations", "per_device",
            {"unit_price": "62.00", "device_classes": ["workstation"]}, Decimal(12),
            discount=Decimal(10),
        ),
        actions.QuotedInput(
            "Servers", "per_device", {"unit_price": "145.00", "device_classes": ["server"]},
            Decimal(1), ("b",),
        ),
        actions.QuotedInput("Set-up", "once", {"unit_price": "33.335"}, Decimal(3)),
        actions.QuotedInput("Review", "flat", {"amount": "150.00"}, optional=True, key=EXTRA),
    ]  # fmt: skip


EXTRA = "4a1a4b1e-58a9-4ea0-a3d2-2f6a6f0f3b11"


def quote(client: Client, *, sent: bool = True, **said: Any) -> Quote:
    made = actions.draft_quote(client=client, name="Managed services", **BY)
    said = {"valid_until_on": VALID, "intro": "**Hello**", "notice_days": 60} | said
    version = actions.write_quote(
        version=made.versions.get(), lines=said.pop("lines", lines()),
        options=[actions.OptionInput("Essential"),
                 actions.OptionInput("Complete", recommended=True)],
        **said, **BY,
    )  # fmt: skip
    return actions.send_quote(version=version, **BY) if sent else version.quote


def accept(found: Quote, cast: Cast, *, at: datetime = AT, **said: Any) -> Answer:
    said = {"option": "b", "ticked": (), "starts_on": date(2026, 7, 1)} | said
    number = said.pop("number", 1)
    name = said.pop("name", "Cleo Harbor")
    return actions.accept_quote(
        quote=found, version_number=number, wanted=actions.Wanted(**said),
        signature=actions.Signature(cast.cleo, name, "203.0.113.7", "Tests/1.0"),
        by=Actor("contact", cast.cleo.pk, "Cleo"), at=at,
    )  # fmt: skip


def test_numbers_follow_each_other_without_a_gap(cast: Cast) -> None:
    assert quote(cast.harbor, sent=False).number == "Q-0001"
    with pytest.raises(Refused), transaction.atomic():
        made = actions.draft_quote(client=cast.harbor, name="Second", **BY)
        assert made.number == "Q-0002"
        actions.write_quote(version=made.versions.get(), options=[], lines=[], name=" ", **BY)
    assert actions.draft_quote(client=cast.quill, name="Third", **BY).number == "Q-0002"


def test_the_other_msp_counts_by_itself(cast: Cast, beta: Tenant) -> None:
    quote(cast.harbor)
    with context.inside(beta):
        other = make.client("Elsewhere")
        assert actions.draft_quote(client=other, name="First", **BY).number == "Q-0001"
        assert Quote.objects.count() == 1


def test_a_sent_version_is_frozen_and_a_change_makes_the_next(cast: Cast) -> None:
    found = quote(cast.harbor)
    version = found.versions.get()
    with pytest.raises(Conflict):
        actions.write_quote(version=version, options=[], lines=[], **BY)
    for change in ({"intro": "Other"}, {"digest": ""}):
        with pytest.raises(DatabaseError), transaction.atomic():
            QuoteVersion.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        version.delete()
    following = actions.revise_quote(quote=found, **BY)
    with pytest.raises(Refused, match="keeps that one"):
        actions.write_quote(version=following, options=[], lines=[], name="Other", **BY)
    assert (following.number, following.content) == (2, version.content)
    with pytest.raises(Conflict):
        actions.revise_quote(quote=found, **BY)


def test_what_cannot_be_kept_is_not_sent(cast: Cast) -> None:
    for said, field in (
        ({"valid_until_on": None}, "valid_until_on"),
        ({"valid_until_on": date(2026, 5, 31)}, "valid_until_on"),
        ({"starts_on": date(2026, 5, 31)}, "starts_on"),
        ({"starts_on": date(9999, 12, 31)}, "starts_on"),
        ({"valid_until_on": date(9999, 12, 31)}, "valid_until_on"),
        ({"lines": []}, "lines"),
    ):
        with pytest.raises(Refused) as told:
            quote(cast.harbor, **said)
        assert told.value.field == field


def test_an_acceptance_keeps_who_when_where_and_exactly_what(cast: Cast, drain: Any) -> None:
    found = quote(cast.harbor)
    answer = accept(found, cast, ticked=[EXTRA])
    assert (answer.typed_name, answer.contact_name) == ("Cleo Harbor", "Cleo")
    assert (answer.address, answer.user_agent, answer.at) == ("203.0.113.7", "Tests/1.0", AT)
    told = answer.document["accepted"]
    assert told["ticked"] == [EXTRA]
    assert (told["month"], told["once"]) == ("964.60", "100.01")  # 12 x 55.80 + 145 + 150
    assert answer.digest == queries.quoting.digest_of(answer.document)
    with pytest.raises(DatabaseError), transaction.atomic():
        Answer.objects.update(typed_name="Mallory")
    drain()
    assert Notice.objects.filter(person__name="Fay", reason="Quotes").count() == 1
    told_of = Entry.objects.get(kind="contracts.quote_accepted")
    assert (told_of.actor_kind, f"client:{cast.harbor.pk}" in told_of.refs) == ("contact", True)
    assert Mail.objects.filter(to=cast.cleo.email, subject__startswith="Q-0001").count() == 1


def test_the_agreement_has_the_accepted_lines_once(cast: Cast) -> None:
    found = quote(cast.harbor, becomes="published", term_months=12, level_version=make.level())
    accept(found, cast)
    found.refresh_from_db()
    agreement = found.agreement
    assert (agreement.state, agreement.starts_on) == ("active", date(2026, 7, 1))
    assert agreement.ends_on == date(2027, 7, 1)
    version = agreement.versions.get()
    assert [(one.description, one.facts["unit_price"]) for one in version.lines.all()] == [
        ("Workstations", "55.80"), ("Servers", "145.00")
    ]  # fmt: skip
    assert (version.notice_days, version.level_version_id is not None) == (60, True)
    assert actions.convert_quote(quote=found, **BY) == agreement
    assert Agreement.objects.count() == 1


def test_one_that_cannot_be_published_stays_a_draft_with_the_reason(cast: Cast) -> None:
    make.agreement(cast.harbor, make.per_device("50.00", classes=["workstation"]))
    found = quote(cast.harbor, becomes="published")
    accept(found, cast)
    found.refresh_from_db()
    assert found.agreement.state == "draft"
    assert "charge twice" in found.conversion_note


def test_what_is_only_delivered_once_becomes_no_agreement(cast: Cast) -> None:
    found = quote(cast.harbor, lines=lines()[2:3])
    answer = accept(found, cast)
    assert answer.document["accepted"]["starts_on"] is None
    assert not Agreement.objects.exists()


def test_pressing_twice_is_one_answer_and_saying_otherwise_a_conflict(cast: Cast) -> None:
    found = quote(cast.harbor)
    first = accept(found, cast)
    assert accept(found, cast, at=AT + timedelta(seconds=1)).pk == first.pk
    with pytest.raises(Conflict, match="accepted already"):
        accept(found, cast, option="a")
    with pytest.raises(Conflict):
        actions.decline_quote(
            quote=found, version_number=1, reason="No", by=make.BY, at=AT,
            signature=actions.Signature(cast.cleo),
        )  # fmt: skip
    assert (Answer.objects.count(), Agreement.objects.count()) == (1, 1)


@pytest.mark.parametrize(("late", "field"), [(-1, None), (0, "expired"), (1, "expired")])
def test_it_holds_to_the_last_second_of_its_last_day(cast: Cast, late: int, field: Any) -> None:
    found = quote(cast.harbor)
    midnight = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)  # the day is over in New York
    assert found.expires_at == midnight
    at = midnight + timedelta(seconds=late)
    if field is None:
        assert accept(found, cast, at=at).verdict == "accepted"
        return
    with pytest.raises(Conflict, match=field):
        accept(found, cast, at=at)
    assert not Answer.objects.exists()


def test_a_replaced_version_is_refused_and_the_new_one_can_be_accepted(cast: Cast) -> None:
    found = quote(cast.harbor)
    draft = actions.revise_quote(quote=found, **BY)
    actions.send_quote(version=draft, **BY)
    with pytest.raises(Conflict, match="version 2"):
        accept(found, cast)
    assert accept(found, cast, number=2).quote_version.number == 2


def test_a_draft_of_the_next_does_not_stand_in_the_way(cast: Cast) -> None:
    found = quote(cast.harbor)
    actions.revise_quote(quote=found, **BY)
    accept(found, cast)
    assert [one.number for one in found.versions.all()] == [1]
    with pytest.raises(Conflict):
        actions.revise_quote(quote=found, **BY)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": "  "}, "typed_name"), ({"name": "x" * 121}, "typed_name"),
        ({"option": "z"}, "option"), ({"starts_on": date(2026, 5, 1)}, "starts_on"),
        ({"starts_on": date(2028, 5, 1)}, "starts_on"),
    ],
)  # fmt: skip
def test_what_is_missing_is_refused_by_its_field(cast: Cast, said: dict, field: str) -> None:
    found = quote(cast.harbor)
    with pytest.raises(Refused) as told:
        accept(found, cast, **said)
    assert told.value.field == field
    assert Quote.objects.get().state == "sent"


def test_declined_and_sent_anew(cast: Cast) -> None:
    found = quote(cast.harbor)
    answer = actions.decline_quote(
        quote=found, version_number=1, reason=" Too \n dear ", by=make.BY, at=AT,
        signature=actions.Signature(cast.cleo),
    )  # fmt: skip
    assert (answer.reason, Quote.objects.get().state) == ("Too dear", "declined")
    with pytest.raises(Conflict):
        accept(found, cast)
    actions.send_quote(version=actions.revise_quote(quote=found, **BY), **BY)
    assert accept(found, cast, number=2).verdict == "accepted"


def test_the_sweep_closes_what_nobody_answered(cast: Cast, monkeypatch: Any) -> None:
    old = quote(cast.harbor)
    Quote.objects.filter(pk=old.pk).update(expires_at=AT)
    quote(cast.quill)
    assert queries.expired(AT) == [old.pk]
    assert actions.expire_quote(quote=old, **BY) is True
    assert actions.expire_quote(quote=old, **BY) is False
    assert sorted(Quote.objects.values_list("state", flat=True)) == ["expired", "sent"]
    expire_due()


def test_withdrawn_is_over(cast: Cast) -> None:
    found = quote(cast.harbor)
    actions.withdraw_quote(quote=found, **BY)
    with pytest.raises(Conflict, match="withdrawn"):
        accept(found, cast)


def test_the_pdf_shows_the_acceptance_and_is_the_same_each_time(cast: Cast) -> None:
    import io

    from pypdf import PdfReader

    found = quote(cast.harbor, level_version=make.level())
    answer = accept(found, cast)
    version = queries.sent_version(found)
    made = quote_pdf.render(version)
    Client.objects.filter(pk=cast.harbor.pk).update(name="Harbor under another name")
    assert made == quote_pdf.render(queries.sent_version(found))
    text = " ".join(
        "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(made)).pages).split()
    )
    for said in ("Q-0001", "Cleo Harbor", "203.0.113.7", answer.digest[:20], "$814.60", "Hello"):
        assert said in text, said
    assert "Essential" not in text


def test_of_two_tabs_one_wins(committed: None) -> None:
    with context.inside(_alpha()):
        harbor = make.client("Harbor Dental")
        cleo = make.contact(harbor, "Cleo")
        made = quote(harbor)
        people = Cast(harbor, harbor, cleo, cleo, cleo)
    results: list[str] = []
    gate = threading.Barrier(2)

    def press(option: str) -> None:
        with context.inside(_alpha()):
            gate.wait(5)
            try:
                accept(made, people, option=option)
                results.append("accepted")
            except Conflict:
                results.append("refused")
        connections.close_all()

    tabs = [threading.Thread(target=press, args=(option,)) for option in ("a", "b")]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join(20)
    with context.inside(_alpha()):
        assert sorted(results) == ["accepted", "refused"]
        assert (Answer.objects.count(), Agreement.objects.count()) == (1, 1)


def _alpha() -> Tenant:
    from tenants.models import Msp

    with context.outside():
        return context.tenant_of(Msp.objects.get(slug="alpha"))


def test_hours_and_money_ahead_are_bought_as_they_were_quoted(cast: Cast) -> None:
    """A block and a retainer of a quote: the same price to the cent, on the first day."""
    block = {"amount": "2999.99", "hours": "20", "lasts_months": 12, "used_up": "ask"}
    made = quote(
        cast.harbor,
        lines=[
            actions.QuotedInput("Hours ahead", "block", block, discount=Decimal(10)),
            actions.QuotedInput("Retainer", "retainer", {"amount": "500.01"}),
        ],
    )
    accepted = accept(made, cast).document["accepted"]
    assert (accepted["once"], accepted["month"]) == ("2699.99", "500.01")
    made.refresh_from_db()
    facts = {one.kind: one.facts for one in made.agreement.versions.get().lines.all()}
    assert facts["block"] == {
        "amount": "2699.99", "hours": "20", "bought_on": "2026-07-01", "used_up": "ask",
        "expires_on": "2027-06-30",
    }  # fmt: skip
    assert facts["retainer"]["amount"] == "500.01"
