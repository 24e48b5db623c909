"""What people type about meters: what they show, what they showed, and what was wrong about it."""

from typing import Any

from django import forms

from contracts.clients.forms.units import Day
from contracts.clients.models import Client
from contracts.rules.metering import COUNTER, Dial
from msp.kit.facts import InvalidFact

SHOWS = [
    ("counter", "It counts up"),
    ("amounts", "What was used each time"),
    ("level", "How much there is"),
]
DROPS = [("", "It did not begin again"), ("reset", "It was reset"), ("rollover", "It rolled over")]


class Figure(forms.DecimalField):
    """A number a meter can show."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=21, decimal_places=6, min_value=0, **kwargs)


class DialForm(forms.Form):
    """What the figures of a meter mean."""

    shows = forms.ChoiceField(choices=SHOWS, label="What it shows", initial=COUNTER, required=False)
    wraps_at = Figure(
        required=False, label="Begins again after",
        help_text="Of a counter with so many places, such as 100000. Empty: it never does.",
    )  # fmt: skip
    resets = forms.BooleanField(
        required=False, label="Less than before means it was reset",
        help_text="Otherwise somebody is asked, and nothing is charged until they say.",
    )  # fmt: skip

    metric = forms.CharField(
        max_length=80, required=False, label="Read by itself from",
        help_text="The name of a measured value of its device. Empty: people or programs read it.",
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not self.errors:
            try:
                values["dial"] = Dial(
                    values["shows"] or COUNTER,
                    values["wraps_at"],
                    values["resets"],
                    values["metric"],
                )
            except InvalidFact as error:
                self.add_error(error.field, error.reason[:1].upper() + error.reason[1:] + ".")
        return values


class MeterForm(DialForm):
    name = forms.CharField(max_length=80)
    measure = forms.CharField(
        max_length=30, label="What it measures",
        help_text="Such as pages or GB. A line charges all meters of one measure together.",
    )  # fmt: skip
    counts_from_on = Day(label="Counts from")
    device = forms.ModelChoiceField(queryset=None, required=False, empty_label="No device")
    field_order = (
        "name", "measure", "device", "counts_from_on", "shows", "wraps_at", "resets", "metric",
    )  # fmt: skip

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["device"].queryset = client.devices.filter(retired_on__isnull=True)

    def said(self) -> dict[str, Any]:
        """The meter as the action takes it."""
        names = ("name", "measure", "counts_from_on", "device", "dial")
        return {name: self.cleaned_data[name] for name in names}


class ReadingForm(forms.Form):
    value = Figure(label="It shows")
    taken_at = forms.DateTimeField(
        label="Read at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    note = forms.CharField(max_length=200, required=False)


class FixForm(forms.Form):
    """What a reading really was; one that never was is taken back."""

    value = Figure(label="It showed")
    drop = forms.ChoiceField(choices=DROPS, required=False, label="Less than before")
    gone = forms.BooleanField(required=False, label="It never showed that")
    reason = forms.CharField(max_length=200, label="How we know")
