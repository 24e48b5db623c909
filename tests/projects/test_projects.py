"""Planning, doing and accepting: what a client signed stays, and what changes has a reason."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from contracts import actions as contracts
from contracts.models import Quote
from contracts.queries import roadmaps
from msp.kit.refusals import Conflict, Refused
from tenants.context import Tenant
from tenants.journal.delivery import drain as run
from tenants.journal.queries import about
from tests import make
from tests.cast import Cast
from tests.projects.conftest import AT, WHO, once, planned, quoted, step
from tickets import actions as tickets
from tickets.projects import actions, queries
from tickets.projects.actions import MilestoneInput
from tickets.projects.forms import MilestoneForm
from tickets.projects.models import Milestone, Project, ProjectTicket


def test_the_fee_is_what_its_milestones_sum_to(project: Project) -> None:
    assert project.amount == Decimal(12000)
    rows = [MilestoneInput(one.phase, one.title, one.amount, one.due_on, one.pk)
            for one in project.milestones.all()]  # fmt: skip
    with pytest.raises(Refused, match="Say why"):
        actions.write_milestones(project=project, milestones=rows[:2], **WHO)
    actions.write_milestones(project=project, milestones=rows[:2], reason="No files", **WHO)
    project.refresh_from_db()
    assert project.amount == Decimal(8400)
    told = about("project", project.pk)[-1]
    assert "because" in told.facts or told.sentence.endswith("No files")


def test_a_plan_names_each_milestone_once_and_days_of_this_age(project: Project) -> None:
    """What lies beyond has no day after it that a list could be drawn with."""
    one = project.milestones.first()
    twice = [MilestoneInput(one.phase, one.title, one.amount, None, one.pk)] * 2
    with pytest.raises(Refused, match="twice"):
        actions.write_milestones(project=project, milestones=twice, reason="So", **WHO)
    late = [MilestoneInput("A", "B", Decimal(1), date.max)]
    with pytest.raises(Refused, match="Between 1990 and 2200"):
        actions.write_milestones(project=project, milestones=late, reason="So", **WHO)
    form = MilestoneForm({"number": 1, "phase": "A", "title": "B", "due_on": "9999-12-31"})
    assert list(form.errors) == ["due_on"]


def test_what_is_done_is_accepted_once_and_never_changes(project: Project) -> None:
    first = step(project)
    with pytest.raises(Conflict, match="not done"):
        actions.accept_milestone(milestone=first, typed_name="Cleo", **WHO)
    actions.finish_milestone(milestone=first, **WHO)
    actions.finish_milestone(milestone=first, by=make.BY, at=AT + timedelta(days=1))
    with pytest.raises(Refused, match="Type your name"):
        actions.accept_milestone(milestone=first, typed_name=" ", **WHO)
    actions.accept_milestone(milestone=first, typed_name="Cleo", address="203.0.113.5", **WHO)
    again = actions.accept_milestone(milestone=first, typed_name="Other", **WHO)
    assert (again.done_at, again.accepted_name) == (AT, "Cleo")
    with pytest.raises(Conflict, match="accepted"):
        actions.return_milestone(milestone=first, reason="No", **WHO)
    for change in ({"amount": 1}, {"accepted_name": "X"}, {"done_at": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Milestone.objects.filter(pk=first.pk).update(**change)
    with pytest.raises(Conflict, match="stays in the plan"):
        actions.write_milestones(project=project, milestones=[], reason="All out", **WHO)
    with pytest.raises(DatabaseError), transaction.atomic():
        Milestone.objects.filter(pk=first.pk).delete()


def test_a_client_gives_back_what_is_missing_something(project: Project) -> None:
    first = actions.finish_milestone(milestone=step(project), **WHO)
    actions.return_milestone(milestone=first, reason="No plan of the cellar", **WHO)
    assert step(project).done_at is None


def test_a_life_goes_one_way(cast: Cast) -> None:
    project = planned(cast)
    with pytest.raises(Conflict, match="Start the project"):
        actions.finish_milestone(milestone=step(project), **WHO)
    actions.start_project(project=project, **WHO)
    with pytest.raises(Conflict, match="running"):
        actions.start_project(project=project, **WHO)
    with pytest.raises(Conflict, match="3 milestones are not done"):
        actions.finish_project(project=project, **WHO)
    actions.order_change(project=project, name="More", **WHO)
    with pytest.raises(Refused, match="why"):
        actions.cancel_project(project=project, reason="", **WHO)
    actions.cancel_project(project=project, reason="They moved away", **WHO)
    assert Quote.objects.get().state == "withdrawn"
    with pytest.raises(Conflict, match="cancelled"):
        actions.change_project(project=project, name="Other", **WHO)


def test_promises_change_under_way_with_a_reason(project: Project) -> None:
    later = {"due_on": date(2026, 9, 30)}
    with pytest.raises(Refused, match="Say why"):
        actions.change_project(project=project, **later, **WHO)
    actions.change_project(project=project, reason="Parts are late", **later, **WHO)
    assert Project.objects.get().due_on == date(2026, 9, 30)
    actions.change_project(project=project, scope="All of it", **WHO)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"due_on": date(2026, 5, 1)}, "due_on"),
        ({"fee": "capped"}, "amount"),
        ({"fee": "capped", "amount": Decimal("10.001")}, "amount"),
        ({"fee": "free"}, "fee"),
        ({"currency": "XQX"}, "currency"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(cast: Cast, fields: dict, field: str) -> None:
    given = {"name": "A", "starts_on": date(2026, 6, 1), "due_on": date(2026, 7, 1)} | fields
    with pytest.raises(Refused) as refused:
        actions.plan_project(client=cast.harbor, **given, **WHO)
    assert refused.value.field == field


def test_a_ticket_belongs_to_one_project_and_a_fixed_fee_pays_for_it(
    cast: Cast, project: Project
) -> None:
    ours, theirs = (
        tickets.open_ticket(client=client, subject="Move mail", channel="phone", **WHO)
        for client in (cast.harbor, cast.quill)
    )
    with pytest.raises(Refused, match="not a ticket of"):
        actions.add_ticket(project=project, ticket=theirs, **WHO)
    actions.add_ticket(project=project, ticket=ours, **WHO)
    actions.add_ticket(project=project, ticket=ours, **WHO)
    ours.refresh_from_db()
    assert ours.paid_by == f"{project.number} Move to the cloud"
    actions.change_project(project=project, name="Cloud", **WHO)
    ours.refresh_from_db()
    assert ours.paid_by == f"{project.number} Cloud"
    other = planned(cast, name="Other")
    with pytest.raises(Conflict, match="already"):
        actions.add_ticket(project=other, ticket=ours, **WHO)
    actions.remove_ticket(project=project, ticket=ours, **WHO)
    ours.refresh_from_db()
    assert (ours.paid_by, ProjectTicket.objects.count()) == ("", 0)


def test_a_ticket_that_moves_to_another_client_leaves(cast: Cast, project: Project, drain) -> None:
    ours = tickets.open_ticket(client=cast.harbor, subject="Mail", channel="phone", **WHO)
    actions.add_ticket(project=project, ticket=ours, **WHO)
    tickets.move(ticket=ours, client=cast.quill, **WHO)
    drain()
    assert ProjectTicket.objects.count() == 0


def test_a_quote_becomes_a_project_to_the_cent(cast: Cast) -> None:
    quote = quoted(
        cast, once("Cabling", "33.335", 3, "Build"), once("Phones", "120.10", 7, "Build"),
        once("Training", "500", phase="Hand over"), becomes="project",
    )  # fmt: skip
    project = queries.of_quote(quote).project
    assert project.amount == Decimal("100.01") + Decimal("840.70") + 500
    assert [(one.phase, one.title, one.amount) for one in project.milestones.all()] == [
        ("Build", "Cabling", Decimal("100.01")),
        ("Build", "Phones", Decimal("840.70")),
        ("Hand over", "Training", Decimal(500)),
    ]
    assert (project.state, project.starts_on) == ("planned", date(2026, 6, 1))
    again = actions.adopt_quote(quote=quote, **WHO)
    assert (again, Project.objects.count()) == (project, 1)


def test_the_phases_of_a_road_map_are_the_projects(cast: Cast) -> None:
    """What is delivered once costs the project, what is put into service the agreement."""
    prices = contracts.add_price_list(name="General", currency="USD", client=None, **WHO)
    sold = (("guard", "security", "product", "400.00"), ("copies", "backup", "service", "120.00"))
    for code, domain, nature, amount in sold:
        service = contracts.add_service(
            name=code.title(), code=code, domain=domain, nature=nature, **WHO
        )
        contracts.set_price(
            price_list=prices, service=service, kind="flat", facts={"amount": amount},
            starts_on=date(2026, 1, 1), **WHO,
        )  # fmt: skip
    plan = contracts.begin_roadmap(client=cast.harbor, name="Safe and sound", **WHO)
    plan = contracts.assess(
        roadmap=plan, answers={"second_factor": "no", "copies": "no"}, signals=[],
        starts_on=date(2026, 7, 1), **WHO,
    )  # fmt: skip
    quote = contracts.quote_phases(roadmap=plan, keys=[one["key"] for one in plan.phases], **WHO)
    version = quote.versions.get()
    contracts.send_quote(version=version, **WHO)
    contracts.accept_quote(
        quote=quote, version_number=1, wanted=contracts.Wanted("a"),
        signature=contracts.Signature(cast.cleo, "Cleo"), by=make.BY, at=AT,
    )  # fmt: skip
    run()
    project = queries.of_quote(quote).project
    assert project.amount == Decimal(400)
    found = {one.title: (one.phase, one.amount, one.due_on) for one in project.milestones.all()}
    ends = {one.name: one.ends_on - timedelta(days=1) for one in roadmaps.phases_of(plan)}
    assert set(found) == {"Guard", "Copies in service"}
    assert all(due == ends[phase] for phase, _amount, due in found.values())
    assert project.agreement is not None
    assert project.agreement.state == "draft"


def test_a_change_order_adds_what_the_client_signed(cast: Cast, project: Project) -> None:
    draft = actions.order_change(project=project, name="Two printers", **WHO)
    quoted(cast, once("Printers", "250.25", 2, "Extras"), quote=draft)
    project.refresh_from_db()
    assert project.amount == Decimal("12500.50")
    assert [(one.order, one.title) for one in project.milestones.all()][-1] == (1, "Printers")
    assert queries.change_orders(project)[0].applied_at == AT


def test_a_change_order_raises_a_cap(cast: Cast) -> None:
    project = planned(cast, fee="capped", amount=Decimal(5000))
    draft = actions.order_change(project=project, name="More hours", **WHO)
    quoted(cast, once("Ten hours more", "1500"), quote=draft)
    project.refresh_from_db()
    assert (project.amount, project.milestones.count()) == (Decimal(6500), 3)


def test_another_msp_knows_nothing_of_it(project: Project, beta: Tenant) -> None:
    from tenants import context

    with context.inside(beta):
        assert not Project.objects.exists()
