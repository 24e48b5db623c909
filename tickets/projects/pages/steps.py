"""The plan of a project and what is done with it: milestones, tickets, change orders, its life."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from msp.kit.refusals import Refused
from msp.kit.web import attempt, blame, go, page, refusal
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission
from tickets.models import Ticket
from tickets.projects import actions
from tickets.projects.forms import (
    MOST_ROWS,
    NEW_ROWS,
    ChangeForm,
    NameForm,
    Plan,
    PlanBase,
    PlanForm,
    ReasonForm,
    TicketForm,
    milestone_initial,
)
from tickets.projects.models import Milestone, Project
from tickets.projects.pages.projects import project_of, shown, who

MOVES: dict[str, tuple[Callable[..., Any], str]] = {
    "start": (actions.start_project, "Started. The client sees it now."),
    "finish": (actions.finish_project, "Finished"),
    "resume": (actions.resume_project, "Taken up again"),
}


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def project_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The milestones in one form; one row more or a fee shared over them needs no script."""
    found = project_of(request, pk)
    posted = request.POST if request.method == "POST" else None
    asked = request.POST.get("do", "save") if posted is not None else ""
    if posted is not None and asked == "add":
        return _editor(request, found, _rows(found, _one_more(posted)), PlanForm(), fresh=True)
    rows, head = _rows(found, posted), PlanForm(posted)
    if posted is not None and asked == "share":
        return _shared(request, found, posted, rows, head)
    if posted is not None and rows.is_valid() and _written(request, found, rows, head):
        return go(request, "project", pk, toast_text="Plan saved")
    return _editor(request, found, rows, head, status=422 if asked else 200)


def _rows(found: Project, posted: QueryDict | None) -> PlanBase:
    initial = [milestone_initial(at, one) for at, one in enumerate(found.milestones.all(), 1)]
    empty = [{"number": at, "phase": "Delivery"} for at in range(1, NEW_ROWS + 1)]
    return Plan(posted, prefix="row", initial=None if posted else initial or empty)


def _one_more(posted: QueryDict) -> QueryDict:
    """What was typed, with one row more behind the others, in the phase of the last."""
    more = posted.copy()
    count = min(_count(posted), MOST_ROWS)
    if count < MOST_ROWS:
        numbers = [posted.get(f"row-{at}-number", "") for at in range(count)]
        last = max((int(one) for one in numbers if one.isdecimal() and len(one) < 4), default=0)
        more["row-TOTAL_FORMS"] = str(count + 1)
        more[f"row-{count}-number"] = str(last + 1)
        more[f"row-{count}-phase"] = posted.get(f"row-{count - 1}-phase", "Delivery")
    return more


def _count(posted: QueryDict) -> int:
    said = posted.get("row-TOTAL_FORMS", "")
    return int(said) if said.isdecimal() and len(said) < 4 else 0


def _shared(
    request: HttpRequest, found: Project, posted: QueryDict, rows: PlanBase, head: PlanForm
) -> HttpResponse:
    """The fee over the rows that are not done yet, to be looked at and saved."""
    done = set(found.milestones.filter(done_at__isnull=False).values_list("pk", flat=True))
    wanted = [form for form in rows.forms if _pk(form) not in done and not _dropped(form)]
    try:
        amounts = head.shared(len(wanted), found.currency)
    except Refused as error:
        head.is_valid()
        blame(head, error)
        return _editor(request, found, rows, head, status=422)
    more = posted.copy()
    for form, amount in zip(wanted, amounts, strict=True):
        more[form.add_prefix("amount")] = f"{amount:.2f}"
    return _editor(request, found, _rows(found, more), PlanForm(), fresh=True)


def _pk(form: Any) -> int:
    said = str(form["pk"].value() or "")
    return int(said) if said.isdecimal() and len(said) < 19 else 0


def _dropped(form: Any) -> bool:
    return bool(form["DELETE"].value())


def _written(request: HttpRequest, found: Project, rows: PlanBase, head: PlanForm) -> bool:
    kept = rows.kept()

    def write(values: dict[str, Any]) -> Project:
        return actions.write_milestones(
            project=found, milestones=[form.milestone() for form in kept],
            reason=values["reason"], **who(request),
        )  # fmt: skip

    if not head.is_valid():
        return False
    try:
        write(head.cleaned_data)
    except Refused as error:
        _blame(error, head, kept)
        return False
    return True


def _blame(error: Refused, head: PlanForm, kept: list[Any]) -> None:
    """What was refused about a row stands at its field, else at the head."""
    name, _, rest = (error.field or "").partition("[")
    at, _, field = rest.partition("].")
    if name == "milestones" and at.isdecimal() and int(at) < len(kept):
        error.field = field
        blame(kept[int(at)], error)
    else:
        blame(head, error)


def _editor(
    request: HttpRequest, found: Project, rows: PlanBase, head: PlanForm, *, status: int = 200,
    fresh: bool = False,
) -> HttpResponse:  # fmt: skip
    if fresh:  # nothing of it was asked to be right yet
        for form in rows.forms:
            form._errors = {}
    done = set(found.milestones.filter(done_at__isnull=False).values_list("pk", flat=True))
    return page(
        request, "projects/plan.html", project=found, client=found.client, head=head, rows=rows,
        pairs=[(form, _pk(form) in done) for form in rows.forms], status=status,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def project_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Start it, finish it, or take it up again."""
    act, told = MOVES.get(request.POST.get("to", ""), (None, ""))
    if act is None:
        raise Http404("There is no such step.")
    return _done(request, pk, act, told)


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def project_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    found, form = project_of(request, pk), ReasonForm(request.POST)
    if attempt(form, lambda said: actions.cancel_project(project=found, **said, **who(request))):
        return go(request, "project", pk, toast_text="Cancelled")
    return shown(request, found, status=422, cancel_form=form)


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def project_change(request: HttpRequest, pk: int) -> HttpResponse:
    """A change order: a quote to write, which adds to the project once it is accepted."""
    found, form = project_of(request, pk), ChangeForm(request.POST)
    made = attempt(form, lambda said: actions.order_change(project=found, **said, **who(request)))
    if made:
        return go(request, "quote-edit", made.pk, toast_text="A change order to write")
    return shown(request, found, status=422, change_form=form)


@staff(Permission.TICKET_EDIT)
@require_POST
def project_ticket(request: HttpRequest, pk: int) -> HttpResponse:
    """A ticket into the project, by its number."""
    found, form = project_of(request, pk), TicketForm(request.POST)

    def add(values: dict[str, Any]) -> Any:
        rows = Ticket.objects.visible_to(request.viewer)
        ticket = rows.filter(number=values["number"]).first()
        if ticket is None:
            raise Refused("There is no ticket of this number.", field="number")
        return actions.add_ticket(project=found, ticket=ticket, **who(request))

    if attempt(form, add):
        return go(request, "project", pk, toast_text="Part of the project")
    return shown(request, found, status=422, ticket_form=form)


@staff(Permission.TICKET_EDIT)
@require_POST
def project_ticket_out(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    rows = Ticket.objects.visible_to(request.viewer)
    ticket = get_object_or_404(rows, number=number)
    return _done(
        request, pk,
        lambda project, **now: actions.remove_ticket(project=project, ticket=ticket, **now),
        "No longer part of it",
    )  # fmt: skip


@staff(Permission.TICKET_EDIT)
@require_POST
def milestone_done(request: HttpRequest, pk: int, step: int) -> HttpResponse:
    found = milestone_of(request, pk, step)
    return _done(
        request, pk, lambda project, **now: actions.finish_milestone(milestone=found, **now),
        "Done. The client is asked to look at it.",
    )  # fmt: skip


@staff(Permission.TICKET_EDIT)
@require_POST
def milestone_back(request: HttpRequest, pk: int, step: int) -> HttpResponse:
    """It is not done after all."""
    found, form = milestone_of(request, pk, step), ReasonForm(request.POST)
    now = who(request)
    if attempt(form, lambda said: actions.return_milestone(milestone=found, **said, **now)):
        return go(request, "project", pk, toast_text="To do again")
    return shown(request, found.project, status=422, back_form=form, asked=found.pk)


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def milestone_signed(request: HttpRequest, pk: int, step: int) -> HttpResponse:
    """The client signed on paper; who notes it is in the history."""
    found, form = milestone_of(request, pk, step), NameForm(request.POST)

    def accept(values: dict[str, Any]) -> Milestone:
        return actions.accept_milestone(
            milestone=found, typed_name=values["typed_name"], via=Milestone.Via.PAPER,
            **who(request),
        )  # fmt: skip

    if attempt(form, accept):
        return go(request, "project", pk, toast_text="Accepted")
    return shown(request, found.project, status=422, sign_form=form, asked=found.pk)


def milestone_of(request: HttpRequest, pk: int, step: int) -> Milestone:
    """A milestone of a project the viewer may see."""
    found = get_object_or_404(Milestone, pk=step, project=project_of(request, pk))
    found.project = project_of(request, pk)
    return found


def _done(request: HttpRequest, pk: int, act: Callable[..., Any], told: str) -> HttpResponse:
    try:
        act(project=project_of(request, pk), **who(request))
    except Refused as error:
        return refusal(request, error)
    return go(request, "project", pk, toast_text=told)


urlpatterns = [
    path("projects/<int:pk>/plan", project_plan, name="project-plan"),
    path("projects/<int:pk>/move", project_move, name="project-move"),
    path("projects/<int:pk>/cancel", project_cancel, name="project-cancel"),
    path("projects/<int:pk>/change", project_change, name="project-change"),
    path("projects/<int:pk>/tickets", project_ticket, name="project-ticket"),
    path("projects/<int:pk>/tickets/<int:number>/out", project_ticket_out,
         name="project-ticket-out"),
    path("projects/<int:pk>/milestones/<int:step>/done", milestone_done, name="project-done"),
    path("projects/<int:pk>/milestones/<int:step>/back", milestone_back, name="project-back"),
    path("projects/<int:pk>/milestones/<int:step>/signed", milestone_signed,
         name="project-signed"),
]  # fmt: skip
