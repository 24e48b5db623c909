"""A request in the client's words."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from contracts.clients.models import Device
from tickets.models import Ticket
from tickets.rules.words import LONGEST

# How much it holds the client up, in their words, and the priority that is (S8).
IMPACTS = {
    "stopped": ("I cannot work", Ticket.Priority.CRITICAL),
    "slow": ("It slows me down", Ticket.Priority.MEDIUM),
    "question": ("A question or a wish", Ticket.Priority.LOW),
}


class RequestForm(forms.Form):
    """A request in the client's words. What we know already is not asked."""

    subject = forms.CharField(max_length=200, label="In a few words")
    impact = forms.ChoiceField(
        choices=[(key, words) for key, (words, _priority) in IMPACTS.items()],
        initial="slow", label="How much is it holding you up?", widget=forms.RadioSelect,
    )  # fmt: skip
    body = forms.CharField(
        required=False, max_length=LONGEST, label="Anything else we should know",
        widget=forms.Textarea(attrs={"rows": 5, "data-draft": "request"}),
    )  # fmt: skip
    device = forms.ModelChoiceField(
        Device.objects.none(), required=False, label="Which device", empty_label="None, or not sure"
    )

    def __init__(self, *args: Any, devices: QuerySet[Device], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["device"].queryset = devices

    @property
    def priority(self) -> int:
        return int(IMPACTS[self.cleaned_data["impact"]][1])


class SayForm(forms.Form):
    body = forms.CharField(max_length=LONGEST, label="Your message", widget=forms.Textarea)
    key = forms.CharField(max_length=80, required=False)
