"""What people type about the ways out of the house."""

from typing import Any

from django import forms

from tenants.notices import queries
from tenants.notices.gateways import outside
from tenants.people.models import Team

SERVICE, WEBHOOK = "apprise", "webhook"


class ChannelForm(forms.Form):
    """A messenger, a push service, or an address that is posted to."""

    name = forms.CharField(max_length=80, help_text="What you know it by, such as: my phone.")
    kind = forms.ChoiceField(
        label="What it is",
        choices=[(SERVICE, "Messenger or push service"), (WEBHOOK, "Signed webhook")],
    )
    address = forms.CharField(
        max_length=490,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="An apprise address such as ntfys://topic or slack://…, or https://… for a "
        "webhook. It is sealed, and an apprise address is not shown again.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        address = values.get("address", "").strip()
        try:
            if not address:
                return values
            if values.get("kind") == WEBHOOK:
                outside.demand_url(address)
            else:
                values["service"] = outside.service_of(address)
        except outside.BadAddress as error:
            self.add_error("address", str(error))
        values["address"] = address
        return values


class SharedChannelForm(ChannelForm):
    """The same for a team, or a webhook of the MSP that is told what happens."""

    team = forms.ModelChoiceField(
        Team.objects.none(), required=False, empty_label="The whole MSP",
        help_text="A team's channel hears when an escalation calls the team.",
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        required=False, label="A webhook of the MSP is told of", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = Team.objects.order_by("name")
        self.fields["kinds"].choices = queries.feeds()

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("team") is None and values.get("kind") == SERVICE:
            self.add_error("team", "Choose the team whose messenger this is.")
        elif values.get("team") is None and not values.get("kinds"):
            self.add_error("kinds", "Choose what it is told of.")
        return values


class QuietForm(forms.Form):
    """One's own quiet hours, by one's own clock."""

    quiet_from = forms.TimeField(
        required=False, label="From", widget=forms.TimeInput(attrs={"type": "time"})
    )
    quiet_until = forms.TimeField(
        required=False, label="Until", widget=forms.TimeInput(attrs={"type": "time"}),
        help_text="Before the start: the next morning. Being called by an escalation is urgent.",
    )  # fmt: skip
