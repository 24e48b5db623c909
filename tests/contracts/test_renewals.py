"""Agreements at their last day: going on by themselves, being raised, being ended with notice."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from contracts import actions, queries
from contracts.models import AgreementVersion
from contracts.queries.renewals import due_agreements, ending_agreements
from msp.kit.refusals import Conflict, Refused
from tenants.notices.models import Mail
from tests import make

END = date(2027, 1, 1)
NOVEMBER, DECEMBER = (datetime(2026, number, 20, 15, tzinfo=UTC) for number in (11, 12))


def who(at=NOVEMBER):
    return {"by": make.BY, "at": at}


@pytest.fixture
def plan(cast):
    """A year with a renewal of a year, thirty days' notice and three percent."""
    drafted = make.agreement(cast.harbor, make.flat("100.00"), ends_on=END, published=False)
    version = drafted.versions.get()
    actions.change_draft(
        version=version, name="Managed", effective_on=drafted.starts_on, ends_on=END,
        renews_months=12, notice_days=30, uplift_percent=Decimal(3), by=make.BY,
        at=make.STARTED_AT,
    )  # fmt: skip
    actions.publish(version=version, by=make.BY, at=make.STARTED_AT, backdated=True)
    drafted.refresh_from_db()
    return drafted


def test_it_goes_on_once_when_the_time_for_notice_is_over(plan):
    assert due_agreements(NOVEMBER) == [plan.pk]
    assert actions.renew_due(agreement=plan, **who(NOVEMBER)) is False
    assert actions.renew_due(agreement=plan, **who(DECEMBER)) is True
    assert actions.renew_due(agreement=plan, **who(DECEMBER)) is False
    plan.refresh_from_db()
    assert plan.ends_on == date(2028, 1, 1)
    raised = queries.version_on(plan, END)
    assert raised.lines.get().facts["amount"] == "103.00"
    assert raised.note == "Prices raised by 3 % on 2027-01-01."
    assert queries.version_on(plan, END - timedelta(days=1)).number == 1


def test_notice_in_time_keeps_the_end_and_stops_the_renewal(plan):
    actions.give_notice(agreement=plan, **who(NOVEMBER))
    plan.refresh_from_db()
    assert (plan.ends_on, plan.notice_given_on) == (END, date(2026, 11, 20))
    assert actions.renew_due(agreement=plan, **who(DECEMBER)) is False
    with pytest.raises(Conflict, match="Notice was given"):
        actions.give_notice(agreement=plan, **who(DECEMBER))


def test_what_runs_on_ends_after_its_notice(cast):
    endless = make.agreement(cast.quill, make.flat())
    ended = actions.give_notice(agreement=endless, **who(NOVEMBER))
    assert ended.ends_on == date(2026, 12, 21)
    with pytest.raises(Refused, match="nothing to renew"):
        actions.renew(
            agreement=make.agreement(cast.quill, make.flat(), name="B"), months=1, **who()
        )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"renews_months": 0}, "renews_months"),
        ({"notice_days": 1000}, "notice_days"),
        ({"uplift_percent": Decimal(0)}, "uplift_percent"),
    ],
)
def test_terms_that_make_no_sense_are_refused_by_field(cast, fields, field):
    draft = make.agreement(cast.harbor, make.flat(), published=False).versions.get()
    with pytest.raises(Refused) as refused:
        actions.change_draft(
            version=draft, name="A", effective_on=draft.effective_on, **fields, **who()
        )
    assert refused.value.field == field


def test_a_published_version_is_frozen_by_the_database(plan):
    version = plan.versions.get()
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        AgreementVersion.objects.filter(pk=version.pk).update(notice_days=1)
    AgreementVersion.objects.filter(pk=version.pk).update(superseded_on=date(2030, 1, 1))


def test_prices_are_raised_unless_a_draft_stands_there(plan):
    actions.amend(agreement=plan, effective_on=END, **who())
    with pytest.raises(Conflict, match="There is a draft"):
        actions.raise_prices(agreement=plan, percent=Decimal(3), effective_on=END, **who())


# -- pages ---------------------------------------------------------------------------------------


def soon(cast, days=40):
    """An agreement whose last day lies some days after the real today."""
    today = datetime.now(UTC).date()
    made = make.agreement(
        cast.harbor, make.flat("100.00"), name="Soon over", ends_on=today + timedelta(days=days)
    )
    assert made.state == "active"
    return made


def test_the_queue_tells_who_decides_by_when(cast, guy, cleo):
    soon(cast)
    shown = guy.get("/agreements/renewals").content.decode()
    assert "Soon over" in shown
    assert "Soon over" not in guy.get("/agreements/renewals?q=quill").content.decode()
    assert guy.get("/agreements/renewals?days=365").status_code == 200
    assert cleo.get("/agreements/renewals").status_code == 403


def test_it_is_renewed_and_notice_is_noted_by_hand(cast, fay, ben):
    plan = soon(cast)
    assert ben.post(f"/agreements/{plan.pk}/renew", {"months": "12"}).status_code == 403
    assert fay.post(f"/agreements/{plan.pk}/renew", {"months": "0"}).status_code == 422
    assert fay.post(f"/agreements/{plan.pk}/renew", {"months": "12"}).status_code == 303
    before = plan.ends_on
    plan.refresh_from_db()
    assert plan.ends_on > before
    assert fay.post(f"/agreements/{plan.pk}/notice").status_code == 303
    assert fay.post(f"/agreements/{plan.pk}/notice").status_code == 409


def test_a_version_is_read_with_what_it_changed(plan, guy):
    actions.raise_prices(
        agreement=plan, percent=Decimal(3), effective_on=date(2026, 12, 1), **who()
    )
    text = guy.get(f"/agreements/{plan.pk}/versions/2").content.decode()
    assert "Fee: $100.00 a month" in text
    assert "Fee: $103.00 a month" in text
    assert guy.get(f"/agreements/{plan.pk}/versions/9").status_code == 404


def test_the_client_hears_once_of_the_end_of_notice_and_of_renewal(plan, drain):
    october = datetime(2026, 10, 20, 15, tzinfo=UTC)
    assert actions.remind_of_end(agreement=plan, **who(october)) is False  # too early to say
    assert ending_agreements(NOVEMBER) == [plan.pk]
    assert actions.remind_of_end(agreement=plan, **who(NOVEMBER)) is True
    assert actions.remind_of_end(agreement=plan, **who(NOVEMBER + timedelta(days=1))) is False
    drain()
    [mail] = Mail.objects.filter(subject__contains="Managed")
    assert mail.to == "cleo@harbor-dental.example"
    assert "It runs to 31 December 2026 and then goes on for 12 months" in mail.text
    actions.renew(agreement=plan, months=12, **who())
    drain()
    assert Mail.objects.filter(subject="Managed goes on").count() == 1
    actions.give_notice(agreement=plan, **who())
    drain()
    notice = Mail.objects.get(subject="Managed ends")
    assert "Notice was given; 31 December 2027 is its last day." in notice.text
    assert ending_agreements(NOVEMBER) == []
