"""The unit register of a client: what was countable on a day, as known on a day."""

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET

from contracts.clients import queries
from contracts.clients.forms import RegisterForm
from contracts.clients.pages.clients import client_of
from contracts.rules import register as rules
from msp.kit.periods import day_start, local_date
from msp.kit.web import page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission


@staff(Permission.CLIENT_VIEW)
@require_GET
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Two dates in, the names out, and what the knowledge since then has changed."""
    client = client_of(request, slug)
    now = datetime.now(UTC)
    first = local_date(now, client.zone)
    form = RegisterForm({"day": first, "known_on": first} | request.GET.dict())
    context = {}
    if form.is_valid():
        day, known_on = form.cleaned_data["day"], form.cleaned_data["known_on"]
        known_at = min(now, day_start(known_on + timedelta(days=1), client.zone))
        then = queries.countable_on(client_id=client.pk, day=day, known_at=known_at)
        today = queries.countable_on(client_id=client.pk, day=day, known_at=now)
        context = {
            "day": day,
            "known_on": known_on,
            "groups": _groups(then),
            "since": _changes(then, today),
        }
    return page(
        request, "clients/register.html", part="clients/_register.html", client=client,
        head=queries.client_head(client), form=form, status=422 if form.errors else 200, **context,
    )  # fmt: skip


def _groups(found: queries.Countable) -> list[tuple[str, list[rules.Interval]]]:
    """By class in the order of the list of classes, users last."""
    return [
        (str(label), units)
        for kind, label in queries.class_labels()
        if (units := [one for one in (*found.devices, *found.users) if one.unit_class == kind])
    ]


def _changes(then: queries.Countable, now: queries.Countable) -> list[tuple[str, str]]:
    """What we know today and did not know then about the same day."""
    before = {one.unit: one.name for one in (*then.devices, *then.users)}
    after = {one.unit: one.name for one in (*now.devices, *now.users)}
    return [("added", after[unit]) for unit in after if unit not in before] + [
        ("removed", before[unit]) for unit in before if unit not in after
    ]


urlpatterns = [path("clients/<slug:slug>/register", register, name="client-register")]
