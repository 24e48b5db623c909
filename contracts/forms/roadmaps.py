"""What people type into an assessment and a plan."""

from typing import Any

from django import forms

from contracts.clients.forms import DateInput
from contracts.rules import roadmap as rules

_CHOICES = [("", "Not asked yet"), *rules.ANSWERS.items()]


class NewRoadmapForm(forms.Form):
    name = forms.CharField(max_length=120, initial="Road map")


class AssessForm(forms.Form):
    """A question a field, by domain, and the day the plan begins on."""

    starts_on = forms.DateField(label="The plan begins on", widget=DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in rules.QUESTIONS:
            self.fields[f"q_{question.key}"] = forms.ChoiceField(
                choices=_CHOICES, required=False, label=question.text
            )

    def groups(self) -> list[tuple[str, list[Any]]]:
        """The questions of each domain, in the order they are asked."""
        return [
            (name, [self[f"q_{one.key}"] for one in rules.QUESTIONS if one.domain == domain])
            for domain, name in rules.DOMAINS.items()
        ]

    def answers(self) -> dict[str, str]:
        """What was answered; what was not asked is left out."""
        given = {one.key: self.cleaned_data.get(f"q_{one.key}", "") for one in rules.QUESTIONS}
        return {key: answer for key, answer in given.items() if answer}


class PhaseForm(forms.Form):
    """One phase: its name, reason, length and services; only a plan's first day is typed."""

    name = forms.CharField(max_length=80, label="Phase")
    why = forms.CharField(max_length=300, required=False, label="Why")
    weeks = forms.IntegerField(min_value=1, max_value=rules.LONGEST_WEEKS, label="Weeks")
    services = forms.TypedMultipleChoiceField(
        coerce=int, required=False, label="Services", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, services: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["services"].choices = services
