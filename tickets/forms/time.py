"""What somebody says about time: how long, when it began, what kind of work it was."""

from datetime import datetime, timedelta
from typing import Any

from django import forms

from contracts import queries as contracts
from contracts.rules.decisions import ROLES
from tickets.forms.lists import staff_people
from tickets.forms.new import MomentInput
from tickets.models import TimeEntry

MOST_MINUTES = 1440


class TimeForm(forms.Form):
    """An entry as it is typed. Without a beginning it has just ended."""

    minutes = forms.IntegerField(min_value=0, max_value=MOST_MINUTES, label="Minutes")
    started_at = forms.DateTimeField(
        required=False, widget=MomentInput(), label="Began", help_text="Empty: it just ended."
    )
    work_type = forms.ChoiceField(
        choices=lambda: list(contracts.work_types().items()), label="Kind of work"
    )
    note = forms.CharField(
        required=False, max_length=2000, label="What was done",
        widget=forms.Textarea(attrs={"rows": 3}), help_text="Stays among ourselves.",
    )  # fmt: skip
    person = forms.ModelChoiceField(staff_people(), label="Who", empty_label=None)
    role = forms.ChoiceField(choices=list(ROLES.items()), label="As")
    override = forms.ChoiceField(
        choices=TimeEntry.Override.choices, required=False, label="Charged"
    )
    override_why = forms.CharField(
        max_length=200, required=False, label="Why not as agreed",
        help_text="Needed with a verdict of your own.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.initial.get("work_type", "")
        if chosen and chosen not in dict(self.fields["work_type"].choices):  # it was retired
            name = contracts.work_names([chosen]).get(chosen, chosen)
            self.fields["work_type"].choices = [
                *self.fields["work_type"].choices, (chosen, name),
            ]  # fmt: skip
        self.fields["person"].queryset = staff_people()

    def said(self, at: datetime) -> dict[str, Any]:
        """The entry's fields, with both its ends."""
        values = dict(self.cleaned_data)
        took = timedelta(minutes=values.pop("minutes"))
        started_at = values.pop("started_at") or at - took
        return values | {"started_at": started_at, "ended_at": started_at + took}


def time_initial(entry: TimeEntry, at: datetime) -> dict[str, Any]:
    """An entry as it is typed; a running timer as if it ended now."""
    ended_at = entry.ended_at or at
    minutes = -(-int((ended_at - entry.started_at).total_seconds()) // 60)
    return {
        "minutes": min(minutes, MOST_MINUTES),
        "started_at": entry.started_at,
        "work_type": entry.work_type,
        "note": entry.note,
        "person": entry.person_id,
        "role": entry.role,
        "override": entry.override,
        "override_why": entry.override_why,
    }
