"""What people type about services, support hours and service levels."""

from typing import Any

from django import forms

from contracts.clients.forms import ZONES
from contracts.models import Calendar
from contracts.rules import written_hours
from contracts.rules.spans import NotASpan, read_span, write_span
from msp.kit.facts import InvalidFact

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class ServiceForm(forms.Form):
    name = forms.CharField(max_length=120)
    code = forms.SlugField(max_length=40, help_text="Short and lasting, for lists and programs.")
    description = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)


class CalendarForm(forms.Form):
    """Support hours: each weekday's windows, holidays and single dates, as text."""

    name = forms.CharField(max_length=80)
    zone = forms.ChoiceField(
        label="Time zone", choices=[(zone, zone.replace("_", " ")) for zone in ZONES]
    )
    holidays = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5}), required=False,
        help_text="Closed all day. One a line: “Christmas: 12-25”, "
        "“Thanksgiving: 4th Thursday of November”, “Outing: 2027-06-11”.",
    )  # fmt: skip
    overrides = forms.CharField(
        label="Single dates", widget=forms.Textarea(attrs={"rows": 3}), required=False,
        help_text="Other hours on one date. One a line: “2026-12-24: 09:00-12:00” or "
        "“2026-12-31: closed”.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(WEEKDAYS):
            self.fields[f"day{number}"] = forms.CharField(
                label=name, required=False, max_length=200
            )

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[f"day{number}"] for number in range(7)]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        windows = []
        for number in range(7):
            for window in self._read(f"day{number}", written_hours.read_windows):
                windows.append({"weekday": number, **window})
        values["definition"] = {
            "zone": values.get("zone", "UTC"),
            "windows": windows,
            "holidays": self._read("holidays", written_hours.read_holidays),
            "overrides": self._read("overrides", written_hours.read_overrides),
        }
        return values

    def field_of(self, path: str) -> str:
        """The field of the form that a part of the definition was typed into."""
        part, _, rest = path.partition("[")
        if part != "windows" or not rest:
            return part if part in self.fields else "day0"
        windows = self.cleaned_data["definition"]["windows"]
        return f"day{windows[int(rest.partition(']')[0])]['weekday']}"

    def _read(self, name: str, read: Any) -> list[Any]:
        try:
            return list(read(self.cleaned_data.get(name, "")))
        except InvalidFact as error:
            self.add_error(name, error.reason)
            return []


def calendar_initial(calendar: Calendar) -> dict[str, Any]:
    """A stored calendar as it is typed."""
    said = calendar.definition
    days = {
        f"day{number}": written_hours.write_windows(
            [window for window in said["windows"] if window["weekday"] == number]
        )
        for number in range(7)
    }
    return days | {
        "name": calendar.name,
        "zone": said["zone"],
        "holidays": written_hours.write_holidays(said["holidays"]),
        "overrides": written_hours.write_overrides(said["overrides"]),
    }


class SpanField(forms.CharField):
    """A length of support time, such as `1 h 30 min`, cleaned to seconds."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return read_span(text)
        except NotASpan as error:
            raise forms.ValidationError(str(error)) from None


class LevelForm(forms.Form):
    """A named promise; `revises` asks for no name because it stays."""

    name = forms.CharField(max_length=80)
    calendar = forms.ModelChoiceField(
        Calendar.objects.none(), label="Support hours", required=False,
        empty_label="Around the clock (24x7)",
    )  # fmt: skip
    pauses_response = forms.BooleanField(
        label="The first reply may wait too while a ticket waits for the client", required=False
    )

    def __init__(self, *args: Any, revises: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["calendar"].queryset = Calendar.objects.all()
        if revises:
            del self.fields["name"]
        for priority in "1234":
            for promise in ("response", "resolution"):
                self.fields[f"{promise}{priority}"] = SpanField(
                    max_length=20, label=f"{promise.capitalize()} at priority {priority}"
                )

    @property
    def rows(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        return [(int(p), self[f"response{p}"], self[f"resolution{p}"]) for p in "1234"]

    def targets(self) -> dict[str, dict[str, int]]:
        return {
            priority: {
                promise: self.cleaned_data[f"{promise}{priority}"]
                for promise in ("response", "resolution")
            }
            for priority in "1234"
        }


def level_initial(targets: dict[str, dict[str, int]]) -> dict[str, str]:
    """Targets as they are typed."""
    return {
        f"{promise}{priority}": write_span(seconds)
        for priority, target in targets.items()
        for promise, seconds in target.items()
    }
