"""What people type into an assessment and a plan."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from contracts.clients.forms import DateInput
from contracts.rules import roadmap as rules

_CHOICES = [("", "Not asked yet"), *rules.ANSWERS.items()]


class NewRoadmapForm(forms.Form):
    name = forms.CharField(max_length=120, initial="Road map")


class AssessForm(forms.Form):
    """A question a field, by domain, and the day the plan begins on."""

    starts_on = forms.DateField(label="The plan begins on", widget=DateInput)

    def __init__(self, *args: Any, questions: Sequence[rules.Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[f"q_{question.key}"] = forms.ChoiceField(
                choices=_CHOICES, required=False, label=question.text
            )

    def groups(self) -> list[tuple[str, list[Any]]]:
        """The questions of each domain, in the order they are asked."""
        return [
            (name, [self[f"q_{one.key}"] for one in self.questions if one.domain == domain])
            for domain, name in rules.DOMAINS.items()
        ]

    def answers(self) -> dict[str, str]:
        """What was answered; what was not asked is left out."""
        given = {one.key: self.cleaned_data.get(f"q_{one.key}", "") for one in self.questions}
        return {key: answer for key, answer in given.items() if answer}


class QuestionForm(forms.Form):
    """One question of the house; its key follows from its words when it is new."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    domain = forms.ChoiceField(choices=list(rules.DOMAINS.items()), label="Domain")
    text = forms.CharField(max_length=200, label="Question, so that yes is good")
    missing = forms.CharField(max_length=200, label="What is wrong where it is no")
    weight = forms.TypedChoiceField(
        coerce=int, choices=[(one, str(one)) for one in range(1, 6)], label="Weight", initial=3
    )

    def question(self) -> rules.Question:
        said = self.cleaned_data
        words = re.sub(r"[^a-z0-9]+", "_", said["text"].lower()).strip("_")
        return rules.Question(
            said["key"] or f"q_{words}"[:40], said["domain"], said["text"], said["missing"],
            said["weight"],
        )  # fmt: skip


class QuestionRows(BaseFormSet):
    """The rows that stay, by domain, in the order they stand in."""

    def kept(self) -> list[QuestionForm]:
        order = list(rules.DOMAINS)
        rows = [
            form
            for form in self.forms
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        return sorted(rows, key=lambda form: order.index(form.cleaned_data["domain"]))


Questions = formset_factory(
    QuestionForm, formset=QuestionRows, extra=0, can_delete=True, max_num=rules.MOST_QUESTIONS,
    absolute_max=rules.MOST_QUESTIONS,
)  # fmt: skip


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
