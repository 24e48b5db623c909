"""A version of an agreement that waits for the client's word: what it says and what it changes."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from contracts import actions, queries
from contracts.clients.gates import client_user
from contracts.forms.quotes import AcceptForm, DeclineForm
from contracts.models import Agreement, AgreementVersion
from contracts.papers.quote_pdf import hours_said
from contracts.portal.quotes import SEES, signature_of
from contracts.queries import approvals
from contracts.rules import words
from msp.kit.web import attempt, go, page
from tenants.people.gates import refused
from tenants.people.rules.roles import PortalRight


@client_user(*SEES)
@require_GET
def approval(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, _asked(request, pk))


@client_user(*SEES)
@require_POST
def approval_give(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep their yes, with the typed name, to the wording they read."""
    version = _asked(request, pk)
    form = AcceptForm(request.POST)

    def give(values: dict[str, Any]) -> Any:
        return actions.approve_version(
            version=version, digest=request.POST.get("digest", "")[:64],
            signature=signature_of(request, values["typed_name"]), by=request.viewer.actor,
            at=datetime.now(UTC),
        )  # fmt: skip

    return _answered(request, version, form, give, "Thank you. It is approved.")


@client_user(*SEES)
@require_POST
def approval_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    version = _asked(request, pk)
    form = DeclineForm(request.POST)

    def refuse(values: dict[str, Any]) -> Any:
        return actions.decline_version(
            version=version, digest=request.POST.get("digest", "")[:64], reason=values["reason"],
            signature=signature_of(request), by=request.viewer.actor, at=datetime.now(UTC),
        )  # fmt: skip

    return _answered(request, version, form, refuse, "Thank you for telling us.")


def _asked(request: HttpRequest, pk: int) -> AgreementVersion:
    """The newest version of the agreement that they were ever asked about."""
    agreement = get_object_or_404(Agreement.objects.visible_to(request.viewer), pk=pk)
    rows = (
        agreement.versions.filter(approval_asked_at__isnull=False)
        .select_related("agreement__client", "level_version__level")
        .prefetch_related("lines")
        .order_by("-number")[:1]
    )
    return get_object_or_404(rows)


def _answered(
    request: HttpRequest, version: AgreementVersion, form: Any,
    act: Callable[[dict[str, Any]], Any], told: str,
) -> HttpResponse:  # fmt: skip
    if not request.viewer.may_as_client(PortalRight.OFFERS_ANSWER):
        return refused(request)
    if attempt(form, act):
        return go(request, "portal-approval", version.agreement_id, toast_text=told)
    name = "accept_form" if isinstance(form, AcceptForm) else "decline_form"
    return _shown(request, _asked(request, version.agreement_id), status=422, **{name: form})


def _shown(
    request: HttpRequest, version: AgreementVersion, status: int = 200, **forms: Any
) -> HttpResponse:
    agreement, level = version.agreement, version.level_version
    before = (
        agreement.versions.filter(published_at__isnull=False, number__lt=version.number)
        .select_related("agreement", "level_version__level")
        .prefetch_related("lines")
        .order_by("-number")
        .first()
    )
    said = queries.said_of(version)
    given = {"accept_form": AcceptForm(), "decline_form": DeclineForm()} | forms
    return page(
        request, "contracts/portal/approval.html", status=status, agreement=agreement,
        version=version, standing=approvals.standing(version), answer=approvals.word_of(version),
        digest=approvals.digest_of(version), said=said,
        lines=[(name, words.sentence(terms, said.currency)) for _key, name, terms in said.lines],
        changes=words.differences(queries.said_of(before), said) if before else [],
        promises=words.promised(level.targets, hours_said(level)) if level else [],
        may_answer=request.viewer.may_as_client(PortalRight.OFFERS_ANSWER), **given,
    )  # fmt: skip


urlpatterns = [
    path("agreements/<int:pk>/approval", approval, name="portal-approval"),
    path("agreements/<int:pk>/approval/give", approval_give, name="portal-approval-give"),
    path("agreements/<int:pk>/approval/refuse", approval_refuse, name="portal-approval-refuse"),
]
