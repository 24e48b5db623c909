"""Pages of projects: planned, started, done, accepted by whom it is for, and by nobody else."""

from datetime import date
from decimal import Decimal

from django.test import Client as Browser

from billing.models import Invoice
from tenants.journal.delivery import drain
from tenants.notices.models import Mail
from tests.cast import Cast
from tests.projects.conftest import WHO, once, planned, quoted, step
from tickets import actions as tickets
from tickets.projects import actions
from tickets.projects.models import Milestone, Project

TERMS = {
    "name": "New office", "fee": "fixed", "bills_on": "accepted", "starts_on": "2026-06-01",
    "due_on": "2026-07-31", "scope": "- desks",
}  # fmt: skip


def plan(*rows: dict[str, str], **more: str) -> dict[str, str]:
    """The plan's form with these rows."""
    posted = {"row-TOTAL_FORMS": str(len(rows)), "row-INITIAL_FORMS": "0"} | more
    for at, row in enumerate(rows):
        posted |= {f"row-{at}-{name}": value for name, value in row.items()}
    return posted


def row(number: int, title: str, amount: str = "", phase: str = "Build") -> dict[str, str]:
    return {"number": str(number), "phase": phase, "title": title, "amount": amount}


def test_a_project_is_planned_shared_out_and_started(cast: Cast, ada: Browser) -> None:
    assert "Harbor" in ada.get("/projects/new").content.decode()
    new = f"/projects/new?client={cast.harbor.slug}"
    assert ada.get(new).status_code == 200
    assert "must end after" in ada.post(new, TERMS | {"due_on": "2026-05-01"}).content.decode()
    assert ada.post(new, TERMS).status_code == 303
    project = Project.objects.get()
    address = f"/projects/{project.pk}/plan"
    assert ada.get(address).status_code == 200
    rows = [row(1, "A"), row(3, "C"), row(2, "B")]
    more = ada.post(address, plan(*rows, do="add")).content.decode()
    assert 'name="row-3-title"' in more
    shared = ada.post(address, plan(*rows, do="share", total="12000", weights="30/40/30"))
    assert 'value="4800.00"' in shared.content.decode()
    wrong = ada.post(address, plan(*rows, do="share", total="12000", weights="30/40"))
    assert (wrong.status_code, "3 rows" in wrong.content.decode()) == (422, True)
    rows = [row(1, "A", "3600"), row(3, "C", "3600"), row(2, "B", "4800")]
    assert ada.post(address, plan(*rows, do="save")).status_code == 303
    assert [one.title for one in project.milestones.all()] == ["A", "B", "C"]
    assert ada.post(f"/projects/{project.pk}/move", {"to": "start"}).status_code == 303
    again = ada.post(address, plan(row(1, "A", "1"), do="save"))
    assert (again.status_code, "Say why" in again.content.decode()) == (422, True)
    shown = ada.get(f"/projects/{project.pk}").content.decode()
    assert "$12,000.00" in shown
    assert '<svg class="pj"' in shown
    assert ada.get("/projects").status_code == ada.get("/projects?q=office").status_code == 200
    assert "No projects match" in ada.get("/projects?q=zzz").content.decode()


def test_a_refusal_stands_at_its_row(cast: Cast, ada: Browser) -> None:
    project = planned(cast)
    early = row(1, "A", "10.00") | {"due_on": "2026-01-01"}
    answer = ada.post(f"/projects/{project.pk}/plan", plan(early, do="save", reason="x"))
    assert (answer.status_code, "The project begins" in answer.content.decode()) == (422, True)


def test_from_done_to_accepted_to_a_bill(
    cast: Cast, project: Project, ben: Browser, cleo: Browser, ada: Browser
) -> None:
    first = step(project)
    assert ben.post(f"/projects/{project.pk}/milestones/{first.pk}/done").status_code == 303
    drain()
    assert Mail.objects.filter(subject__contains="Plan agreed").count() == 1
    assert "Look and accept" in cleo.get("/portal/").content.decode()
    address = f"/portal/projects/{project.pk}"
    assert "Something is missing" in cleo.get(address).content.decode()
    assert cleo.get("/portal/projects").status_code == 200
    steps = f"{address}/milestones/{first.pk}"
    assert cleo.post(f"{steps}/return", {"reason": ""}).status_code == 422
    assert cleo.post(f"{steps}/return", {"reason": "No cellar"}).status_code == 303
    assert cleo.post(f"{steps}/accept", {"typed_name": "Cleo"}).status_code == 422
    actions.finish_milestone(milestone=first, **WHO)
    assert cleo.post(f"{steps}/accept", {"typed_name": " "}).status_code == 422
    assert cleo.post(f"{steps}/accept", {"typed_name": "Cleo Marsh"}).status_code == 303
    drain()
    first.refresh_from_db()
    assert (first.accepted_name, first.accepted_via) == ("Cleo Marsh", "portal")
    assert Invoice.objects.get().net == Decimal(3600)
    assert "Draft, " in ada.get(f"/projects/{project.pk}").content.decode()


def test_paper_changes_tickets_and_the_end(cast: Cast, project: Project, ada: Browser) -> None:
    home = f"/projects/{project.pk}"
    first = actions.finish_milestone(milestone=step(project), **WHO)
    steps = f"{home}/milestones/{first.pk}"
    assert ada.post(f"{steps}/back", {"reason": ""}).status_code == 422
    assert ada.post(f"{steps}/signed", {"typed_name": ""}).status_code == 422
    assert ada.post(f"{steps}/signed", {"typed_name": "Cleo"}).status_code == 303
    assert Milestone.objects.get(pk=first.pk).accepted_via == "paper"
    ticket = tickets.open_ticket(client=cast.harbor, subject="Mail", channel="phone", **WHO)
    assert ada.post(f"{home}/tickets", {"number": "99999"}).status_code == 422
    assert ada.post(f"{home}/tickets", {"number": ticket.number}).status_code == 303
    assert "Part of" in ada.get(f"/tickets/{ticket.number}").content.decode()
    assert ada.post(f"{home}/tickets/{ticket.number}/out").status_code == 303
    assert ada.post(f"{home}/change", {"name": ""}).status_code == 422
    assert ada.post(f"{home}/change", {"name": "Printers"}).status_code == 303
    edit = {"name": "Cloud", "starts_on": "2026-06-01", "due_on": "2026-09-30",
            "bills_on": "accepted", "reason": ""}  # fmt: skip
    assert ada.post(f"{home}/edit", edit).status_code == 422
    assert ada.post(f"{home}/edit", edit | {"reason": "Late parts"}).status_code == 303
    assert ada.post(f"{home}/move", {"to": "finish"}).status_code == 409
    assert ada.post(f"{home}/move", {"to": "fly"}).status_code == 404
    assert ada.post(f"{home}/cancel", {"reason": ""}).status_code == 422
    assert ada.post(f"{home}/cancel", {"reason": "Sold"}).status_code == 303
    assert ada.get(home).status_code == 200
    assert ada.get("/projects?state=cancelled").status_code == 200


def test_a_quote_says_what_it_became(cast: Cast, ada: Browser) -> None:
    quote = quoted(cast, once("Cabling", "100"))
    assert "It became the project" in ada.get(f"/quotes/{quote.pk}").content.decode()
    assert ada.get(f"/clients/{cast.harbor.slug}").status_code == 200


def test_who_may_what(
    cast: Cast, project: Project, guy: Browser, cleo: Browser, dan: Browser, eve: Browser
) -> None:
    home, there = f"/projects/{project.pk}", f"/portal/projects/{project.pk}"
    first = actions.finish_milestone(milestone=step(project), **WHO)
    assert guy.get(home).status_code == 200
    assert guy.post(f"{home}/move", {"to": "finish"}).status_code == 403
    assert guy.post(f"{home}/milestones/{first.pk}/back", {"reason": "x"}).status_code == 403
    assert dan.get(there).status_code == 403
    assert eve.get(there).status_code == 404
    word = {"typed_name": "Eve"}
    assert eve.post(f"{there}/milestones/{first.pk}/accept", word).status_code == 404
    other = planned(cast, name="Secret")
    assert cleo.get(f"/portal/projects/{other.pk}").status_code == 404
    assert date(2026, 6, 1) == other.starts_on
