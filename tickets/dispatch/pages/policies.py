"""Escalations: what they are for, and whom they call in which steps."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contracts.clients.models import Client
from contracts.models import ServiceLevel
from msp.kit.web import attempt, go, page
from tenants.people.gates import staff
from tenants.people.rules.roles import Permission
from tickets.dispatch import actions, queries
from tickets.dispatch.forms import PolicyForm, policy_initial
from tickets.dispatch.models import Policy
from tickets.dispatch.pages.rotas import who
from tickets.dispatch.rules.chain import rule_of
from tickets.dispatch.rules.written import chain_of


@staff(Permission.TICKET_VIEW)
@require_GET
def policy_list(request: HttpRequest) -> HttpResponse:
    names = queries.target_names()
    rows = [
        (one, chain_of(one.chain), queries.told_steps(chain_of(one.chain), names), _for(one))
        for one in queries.policies()
    ]
    return page(request, "dispatch/policies.html", rows=rows)


def _for(policy: Policy) -> list[str]:
    """What it is for, in a few words."""
    rule = rule_of(policy.when)
    said = [", ".join(rule.severities) + " incidents" if rule.severities else "all incidents"]
    levels = ServiceLevel.objects.filter(pk__in=rule.levels).order_by("name")
    clients = Client.objects.filter(pk__in=rule.clients).order_by("name")
    if rule.levels:
        said.append("under " + ", ".join(one.name for one in levels))
    if rule.clients:
        said.append("of " + ", ".join(one.name for one in clients))
    if rule.tickets:
        said.append("promises about to be missed")
    return said


@staff(Permission.ONCALL_EDIT)
@require_http_methods(["GET", "POST"])
def policy_new(request: HttpRequest) -> HttpResponse:
    return _form(request, None)


@staff(Permission.ONCALL_EDIT)
@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(Policy, pk=pk, ended_at__isnull=True))


def _form(request: HttpRequest, found: Policy | None) -> HttpResponse:
    first = policy_initial(found) if found else {"severities": ["critical"], "rank": 1}
    form = PolicyForm(request.POST or None, initial=first)

    def save(values: dict[str, Any]) -> Policy:
        return actions.keep_policy(
            policy=found, name=values["name"], rank=values["rank"], when=form.when(values),
            chain=form.chain(values), **who(request),
        )  # fmt: skip

    if request.method == "POST" and attempt(form, save):
        return go(request, "policy-list", toast_text="Saved. Calls that run go on as they began.")
    return page(request, "dispatch/policy_form.html", form=form, policy=found,
                status=422 if form.errors else 200)  # fmt: skip


@staff(Permission.ONCALL_EDIT)
@require_POST
def policy_end(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Policy, pk=pk)
    actions.end_policy(policy=found, **who(request))
    return go(request, "policy-list", toast_text="No further call begins by it.")


urlpatterns = [
    path("oncall/escalations", policy_list, name="policy-list"),
    path("oncall/escalations/new", policy_new, name="policy-new"),
    path("oncall/escalations/<int:pk>", policy, name="policy"),
    path("oncall/escalations/<int:pk>/end", policy_end, name="policy-end"),
]
