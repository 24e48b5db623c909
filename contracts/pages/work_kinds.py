"""The kinds of work that time is written down as."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from contracts import actions, queries
from contracts.forms.working import WorkKindForm
from contracts.models import WorkKind
from contracts.rules.decisions import WORK_TYPES
from msp.kit.web import attempt, go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def work_kinds(request: HttpRequest) -> HttpResponse:
    """Those everybody has, and one's own, with the way to add one."""
    form = WorkKindForm(request.POST or None)
    who = {"by": request.viewer.actor, "at": datetime.now(UTC)}
    if request.method == "POST" and attempt(
        form, lambda values: actions.add_work_kind(**values, **who)
    ):
        return go(request, "workkind-list", toast_text="Added")
    return page(
        request, "contracts/work_kinds.html", form=form, given=list(WORK_TYPES.values()),
        own=queries.own_work_kinds(), status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def work_kind_retire(request: HttpRequest, pk: int) -> HttpResponse:
    kind = get_object_or_404(WorkKind.objects.visible_to(request.viewer), pk=pk)
    actions.retire_work_kind(kind=kind, by=request.viewer.actor, at=datetime.now(UTC))
    return go(request, "workkind-list", toast_text="Retired")


urlpatterns = [
    path("work-kinds", work_kinds, name="workkind-list"),
    path("work-kinds/<int:pk>/retire", work_kind_retire, name="workkind-retire"),
]
