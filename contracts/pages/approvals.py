"""Asking the client to approve a draft, from the agreement's page."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST

from contracts import actions
from contracts.models import Agreement, AgreementVersion
from contracts.pages.agreements import agreement_of
from contracts.queries import approvals
from msp.kit.refusals import Refused
from msp.kit.web import go, refusal
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def approval_ask(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, actions.ask_approval, "The client is asked")


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def approval_back(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, actions.take_approval_back, "Taken back")


def on_agreement_rail(request: HttpRequest, agreement: Agreement) -> dict[str, Any] | None:
    """Whether the client was asked about the draft, and what it said; else of the newest one."""
    rows = agreement.versions.select_related("agreement__client", "level_version__level")
    draft = rows.filter(published_at__isnull=True).first()
    version = draft or rows.filter(approval_asked_at__isnull=False).order_by("-number").first()
    may = request.viewer.may(Permission.AGREEMENT_EDIT)
    if version is None or (version.approval_asked_at is None and not may):
        return None
    return {
        "template": "contracts/_approval.html", "agreement": agreement, "version": version,
        "draft": draft, "standing": approvals.standing(version),
        "answer": approvals.word_of(version), "may": may,
    }  # fmt: skip


def _done(
    request: HttpRequest, pk: int, act: Callable[..., AgreementVersion], told: str
) -> HttpResponse:
    draft = agreement_of(request, pk).versions.filter(published_at__isnull=True).first()
    if draft is None:
        raise Http404("There is no draft to ask about.")
    try:
        act(version=draft, by=request.viewer.actor, at=datetime.now(UTC))
    except Refused as error:
        return refusal(request, error)
    return go(request, "agreement", pk, toast_text=told)


urlpatterns = [
    path("agreements/<int:pk>/approval/ask", approval_ask, name="agreement-approval-ask"),
    path("agreements/<int:pk>/approval/back", approval_back, name="agreement-approval-back"),
]
