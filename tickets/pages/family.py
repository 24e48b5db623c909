"""Tickets that belong together, and waits that count after all."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from msp.kit.refusals import Refused
from tenants.people.gates import staff
from tickets import actions
from tickets.models import Ticket
from tickets.pages.changes import EDIT, ask, asked_for, do
from tickets.pages.ticket import ticket_of


class SplitForm(forms.Form):
    subject = forms.CharField(
        max_length=200, label="What it is about",
        help_text="It began when this was written; its clocks count from then.",
    )  # fmt: skip


class BundleForm(forms.Form):
    parent = forms.IntegerField(
        min_value=1, max_value=10**15, label="Under which ticket",
        help_text="Its number. Solving that one solves this one too.",
    )  # fmt: skip


class VoidForm(forms.Form):
    since = forms.CharField(max_length=40, widget=forms.HiddenInput)
    because = forms.CharField(
        max_length=200, label="Why it counts after all",
        help_text="The clock runs on through this wait. A promise that is missed by it shows.",
    )  # fmt: skip


@staff(EDIT)
@require_http_methods(["GET", "POST"])
def ticket_split(request: HttpRequest, number: int, message: int) -> HttpResponse:
    """Make a ticket of its own from one message."""
    found = ticket_of(request, number)
    said = get_object_or_404(found.messages, pk=message)
    form = SplitForm(request.POST or None)
    done = asked_for(request, form, lambda values, who: actions.split(
        ticket=found, message=said, **values, **who
    ))  # fmt: skip
    address = reverse("ticket-split", args=[number, message])
    return done or ask(request, found, form, "A ticket of its own", "Split it off", address)


@staff(EDIT)
@require_http_methods(["GET", "POST"])
def ticket_bundle(request: HttpRequest, number: int) -> HttpResponse:
    """Put it under another ticket about the same trouble."""
    found = ticket_of(request, number)
    form = BundleForm(request.POST or None)

    def bundle(values: dict[str, Any], who: dict[str, Any]) -> Ticket:
        rows = Ticket.objects.visible_to(request.viewer).filter(number=values["parent"])
        parent = rows.first()
        if parent is None:
            raise Refused(f"There is no ticket #{values['parent']}.", field="parent")
        return actions.bundle(ticket=found, parent=parent, **who)

    done = asked_for(request, form, bundle)
    address = reverse("ticket-bundle", args=[number])
    return done or ask(request, found, form, f"Put #{number} under another", "Bundle", address)


@staff(EDIT)
@require_POST
def ticket_unbundle(request: HttpRequest, number: int) -> HttpResponse:
    return do(request, number, lambda found, who: actions.unbundle(ticket=found, **who))


@staff(EDIT)
@require_http_methods(["GET", "POST"])
def ticket_void(request: HttpRequest, number: int) -> HttpResponse:
    """Let the clock run on through a wait."""
    found = ticket_of(request, number)
    form = VoidForm(request.POST or None, initial={"since": request.GET.get("since", "")[:40]})

    def void(values: dict[str, Any], who: dict[str, Any]) -> Ticket:
        try:
            since = datetime.fromisoformat(values["since"])
        except ValueError:
            raise Refused("It did not wait then.", field="since") from None
        return actions.void_wait(ticket=found, since=since, because=values["because"], **who)

    done = asked_for(request, form, void)
    address = reverse("ticket-void", args=[number])
    return done or ask(request, found, form, "This wait counts", "Count it", address)


urlpatterns = [
    path("tickets/<int:number>/split/<int:message>", ticket_split, name="ticket-split"),
    path("tickets/<int:number>/bundle", ticket_bundle, name="ticket-bundle"),
    path("tickets/<int:number>/unbundle", ticket_unbundle, name="ticket-unbundle"),
    path("tickets/<int:number>/void", ticket_void, name="ticket-void"),
]
