"""One question, one answer: for tickets, incidents and people, with every reason."""

from datetime import UTC, datetime

import pytest

from contracts import actions, queries
from msp.kit.refusals import Refused
from tests import make
from tickets import actions as tickets

DAY = datetime(2026, 6, 1, 15, tzinfo=UTC)  # Monday, 11 in New York
NIGHT = datetime(2026, 6, 2, 3, tzinfo=UTC)


@pytest.fixture
def plan(cast):
    """Co-managed: servers are ours at night and theirs by day; projects are never in it."""
    drafted = make.agreement(
        cast.harbor, make.per_device("10.00", description="Devices"), published=False,
        level=make.level("Standard", calendar=make.calendar("Office")),
    )  # fmt: skip
    version = drafted.versions.get()
    rows = [
        {"name": "Projects", "verdict": "excluded", "work_types": ["project"]},
        {"name": "Servers by day", "verdict": "no_charge", "owner": "client",
         "device_classes": ["server"], "hour_classes": ["business"]},
        {"name": "Nights", "verdict": "billable", "hour_classes": ["after", "holiday"],
         "rate": "150", "multiplier": "1.5"},
    ]  # fmt: skip
    actions.set_coverage(version=version, rows=rows, by=make.BY, at=make.STARTED_AT)
    actions.publish(version=version, by=make.BY, at=make.STARTED_AT, backdated=True)
    drafted.server = make.device(cast.harbor, "srv")
    return drafted


def asked(plan, at, device=None, **work):
    return queries.coverage(
        client_id=plan.client_id, device_id=device.pk if device else None, at=at,
        work=queries.Work(**work),
    )  # fmt: skip


def test_the_hour_decides_whose_work_it_is(plan):
    day, night = asked(plan, DAY, plan.server), asked(plan, NIGHT, plan.server)
    assert (day.verdict, day.owner, day.covered) == ("no_charge", "client", True)
    assert (night.verdict, night.owner, night.covered) == ("billable", "msp", False)
    assert (night.rate, night.multiplier, night.row) == (150, pytest.approx(1.5), "Nights")
    assert night.level_version_id == day.level_version_id


def test_each_condition_that_failed_is_kept(plan):
    found = asked(plan, DAY, work_type="remote")
    assert (found.verdict, found.covered) == ("included", True)
    assert found.failed == (
        '"Projects" of Managed Complete: it is for project work, and this is remote work',
        '"Servers by day" of Managed Complete: it is for a server, and the device is not known',
        '"Nights" of Managed Complete: it is for after hours or a holiday, and this is support'
        " hours",
    )
    assert asked(plan, DAY, work_type="project").verdict == "excluded"


def test_a_ticket_and_the_question_answer_alike(plan):
    ticket = tickets.open_ticket(
        client=plan.client, subject="Down", channel="phone", device=plan.server, opened_at=NIGHT,
        by=make.BY, at=NIGHT,
    )  # fmt: skip
    found = asked(plan, NIGHT, plan.server)
    assert (ticket.covered, ticket.policy_reason) == (found.covered, found.reason)
    assert tuple(ticket.policy_failed) == found.failed


def test_another_agreement_may_be_turned_to(cast, plan):
    project = make.agreement(cast.harbor, make.flat("500.00"), name="Project pool")
    version = actions.amend(agreement=plan, effective_on=DAY.date(), by=make.BY, at=make.STARTED_AT)
    row = {
        "name": "To the pool", "verdict": "other", "work_types": ["project"],
        "agreement_id": project.pk,
    }  # fmt: skip
    actions.set_coverage(version=version, rows=[row], by=make.BY, at=make.STARTED_AT)
    actions.publish(version=version, by=make.BY, at=make.STARTED_AT)
    found = asked(plan, DAY, work_type="project")
    assert (found.agreement_name, found.verdict, found.covered) == ("Project pool", "other", True)
    actions.end_agreement(agreement=project, ends_on=DAY.date(), by=make.BY, at=make.STARTED_AT)
    gone = asked(plan, DAY, work_type="project")
    assert (gone.verdict, gone.covered) == ("billable", False)
    assert "not in force" in gone.failed[-1]


def test_a_line_for_one_site_leaves_the_others_uncovered(cast):
    here, there = make.site(cast.harbor, "Here"), make.site(cast.harbor, "There")
    make.agreement(cast.harbor, make.per_device("10.00", site_ids=[here.pk]))
    found = {
        site: queries.coverage(
            client_id=cast.harbor.pk, at=DAY,
            device_id=make.device(cast.harbor, f"d-{site.pk}", site=site).pk,
        )
        for site in (here, there)
    }  # fmt: skip
    assert (found[here].covered, found[there].covered) == (True, False)
    assert "it covers other sites" in found[there].failed[0]


def test_a_wrong_table_is_refused_by_field(cast):
    draft = make.agreement(cast.harbor, make.flat(), published=False).versions.get()
    with pytest.raises(Refused) as refused:
        actions.set_coverage(
            version=draft, rows=[{"name": "A", "verdict": "perhaps"}], by=make.BY,
            at=make.STARTED_AT,
        )  # fmt: skip
    assert refused.value.field == "coverage[0].verdict"


# -- pages ---------------------------------------------------------------------------------------


def test_anybody_of_staff_may_ask_why(plan, guy, cleo):
    address = f"/agreements/{plan.pk}/coverage"
    shown = guy.get(f"{address}?device={plan.server.pk}&at=2026-06-02T03:00").content.decode()
    assert "Nights" in shown
    assert "it is for project work, and the kind of work is not known" in shown
    assert guy.get(f"{address}?at=never&device=x").status_code == 200
    assert guy.get(address, headers={"HX-Request": "true"}).status_code == 200
    assert cleo.get(address).status_code == 403


def test_the_table_of_a_draft_is_written_by_hand(plan, fay, ben):
    actions.amend(
        agreement=plan, effective_on=datetime.now(UTC).date(), by=make.BY, at=datetime.now(UTC)
    )
    address = f"/agreements/{plan.pk}/rows"
    assert ben.get(address).status_code == 403
    assert fay.get(address).status_code == 200
    head = {"row-TOTAL_FORMS": 2, "row-INITIAL_FORMS": 0, "row-0-name": "Sundays",
            "row-0-verdict": "billable", "row-0-owner": "msp", "row-0-multiplier": "2",
            "row-0-hour_classes": ["holiday"]}  # fmt: skip
    assert fay.post(address, head).status_code == 303
    draft = plan.versions.get(published_at=None)
    assert draft.coverage == [
        {"name": "Sundays", "verdict": "billable", "hour_classes": ["holiday"], "multiplier": "2"}
    ]
    assert "Sundays" in fay.get(f"/agreements/{plan.pk}/edit").content.decode()
    wrong = fay.post(address, head | {"row-0-verdict": "other"})
    assert wrong.status_code == 422
    assert "belongs to the verdict" in str(wrong.context["rows"].forms[0].errors["agreement_id"])


def test_who_pays_reads_the_table_in_the_portal(plan, cleo, dan):
    told = cleo.get("/portal/agreement").content.decode()
    assert "Nights: after hours or a holiday is billable at 150 an hour, 1.5 times." in told
    assert "It runs on until it is ended with 30 days" in told
    assert "150 an hour" not in dan.get("/portal/agreement").content.decode()
