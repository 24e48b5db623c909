"""One version of an agreement: what it says, and what it changed, side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET

from contracts import queries
from contracts.pages.agreements import agreement_of, hours_said
from contracts.rules import words
from msp.kit.web import page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.AGREEMENT_VIEW)
@require_GET
def agreement_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    found = agreement_of(request, pk)
    rows = found.versions.select_related("agreement", "level_version__level").prefetch_related(
        "lines__service"
    )
    version = get_object_or_404(rows, number=number)
    before = rows.filter(number__lt=number).order_by("-number").first()
    said = queries.said_of(version)
    level = version.level_version
    return page(
        request, "contracts/version.html", agreement=found, client=found.client, version=version,
        before=before, after=rows.filter(number__gt=number).order_by("number").first(),
        lines=[(name, words.sentence(terms, said.currency)) for _key, name, terms in said.lines],
        promises=words.promised(level.targets, hours_said(level)) if level else [], said=said,
        changes=words.differences(queries.said_of(before), said) if before else [],
    )  # fmt: skip


urlpatterns = [
    path("agreements/<int:pk>/versions/<int:number>", agreement_version, name="agreement-version")
]
