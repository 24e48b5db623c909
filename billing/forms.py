"""What people fill in about bills."""

from typing import Any

from django import forms


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
