"""What somebody says when they change a ticket: why it waits, whom it is about, what fixed it."""

from typing import Any

from django import forms

from contracts import queries as contracts
from contracts.clients.models import Client, Contact, Device
from contracts.models import ServiceLevelVersion
from tickets.forms.new import MomentInput, devices_of, people_of
from tickets.models import Ticket
from tickets.rules.states import PAUSING, Status
from tickets.rules.words import LONGEST


class WaitForm(forms.Form):
    """Why the work stands still. The client sees the reason."""

    status = forms.ChoiceField(
        choices=[(s.value, s.words) for s in Status if s in PAUSING], label="Wait for"
    )
    pause_reason = forms.CharField(
        max_length=200, label="Why", help_text="The clock stops and the client sees this."
    )
    resumes_at = forms.DateTimeField(
        required=False, widget=MomentInput(), label="Goes on by itself",
        help_text="The clock runs again from then on.",
    )  # fmt: skip


class AssessForm(forms.Form):
    """How many are held up, and how much it presses; the promise's matrix gives the priority."""

    impact = forms.TypedChoiceField(coerce=int, choices=Ticket.Grade.choices)
    urgency = forms.TypedChoiceField(coerce=int, choices=Ticket.Grade.choices)


class MergeForm(forms.Form):
    into = forms.IntegerField(
        min_value=1, max_value=10**15, label="The ticket that goes on",
        help_text="Its number. It must be this client's and still open.",
    )  # fmt: skip
    same_incident = forms.BooleanField(
        required=False, label="It is the same incident: count from the one told first"
    )


class MoveForm(forms.Form):
    """Whom and what the ticket is really about."""

    client = forms.ModelChoiceField(Client.objects.none(), to_field_name="slug")
    contact = forms.ModelChoiceField(
        Contact.objects.none(), required=False, empty_label="Nobody in particular"
    )
    device = forms.ModelChoiceField(Device.objects.none(), required=False, empty_label="No device")

    def __init__(self, *args: Any, client: Client, address: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].queryset = Client.objects.filter(archived_at__isnull=True)
        self.fields["client"].widget.attrs |= {
            "hx-get": address, "hx-target": "#dlg", "hx-swap": "innerHTML", "hx-include": "this",
            "hx-disabled-elt": "this",
        }  # fmt: skip
        self.fields["contact"].queryset = people_of(client)
        self.fields["device"].queryset = devices_of(client)


class HoldToForm(forms.Form):
    """Another promise for this one ticket."""

    level_version = forms.ModelChoiceField(
        ServiceLevelVersion.objects.none(), required=False, label="Service level",
        empty_label="No promise",
    )  # fmt: skip
    because = forms.CharField(max_length=200, label="Why")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pks = [version.pk for version in contracts.newest_levels()]
        rows = ServiceLevelVersion.objects.filter(pk__in=pks).select_related("level")
        self.fields["level_version"].queryset = rows


class ResolveForm(forms.Form):
    text = forms.CharField(
        required=False, max_length=LONGEST, label="What fixed it",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Goes to the client with the news that it is fixed.",
    )  # fmt: skip
