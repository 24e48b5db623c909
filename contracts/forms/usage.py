"""What people type about lines that charge what meters show."""

from collections.abc import Mapping
from typing import Any

from django import forms

USAGE = "usage"
LEVELS = [("average", "the average of its days"), ("peak", "its highest")]
# What is typed, under the name it is stored with.
_TYPED = {"free": "included", "of_level": "level"}


class UsageFields(forms.Form):
    """The fields of a line per use."""

    measure = forms.CharField(
        max_length=30, required=False, label="What meters measure",
        help_text="As the meters say it, such as pages or GB.",
    )  # fmt: skip
    free = forms.DecimalField(
        max_digits=14, decimal_places=6, min_value=0, required=False, label="Included in a period"
    )
    of_level = forms.ChoiceField(choices=LEVELS, required=False, label="Of a level")
    estimates = forms.BooleanField(required=False, label="Estimate what nobody has read")

    def usage_facts(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The facts only such a line has."""
        facts: dict[str, Any] = {"measure": values.get("measure", "").strip()}
        if values.get("free"):
            facts["included"] = f"{values['free']:f}"
        if values.get("of_level") == "peak":
            facts["level"] = "peak"
        return facts | ({"estimates": True} if values.get("estimates") else {})


def usage_initial(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Stored facts as they are typed."""
    shown = {name: facts[name] for name in ("measure", "estimates") if facts.get(name)}
    return shown | {name: facts[stored] for name, stored in _TYPED.items() if facts.get(stored)}


def typed_as(name: str) -> str:
    """The field a stored fact was typed into."""
    return {stored: typed for typed, stored in _TYPED.items()}.get(name, name)
