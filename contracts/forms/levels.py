"""What people type about a service level: targets, hours, matrix, and how it is applied."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from contracts.clients.models import Client
from contracts.models import Calendar, ServiceLevel, ServiceLevelVersion
from contracts.rules.policy import Policy, Updates, read_policy, write_policy
from contracts.rules.spans import NotASpan, read_span, write_span
from contracts.rules.targets import ALL_PRIORITIES, ALL_PROMISES, PRIORITIES, UPDATE
from contracts.rules.words import PRIORITY_WORDS, PROMISE_WORDS

GRADES = ("high", "medium", "low")
_PRIORITIES = [(n, f"{n} {PRIORITY_WORDS[str(n)].capitalize()}") for n in range(1, 6)]
_UPDATES = [
    (Updates.REPLY.value, "After each message of the client"),
    (Updates.INTERVAL.value, "At a steady interval, whoever wrote"),
]


class SpanField(forms.CharField):
    """A length of support time, such as `1 h 30 min`, cleaned to seconds; nothing means None."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_span(text)
        except NotASpan as error:
            raise forms.ValidationError(str(error)) from None


@dataclass(frozen=True)
class TargetRow:
    """One priority's fields; a priority that may be left out says whose targets it then has."""

    number: int
    fields: list[tuple[str, forms.BoundField]]
    note: str


class LevelForm(forms.Form):
    """A named promise; `revises` asks for no name because it stays."""

    name = forms.CharField(max_length=80)
    calendar = forms.ModelChoiceField(
        Calendar.objects.none(), label="Support hours", required=False,
        empty_label="Around the clock (24x7)",
    )  # fmt: skip
    updates = forms.ChoiceField(label="When the next word is owed", choices=_UPDATES)
    pauses_response = forms.BooleanField(
        label="The first reply may wait too while a ticket waits for the client", required=False
    )
    pauses_update = forms.BooleanField(label="So may the next word", required=False)
    warn_at = forms.CharField(
        label="Warn at", max_length=40, required=False,
        help_text="Percent of a target at which its owner is told, such as 70, 90. "
        "More than 100 is after the promise was missed.",
    )  # fmt: skip
    grace = SpanField(
        label="Grace for a raised priority", max_length=20, required=False,
        help_text="What is still left when the higher priority's target is over already.",
    )  # fmt: skip
    reopen_days = forms.IntegerField(
        label="Days a solved ticket may be reopened", min_value=0, max_value=365,
        help_text="Later it becomes a new ticket that follows the old one.",
    )  # fmt: skip
    longest_pause_days = forms.IntegerField(
        label="Longest wait in days", min_value=1, max_value=365, required=False,
        help_text="Then the clock goes on by itself. Empty: no limit.",
    )  # fmt: skip
    goal = forms.IntegerField(
        label="Share to be kept in percent", min_value=1, max_value=100, required=False,
        help_text="What the agreement's results are held against.",
    )  # fmt: skip

    def __init__(self, *args: Any, revises: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["calendar"].queryset = Calendar.objects.all()
        if revises:
            del self.fields["name"]
        for priority in ALL_PRIORITIES:
            for promise in ALL_PROMISES:
                self.fields[f"{promise}{priority}"] = SpanField(
                    max_length=20, label=f"{PROMISE_WORDS[promise]} at priority {priority}",
                    required=priority in PRIORITIES and promise != UPDATE,
                )  # fmt: skip
        for name, label in _cells():
            self.fields[name] = forms.TypedChoiceField(coerce=int, choices=_PRIORITIES, label=label)

    @property
    def rows(self) -> list[TargetRow]:
        return [
            TargetRow(
                int(priority),
                [(PROMISE_WORDS[name], self[f"{name}{priority}"]) for name in ALL_PROMISES],
                {"0": "Empty: as critical", "5": "Empty: as low"}.get(priority, ""),
            )
            for priority in ALL_PRIORITIES
        ]

    @property
    def matrix(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (GRADES[row], [self[f"matrix{row}{column}"] for column in range(3)]) for row in range(3)
        ]

    def clean_warn_at(self) -> list[int]:
        parts = [part for part in re.split(r"[\s,;%]+", self.cleaned_data["warn_at"]) if part]
        if not all(part.isdecimal() for part in parts):
            raise forms.ValidationError("Write percents divided by commas, such as 70, 90.")
        return sorted(int(part) for part in parts)

    def said(self) -> dict[str, Any]:
        """What the form says, as the actions take it."""
        values = self.cleaned_data
        return {
            "targets": self._targets(),
            "calendar": values["calendar"],
            "pauses_response": values["pauses_response"],
            "policy": {
                "matrix": [[values[f"matrix{r}{c}"] for c in range(3)] for r in range(3)],
                "updates": values["updates"],
                "pauses_update": values["pauses_update"],
                "warn_at": values["warn_at"],
                "grace": values["grace"] or 0,
                "reopen_days": values["reopen_days"],
                "longest_pause_days": values["longest_pause_days"],
                "goal": values["goal"],
            },
        }

    def _targets(self) -> dict[str, dict[str, int]]:
        targets: dict[str, dict[str, int]] = {}
        for priority in ALL_PRIORITIES:
            given = {name: self.cleaned_data[f"{name}{priority}"] for name in ALL_PROMISES}
            if any(given.values()):
                targets[priority] = {name: value for name, value in given.items() if value}
        return targets

    def field_of(self, path: str) -> str | None:
        """The field a refusal of the action names: `targets.1.resolution`, `policy.matrix[0]`."""
        part, _, rest = path.partition(".")
        if part == "targets":
            priority, _, promise = rest.partition(".")
            return f"{promise}{priority}" if promise else None
        if part == "policy":
            return rest if rest in self.fields else "matrix00"
        return path if path in self.fields else None


class FallbackForm(forms.Form):
    """For whom, and which level; both may be left open on purpose."""

    client = forms.ModelChoiceField(
        Client.objects.none(), to_field_name="slug", required=False, empty_label="Every client"
    )
    level = forms.ModelChoiceField(
        ServiceLevel.objects.none(), label="Service level", required=False,
        empty_label="Nothing is promised",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].queryset = Client.objects.filter(archived_at__isnull=True)
        self.fields["level"].queryset = ServiceLevel.objects.all()


def _cells() -> Iterator[tuple[str, str]]:
    for row in range(3):
        for column in range(3):
            label = f"Priority at {GRADES[row]} impact and {GRADES[column]} urgency"
            yield f"matrix{row}{column}", label


def level_initial(
    targets: Mapping[str, Mapping[str, int]], policy: Policy | None = None
) -> dict[str, Any]:
    """A level as it is typed."""
    said = write_policy(policy or Policy())
    matrix = {f"matrix{r}{c}": said["matrix"][r][c] for r in range(3) for c in range(3)}
    spans = {
        f"{promise}{priority}": write_span(seconds)
        for priority, target in targets.items()
        for promise, seconds in target.items()
    }
    return (
        spans
        | matrix
        | {
            "updates": said["updates"],
            "pauses_update": said["pauses_update"],
            "warn_at": ", ".join(map(str, said["warn_at"])),
            "grace": write_span(said["grace"]) if said["grace"] else "",
            "reopen_days": said["reopen_days"],
            "longest_pause_days": said["longest_pause_days"],
            "goal": said["goal"],
        }
    )


def version_initial(version: ServiceLevelVersion) -> dict[str, Any]:
    """A version as it is typed, to be revised."""
    return level_initial(version.targets, read_policy(version.policy)) | {
        "calendar": Calendar.objects.filter(name=version.calendar_name).first(),
        "pauses_response": version.pauses_response,
    }
