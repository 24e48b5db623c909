"""The proof that alerting works: the canary, its last silences, how fast they were noticed."""

from contextlib import suppress
from datetime import UTC, datetime

import redis
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from monitoring import actions
from monitoring.forms import CanaryForm
from monitoring.pages.incidents import who
from monitoring.queries import canary as queries
from msp.kit import proof
from msp.kit.web import attempt, go, page
from tenants.context import current_schema
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.SETTINGS_EDIT)
@require_http_methods(["GET", "POST"])
def canary(request: HttpRequest) -> HttpResponse:
    """What its silences came to; posting places it."""
    form = CanaryForm(request.POST or None)
    if request.method == "POST" and attempt(
        form, lambda values: actions.place_canary(site=values["site"], **who(request))
    ):
        return go(request, "canary", toast_text="It falls silent on purpose within the hour.")
    return page(
        request, "monitoring/canary.html", form=form, proof=queries.proof(datetime.now(UTC)),
        status=422 if form.errors else 200,
    )  # fmt: skip


@staff(Permission.SETTINGS_EDIT)
@require_POST
def canary_remove(request: HttpRequest) -> HttpResponse:
    found = queries.the_canary()
    if found is not None:
        actions.remove_canary(check=found, **who(request))
    with suppress(redis.RedisError):
        proof.forget(current_schema())
    return go(request, "canary", toast_text="The canary is gone.")


urlpatterns = [
    path("settings/canary", canary, name="canary"),
    path("settings/canary/remove", canary_remove, name="canary-remove"),
]
