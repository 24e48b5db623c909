"""What people fill in about bills."""

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from billing.rules.plans import Assumptions
from contracts.rules.terms import Labour
from msp.kit.periods import Period, anchored, month_of


class MonthForm(forms.Form):
    """Which month to open a run for."""

    month = forms.ChoiceField(label="Month")

    def __init__(self, months: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["month"].choices = months  # type: ignore[attr-defined]


class HoldForm(forms.Form):
    """Why a bill is put aside; the reason is shown wherever the bill is."""

    reason = forms.CharField(
        label="Why is it held?",
        max_length=200,
        help_text="Everyone who sees the run reads this.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class WaiveForm(forms.Form):
    """Why a drafted credit is not given."""

    reason = forms.CharField(
        label="Why is it not given?",
        max_length=200,
        help_text="Kept with the bill and told on the ticket, to us alone.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PlansForm(forms.Form):
    """Which months are compared and what is taken for granted; it lives in the address."""

    start = forms.CharField(
        label="First month", widget=forms.TextInput(attrs={"type": "month"}), max_length=7
    )
    months = forms.IntegerField(label="Months", min_value=1, max_value=24)
    rate = forms.DecimalField(label="An hour costs", min_value=0, max_digits=10, decimal_places=2)
    minimum = forms.IntegerField(label="At least, in minutes", min_value=0, max_value=480)
    step = forms.IntegerField(label="In steps of minutes", min_value=1, max_value=480)
    after = forms.DecimalField(
        label="Times after hours", min_value=Decimal("0.1"), max_value=10, max_digits=5,
        decimal_places=2,
    )  # fmt: skip
    block_hours = forms.DecimalField(
        label="Hours in a block", min_value=1, max_value=1000, max_digits=7, decimal_places=2
    )
    block_price = forms.DecimalField(
        label="A block costs", min_value=0, max_digits=12, decimal_places=2
    )
    own_rate = forms.DecimalField(
        label="An hour of own IT costs", min_value=0, max_digits=10, decimal_places=2
    )
    nights = forms.BooleanField(label="Fees pay for work after hours too", required=False)

    def clean_start(self) -> date:
        """The first of the month, however it was written."""
        try:
            return date.fromisoformat(f"{self.cleaned_data['start']}-01")
        except ValueError:
            raise forms.ValidationError("Write a month like 2026-01.") from None

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        start = values.get("start")
        if start and not date(2000, 1, 1) <= start <= date(2090, 1, 1):
            self.add_error("start", "Choose a month of this century.")
        return values

    @property
    def periods(self) -> list[Period]:
        first = self.cleaned_data["start"]
        return [month_of(anchored(first, n)) for n in range(self.cleaned_data["months"])]

    @property
    def assumed(self) -> Assumptions:
        said = self.cleaned_data
        labour = Labour(
            said["rate"], said["minimum"], said["step"], after=said["after"],
            holiday=max(said["after"], Decimal(1)),
        )  # fmt: skip
        return Assumptions(
            labour, said["block_hours"], said["block_price"], said["own_rate"], said["nights"]
        )
