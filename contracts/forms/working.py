"""What people type about work: the price of an hour, hours in a fee, hours bought ahead."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from contracts.clients.forms import DateInput
from contracts.queries import work_types as known_kinds

KINDS = [
    ("time", "Work by the hour"),
    ("hours", "Fee with hours in it"),
    ("block", "Block of hours"),
    ("retainer", "Retainer"),
]
_OPENS = [("bought", "from the day it is bought"), ("issued", "once its bill is issued")]
_USED_UP = [
    ("overage", "more work is charged by the hour"),
    ("ask", "the client is asked before more is charged"),
    ("stop", "we stop: more work is not charged"),
]
_PER = [("entry", "each entry"), ("ticket_day", "a ticket's work of one day together")]
# What is typed, under the name it is stored with.
_TIME = {"least_minutes": "minimum", "step_minutes": "step"}
_BLOCK = {"opens": "bought", "used_up": "overage"}
_SAME = {"step": 1, "minimum": 0, "per": "entry", "rolls": 0}


def work_choices() -> list[tuple[str, str]]:
    """The kinds of work one may choose; asked when a form is made."""
    return list(known_kinds().items())


class WorkKindForm(forms.Form):
    name = forms.CharField(max_length=60, label="One more kind of work")


class WorkFields(forms.Form):
    """The fields of lines that speak of work."""

    hours = forms.DecimalField(
        max_digits=8, decimal_places=2, min_value=0, required=False, label="Hours in it"
    )
    overage_rate = forms.DecimalField(
        max_digits=15, decimal_places=6, min_value=0, required=False, label="Each hour more"
    )
    least_minutes = forms.IntegerField(min_value=0, required=False, label="At least, in minutes")
    step_minutes = forms.IntegerField(min_value=1, required=False, label="In steps of minutes")
    per = forms.ChoiceField(choices=_PER, required=False, label="Rounded for")
    after = forms.DecimalField(
        max_digits=5, decimal_places=3, min_value=0, required=False, label="Times after hours"
    )
    holiday = forms.DecimalField(
        max_digits=5, decimal_places=3, min_value=0, required=False, label="Times on holidays"
    )
    bought_on = forms.DateField(widget=DateInput, required=False, label="Bought on")
    expires_on = forms.DateField(widget=DateInput, required=False, label="Last day to use it")
    opens = forms.ChoiceField(choices=_OPENS, required=False, label="May be used")
    used_up = forms.ChoiceField(choices=_USED_UP, required=False, label="When it is used up")
    refunded_on = forms.DateField(widget=forms.HiddenInput, required=False)
    rolls = forms.IntegerField(
        min_value=0, max_value=12, required=False, label="Kept for more periods"
    )
    roll_cap = forms.DecimalField(
        max_digits=8, decimal_places=2, min_value=0, required=False, label="At most kept, in hours"
    )
    work_types = forms.MultipleChoiceField(
        choices=work_choices, required=False, label="Kinds of work; none means all",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def work_facts(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The facts of a kind that speaks of work, but for its rhythm."""
        kind, price = values["kind"], values.get("price")
        facts: dict[str, Any] = {"rate" if kind == "time" else "amount": f"{price:f}"}
        if kind == "time":
            facts |= _numbers(values, "least_minutes", "step_minutes") | _given(
                values, "after", "holiday"
            )
            if values.get("per") and values["per"] != "entry":
                facts["per"] = values["per"]
        if kind in ("hours", "retainer"):
            facts |= {"prorate": values["prorate"]} | _numbers(values, "rolls")
        if kind == "hours":
            facts |= _given(values, "hours", "overage_rate", "roll_cap")
        if kind == "block":
            facts |= _given(values, "hours")
            facts |= _days(values, "bought_on", "expires_on", "refunded_on")
            facts |= {
                name: values[name]
                for name, usual in _BLOCK.items()
                if values.get(name) and values[name] != usual
            }
        return facts | ({"work_types": values["work_types"]} if values["work_types"] else {})


def work_initial(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Stored facts about work as they are typed."""
    names = ("hours", "overage_rate", "per", "after", "holiday", "bought_on", "expires_on",
             "rolls", "roll_cap", "work_types", "opens", "used_up", "refunded_on")  # fmt: skip
    shown = {name: facts[name] for name in names if facts.get(name)}
    for typed, stored in _TIME.items():
        if facts.get(stored) and "rate" in facts:
            shown[typed] = facts[stored]
    return shown


def typed_as(name: str) -> str:
    """The field a stored fact about work was typed into."""
    return {stored: typed for typed, stored in _TIME.items()}.get(name, name)


def _numbers(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    found = {_TIME.get(name, name): values.get(name) for name in names}
    return {
        name: value for name, value in found.items() if value is not None and value != _SAME[name]
    }


def _given(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    given = {name: values[name] for name in names if values.get(name) is not None}
    return {
        name: f"{value:f}"
        for name, value in given.items()
        if name not in ("after", "holiday") or value != Decimal(1)
    }


def _days(values: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: values[name].isoformat() for name in names if values.get(name)}
