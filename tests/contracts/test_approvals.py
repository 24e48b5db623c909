"""A version of an agreement put before the client: published only with a yes to that wording."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client as Browser

from contracts import actions
from contracts.clients import actions as clients
from contracts.models import AgreementVersion, Answer, ServiceLevel
from contracts.queries import approvals
from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tests import make
from tests.cast import Cast

AT = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
BY = {"by": make.BY, "at": AT}


@pytest.fixture
def draft(cast: Cast) -> AgreementVersion:
    plan = make.agreement(cast.harbor, make.flat("100.00"))
    version = actions.amend(agreement=plan, effective_on=date(2026, 7, 1), **BY)
    return actions.set_lines(version=version, lines=[make.flat("120.00")], **BY)


def answer(version: AgreementVersion, cast: Cast, digest: str = "") -> Answer:
    return actions.approve_version(
        version=version, digest=digest or version.approval_digest, at=AT,
        signature=actions.Signature(cast.cleo, "Cleo Harbor", "203.0.113.7", "Tests/1.0"),
        by=Actor("contact", cast.cleo.pk, "Cleo"),
    )  # fmt: skip


def test_it_is_published_only_with_the_clients_yes(cast: Cast, draft: AgreementVersion) -> None:
    version = actions.ask_approval(version=draft, **BY)
    with pytest.raises(Refused, match="has not answered"):
        actions.publish(version=version, **BY)
    kept = answer(version, cast)
    assert (kept.typed_name, kept.document["lines"][0]["facts"]["amount"]) == (
        "Cleo Harbor", "120.00"
    )  # fmt: skip
    assert answer(version, cast).pk == kept.pk
    assert actions.publish(version=version, **BY).published_at == AT


def test_a_changed_draft_needs_another_yes(cast: Cast, draft: AgreementVersion) -> None:
    version = actions.ask_approval(version=draft, **BY)
    answer(version, cast)
    actions.set_lines(version=version, lines=[make.flat("999.00")], **BY)
    with pytest.raises(Refused, match="changed"):
        actions.publish(version=version, **BY)
    later = AT + timedelta(hours=1)
    again = actions.ask_approval(version=version, by=make.BY, at=later)
    assert approvals.standing(again) == "waiting"
    with pytest.raises(Conflict, match="changed it meanwhile"):
        answer(again, cast, version.approval_digest)
    answer(again, cast)
    actions.publish(version=again, **BY)
    assert Answer.objects.count() == 2


def test_declined_or_taken_back(cast: Cast, draft: AgreementVersion) -> None:
    version = actions.ask_approval(version=draft, **BY)
    actions.decline_version(
        version=version, digest=version.approval_digest, reason="Too dear",
        signature=actions.Signature(cast.cleo), **BY,
    )  # fmt: skip
    with pytest.raises(Refused, match="declined"):
        actions.publish(version=version, **BY)
    with pytest.raises(Conflict, match="declined already"):
        answer(version, cast)
    actions.take_approval_back(version=version, **BY)
    assert actions.publish(version=version, **BY).published_at == AT


def test_a_client_reads_what_changes_and_approves(
    cast: Cast, draft: AgreementVersion, fay: Browser, cleo: Browser, dan: Browser, eve: Browser
) -> None:
    plan = draft.agreement
    path = f"/portal/agreements/{plan.pk}/approval"
    assert cleo.get(path).status_code == 404
    assert fay.post(f"/agreements/{plan.pk}/approval/ask").status_code == 303
    assert b"waits for the client" in fay.get(f"/agreements/{plan.pk}").content
    shown = cleo.get(path)
    assert b"$120.00" in shown.content
    assert b"Read and decide" in cleo.get("/portal/").content
    assert [one.get(path).status_code for one in (dan, eve)] == [403, 404]
    draft.refresh_from_db()
    form = {"digest": draft.approval_digest, "typed_name": "Cleo Harbor"}
    make.portal(cast.dan, "billing")
    assert [one.post(f"{path}/give", form).status_code for one in (dan, eve)] == [403, 404]
    assert cleo.post(f"{path}/give", form | {"typed_name": ""}).status_code == 422
    assert cleo.post(f"{path}/give", form | {"digest": "0" * 64}).status_code == 422
    assert cleo.post(f"{path}/give", form).status_code == 303
    assert b"Approved by Cleo Harbor" in cleo.get(path).content
    assert b"approved by Cleo Harbor" in fay.get(f"/agreements/{plan.pk}").content
    assert cleo.post(f"{path}/refuse", form | {"reason": "No"}).status_code == 422
    assert fay.post(f"/agreements/{plan.pk}/approval/back").status_code == 303


def test_a_new_name_changes_nothing_that_was_approved(cast: Cast, draft: AgreementVersion) -> None:
    level = make.level()
    version = actions.set_lines(
        version=draft, lines=[make.flat("120.00")], level_version=level, **BY
    )
    version = actions.ask_approval(version=version, **BY)
    kept = answer(version, cast)
    clients.change_client(client=cast.harbor, name="Harbor Dental Group", **BY)
    ServiceLevel.objects.filter(pk=level.level_id).update(name="Gold")
    version = AgreementVersion.objects.get(pk=version.pk)
    assert approvals.standing(version) == "accepted"
    assert answer(version, cast).pk == kept.pk  # a second press finds the first
    assert kept.document["client"] == "Harbor Dental"
    line = version.lines.get()
    line.level_version = level
    line.save()
    assert approvals.standing(AgreementVersion.objects.get(pk=version.pk)) == "changed"


def test_an_approved_draft_of_an_agreement_that_ended_is_not_published(
    cast: Cast, draft: AgreementVersion
) -> None:
    answer(actions.ask_approval(version=draft, **BY), cast)
    end = date(2026, 6, 1)
    actions.end_agreement(agreement=draft.agreement, ends_on=end, **BY)
    with pytest.raises(Conflict, match="has ended"):
        actions.publish(version=draft, **BY)
