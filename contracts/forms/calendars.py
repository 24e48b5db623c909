"""What people type about support hours, and where holidays may come from."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel import Locale
from django import forms

from contracts.clients.forms import ZONES
from contracts.models import Calendar
from contracts.queries import newest_levels
from contracts.rules import ical, public_holidays, written_hours
from msp.kit.facts import InvalidFact
from msp.kit.periods import first_instant, zone_named

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
YEARS_AHEAD = 5


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


@lru_cache(maxsize=1)
def _countries() -> list[tuple[str, str]]:
    names = Locale("en").territories
    known = [(code, names.get(code, code)) for code in public_holidays.countries()]
    return sorted(known, key=lambda one: one[1])


class CountryForm(forms.Form):
    """Public holidays to add to a calendar, for some years ahead."""

    country = forms.ChoiceField(label="Country", required=False)
    part = forms.CharField(
        label="State or part", max_length=10, required=False, help_text="A code, such as CA or BY."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", "Choose a country"), *_countries()]

    def found(self, year: int) -> list[written_hours.Stored]:
        """The holidays as a calendar stores them; what is wrong stands on its field."""
        values = self.cleaned_data
        part = values["part"].strip().upper()
        named = public_holidays.holidays_of(
            values["country"], part, first_year=year, years=YEARS_AHEAD
        )
        return [_dated(name, days) for name, days in named]


class FileForm(forms.Form):
    """Closed days out of an iCalendar file."""

    file = forms.FileField(
        label="Calendar file (.ics)", required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"}),
    )  # fmt: skip

    def found(self, year: int) -> list[written_hours.Stored]:
        """The file's whole days of the coming years as a calendar stores them."""
        upload = self.cleaned_data["file"]
        if upload is None:
            raise InvalidFact("file", "Choose a file first")
        if upload.size > ical.LARGEST:
            raise InvalidFact("file", "The file is larger than 2 MB")
        first, last = date(year, 1, 1), date(year + YEARS_AHEAD - 1, 12, 31)
        return [_dated(one.name, one.days) for one in ical.read_ical(upload.read(), first=first,
                                                                     last=last)]  # fmt: skip


def _dated(name: str, days: tuple[date, ...]) -> written_hours.Stored:
    return {"name": name, "dates": [day.isoformat() for day in days]}


class LookForm(forms.Form):
    """What the preview is asked: a ticket opened when, and held to which level."""

    at = forms.DateTimeField(
        required=False, label="Opened at",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text="By the calendar's own clock. Empty: now.",
    )  # fmt: skip
    level = forms.TypedChoiceField(coerce=int, empty_value=None, required=False, label="Held to")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.levels = {one.level_id: one for one in newest_levels()}
        named = [(pk, one.level.name) for pk, one in self.levels.items()]
        self.fields["level"].choices = [("", "Usual targets"), *named]

    def instant(self, zone: str) -> datetime | None:
        """The moment on the calendar's wall clock; of an hour shown twice the first."""
        wall = self.cleaned_data.get("at") if self.is_valid() else None
        return first_instant(wall.replace(tzinfo=None), zone_named(zone)) if wall else None

    @property
    def targets(self) -> Any:
        chosen = self.cleaned_data.get("level") if self.is_valid() else None
        return self.levels[chosen].targets if chosen in self.levels else None
