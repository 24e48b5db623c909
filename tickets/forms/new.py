"""A ticket as a technician takes it down."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from contracts.clients.models import Client, Contact, Device
from tenants.people.models import Person
from tickets.actions import Begins
from tickets.forms.lists import staff_people
from tickets.models import Ticket
from tickets.rules.states import PAUSING, Status
from tickets.rules.words import LONGEST

GRADES = [("", "Not weighed"), *Ticket.Grade.choices]
BEGINS = [
    ("", "New"),
    *[(one.value, one.words) for one in Status if one in PAUSING],
    ("done", "Already done: write it down"),
]
CHANNELS = [
    (Ticket.Channel.PHONE.value, "Phone"),
    (Ticket.Channel.EMAIL.value, "E-mail"),
    (Ticket.Channel.PORTAL.value, "Portal"),
]


class MomentInput(forms.DateTimeInput):
    """The browser's own calendar and clock, on the wall clock of whoever types."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class NewTicketForm(forms.Form):
    """A ticket as a technician takes it down. Contacts and devices are those of the client."""

    client = forms.ModelChoiceField(
        Client.objects.none(), to_field_name="slug", empty_label="Choose a client"
    )
    contact = forms.ModelChoiceField(
        Contact.objects.none(), required=False, empty_label="Nobody in particular"
    )
    device = forms.ModelChoiceField(Device.objects.none(), required=False, empty_label="No device")
    subject = forms.CharField(max_length=200, label="What is it about?")
    body = forms.CharField(
        required=False, max_length=LONGEST, label="Details",
        widget=forms.Textarea(attrs={"rows": 5}), help_text="The client reads this.",
    )  # fmt: skip
    impact = forms.TypedChoiceField(
        coerce=int, empty_value=None, choices=GRADES, required=False,
        help_text="How many it holds up.",
    )  # fmt: skip
    urgency = forms.TypedChoiceField(
        coerce=int, empty_value=None, choices=GRADES, required=False,
        help_text="How much it presses.",
    )  # fmt: skip
    priority = forms.TypedChoiceField(
        coerce=int, empty_value=None, required=False,
        help_text="Wins over impact and urgency. Without either it is medium.",
    )  # fmt: skip
    channel = forms.ChoiceField(
        choices=CHANNELS, initial=Ticket.Channel.PHONE.value, label="How it reached us"
    )
    owner = forms.ModelChoiceField(Person.objects.none(), required=False, empty_label="Nobody yet")
    begins = forms.ChoiceField(choices=BEGINS, required=False, label="It begins as")
    pause_reason = forms.CharField(
        max_length=200, required=False, label="Why it waits", help_text="The client sees this."
    )
    resumes_at = forms.DateTimeField(
        required=False, widget=MomentInput(), label="Goes on by itself"
    )
    opened_at = forms.DateTimeField(
        required=False, widget=MomentInput(), label="It began at",
        help_text="The clocks count from then. Empty: now.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, client: Client | None = None, may_major: bool = False,
        may_backdate: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        given = [one for one in Ticket.Priority.choices if may_major or one[0]]
        self.fields["priority"].choices = [("", "From impact and urgency"), *given]
        if not may_backdate:
            del self.fields["opened_at"]
        self.fields["client"].queryset = Client.objects.filter(archived_at__isnull=True)
        self.fields["owner"].queryset = staff_people()
        self.fields["client"].widget.attrs |= {
            "hx-get": "/tickets/new/choices",
            "hx-target": "#choices",
            "hx-swap": "outerHTML",
            "hx-include": "closest form",
        }
        if client is not None:
            self.fields["contact"].queryset = people_of(client)
            self.fields["device"].queryset = devices_of(client)

    def said(self) -> dict[str, Any]:
        """What the form says, as the action takes it."""
        values = dict(self.cleaned_data)
        how, reason = values.pop("begins"), values.pop("pause_reason")
        resumes_at = values.pop("resumes_at")
        if how == "done":
            values["begins"] = Begins(done=True)
        elif how:
            values["begins"] = Begins(how, reason, resumes_at)
        return values


def people_of(client: Client) -> QuerySet[Contact]:
    return client.contacts.filter(archived_at__isnull=True)


def devices_of(client: Client) -> QuerySet[Device]:
    return client.devices.filter(retired_on__isnull=True)
