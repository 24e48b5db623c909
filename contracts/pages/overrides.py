"""Numbers said by hand for the lines of an agreement."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from contracts import actions, queries
from contracts.clients.forms.units import Day
from contracts.models import Agreement
from contracts.pages.agreements import agreement_of
from contracts.rules.terms import Counting
from msp.kit.periods import local_date, month_of
from msp.kit.refusals import Refused
from msp.kit.web import attempt, go, page, refusal
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


class OverrideForm(forms.Form):
    line_key = forms.TypedChoiceField(label="Line", coerce=UUID)
    quantity = forms.IntegerField(label="Charge", min_value=0, max_value=10_000_000)
    starts_on = Day(label="First day")
    last_on = Day(label="Last day")
    reason = forms.CharField(
        max_length=120, label="Why", help_text="The client reads it behind the line."
    )

    def __init__(self, *args: Any, lines: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line_key"].choices = list(lines.items())


@staff(Permission.AGREEMENT_EDIT)
@require_http_methods(["GET", "POST"])
def agreement_overrides(request: HttpRequest, pk: int) -> HttpResponse:
    found = agreement_of(request, pk)
    now = datetime.now(UTC)
    month = month_of(local_date(now, found.client.zone))
    lines = _lines(found)
    form = OverrideForm(
        request.POST or None, lines=lines,
        initial={"starts_on": month.start, "last_on": month.last},
    )  # fmt: skip

    def say(values: dict[str, Any]) -> None:
        last_on = values.pop("last_on")
        actions.override_count(
            agreement=found, ends_on=last_on + timedelta(days=1), by=request.viewer.actor, at=now,
            **values,
        )  # fmt: skip

    if request.method == "POST" and attempt(form, say):
        return go(request, "agreement-overrides", pk, toast_text="Charged by hand")
    rows = queries.overrides_on(found, now)
    return page(
        request, "contracts/overrides.html", agreement=found, client=found.client, form=form,
        rows=rows, counts=bool(lines), status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.AGREEMENT_EDIT)
@require_POST
def override_withdraw(request: HttpRequest, pk: int, said: str) -> HttpResponse:
    found = agreement_of(request, pk)
    try:
        actions.withdraw_override(
            agreement=found, interval_id=said, by=request.viewer.actor, at=datetime.now(UTC)
        )
    except Refused as error:
        return refusal(request, error)
    return go(request, "agreement-overrides", pk, toast_text="It is counted again")


def _lines(found: Agreement) -> dict[str, str]:
    """The counting lines of every published version, by key, under their newest name."""
    versions = found.versions.filter(published_at__isnull=False).order_by("number")
    return {
        str(line.line_key): line.description
        for version in versions.prefetch_related("lines")
        for line, terms in queries.terms_of(version.lines.all())
        if isinstance(terms, Counting)
    }


urlpatterns = [
    path("agreements/<int:pk>/overrides", agreement_overrides, name="agreement-overrides"),
    path(
        "agreements/<int:pk>/overrides/<str:said>/withdraw", override_withdraw,
        name="agreement-override-withdraw",
    ),
]  # fmt: skip
