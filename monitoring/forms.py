"""What people type about keys, checks, windows and incidents."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms

from contracts.clients.models import Device, Site
from monitoring.rules.contents import Words
from monitoring.rules.definitions import Definition
from monitoring.rules.schedules import Schedule
from monitoring.rules.thresholds import Level, Limits


class ResolveForm(forms.Form):
    note = forms.CharField(
        label="Why it is over", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the incident. The next silence opens a new one.",
    )  # fmt: skip


class CanaryForm(forms.Form):
    """Where the device that falls silent on purpose is said to stand."""

    site = forms.ModelChoiceField(
        Site.objects.none(), empty_label="Choose a site", help_text="Best one of your own company."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["site"]
        sites = Site.objects.filter(client__archived_at__isnull=True).select_related("client")
        field.queryset = sites.order_by("client__name", "name")
        field.label_from_instance = lambda site: f"{site.client.name}, {site.name}"


LASTS = [("", "Until it is revoked"), ("1", "A day"), ("7", "A week"), ("30", "30 days"),
         ("90", "90 days"), ("365", "A year")]  # fmt: skip


class KeyForm(forms.Form):
    """A key for the devices of one site, or for one device of it."""

    site = forms.ModelChoiceField(Site.objects.none(), empty_label="Choose a site")
    name = forms.CharField(max_length=80, help_text="Where it is used, such as Agents.")
    lasts = forms.TypedChoiceField(
        label="Ends after", choices=LASTS, coerce=int, empty_value=None, required=False,
        help_text="A key for an installation that is soon over need not live longer.",
    )  # fmt: skip
    default_kind = forms.ChoiceField(
        label="Class of new devices", choices=Device.Kind.choices, initial="workstation",
        help_text="Where a device does not say what it is. It decides what is billed.",
    )  # fmt: skip
    cap = forms.IntegerField(
        label="Devices at most", min_value=0, max_value=100_000, initial=100,
        help_text="What reports above it waits for your decision.",
    )  # fmt: skip

    def __init__(self, *args: Any, device: Device | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.device = device
        if device is not None:
            for name in ("site", "default_kind", "cap"):
                del self.fields[name]
            return
        field = self.fields["site"]
        field.queryset = (
            Site.objects.filter(client__archived_at__isnull=True)
            .select_related("client")
            .order_by("client__name", "name")
        )
        field.label_from_instance = lambda site: f"{site.client.name}, {site.name}"


class RotateForm(forms.Form):
    """How long the secret that is in use now works on beside the new one."""

    hours = forms.TypedChoiceField(
        label="The old one works on for", coerce=int, initial="24",
        choices=[("0", "No time: it ends now"), ("1", "An hour"), ("24", "A day"),
                 ("168", "A week"), ("720", "30 days")],
    )  # fmt: skip


class CapForm(forms.Form):
    cap = forms.IntegerField(label="Devices at most", min_value=0, max_value=100_000)


# -- checks ----------------------------------------------------------------------------------------


class PeriodForm(forms.Form):
    """A signal that is heard of every so often."""

    period = forms.IntegerField(
        label="Expected every", min_value=10, max_value=86400 * 31, help_text="Seconds."
    )
    grace = forms.IntegerField(
        label="Wait on top", min_value=10, max_value=86400 * 31,
        help_text="Seconds after which it is down.",
    )  # fmt: skip
    max_run = forms.IntegerField(
        label="Longest run", required=False, min_value=5, max_value=86400 * 31,
        help_text="Seconds a run may take that says it began. Empty: as long as the wait on top.",
    )  # fmt: skip
    fail_threshold = forms.IntegerField(
        label="Failures in a row", required=False, min_value=1, max_value=100,
        help_text="That many until it is down. Empty: one.",
    )  # fmt: skip
    fail = forms.CharField(
        label="Words of a failure", required=False, max_length=400,
        help_text="Parted by commas. Found in a message, it is a failure.",
    )  # fmt: skip
    ok = forms.CharField(
        label="Words of success", required=False, max_length=400,
        help_text="Looked for after those. With words, a message with none of them counts nothing.",
    )  # fmt: skip
    definition_kind = "period"

    def definition(self, before: Definition | None = None) -> Definition:
        """What was typed; what the form did not ask for stays as it was."""
        values, kept = self.cleaned_data, before or Definition()
        asked = {name for name in self.fields if name in self.data}
        return replace(
            kept, kind=self.definition_kind, grace=values["grace"],
            period=values.get("period") or kept.period,
            max_run=values["max_run"] if "max_run" in asked else kept.max_run,
            fail_threshold=(
                values["fail_threshold"] or 1 if "fail_threshold" in asked else kept.fail_threshold
            ),
            words=self._words() if "fail" in asked else kept.words,
        )  # fmt: skip

    def _words(self) -> Words | None:
        fail, ok = (
            tuple(word.strip() for word in self.cleaned_data[name].split(",") if word.strip())
            for name in ("fail", "ok")
        )
        return Words(fail=fail, ok=ok) if fail or ok else None

    @staticmethod
    def initial_of(found: Definition) -> dict[str, Any]:
        """What the form shows of a check."""
        words = found.words or Words()
        return {
            "period": found.period, "grace": found.grace, "max_run": found.max_run,
            "fail_threshold": found.fail_threshold if found.fail_threshold > 1 else None,
            "fail": ", ".join(words.fail), "ok": ", ".join(words.ok),
            "schedule": found.schedule.expression if found.schedule else "",
            "zone": found.schedule.zone if found.schedule else "",
        }  # fmt: skip


class CronForm(PeriodForm):
    """A job that runs at the ticks of a cron line."""

    definition_kind = "cron"
    period = None
    schedule = forms.CharField(
        label="Cron line", max_length=120, help_text="Such as 30 2 * * 1-5: at 02:30 on workdays."
    )
    zone = forms.CharField(label="Time zone", max_length=64, help_text="Such as Europe/Berlin.")
    field_order = ("schedule", "zone", "grace")

    def definition(self, before: Definition | None = None) -> Definition:
        found = super().definition(before)
        values = self.cleaned_data
        written = Schedule(self.definition_kind, values["schedule"].strip(), values["zone"].strip())
        return replace(found, schedule=written)


class CalendarForm(CronForm):
    """A job that runs at the ticks of a systemd calendar."""

    definition_kind = "calendar"
    schedule = forms.CharField(
        label="OnCalendar", max_length=120, help_text="As in a systemd timer: Mon..Fri 02:30."
    )


class ThresholdForm(forms.Form):
    """A value, and from when on it is too much or too little."""

    series = forms.ChoiceField(label="Value")
    side = forms.ChoiceField(
        label="It is bad when it is", choices=(("above", "too high"), ("below", "too low"))
    )
    warning = forms.FloatField(label="Warn from", required=False)
    warning_clear = forms.FloatField(
        label="Clear the warning at", required=False, help_text="Empty: where it is raised."
    )
    critical = forms.FloatField(label="A problem from", required=False)
    critical_clear = forms.FloatField(
        label="Clear the problem at", required=False, help_text="Empty: where it is raised."
    )
    raise_for = forms.IntegerField(
        label="For at least", required=False, min_value=0, max_value=86_400,
        help_text="Seconds it must last before it counts.",
    )  # fmt: skip
    clear_for = forms.IntegerField(
        label="Well for at least", required=False, min_value=0, max_value=86_400,
        help_text="Seconds it must be well before it is over.",
    )  # fmt: skip
    definition_kind = "threshold"

    def __init__(self, *args: Any, series: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series"].choices = list(series)

    def definition(self, before: Definition | None = None, unit: str = "") -> Definition:
        """What was typed; an empty clear level is the one it is raised at."""
        values = self.cleaned_data
        levels = {}
        for name in ("warning", "critical"):
            raised, cleared = values[name], values[f"{name}_clear"]
            if raised is not None:
                levels[name] = Level(raised, raised if cleared is None else cleared)
        limits = Limits(
            levels.get("warning"), levels.get("critical"), values["side"] == "above",
            values["raise_for"] or 0, values["clear_for"] or 0,
        )  # fmt: skip
        kept = before or Definition()
        return replace(kept, kind="threshold", series=values["series"], unit=unit, limits=limits)

    @staticmethod
    def initial_of(found: Definition) -> dict[str, Any]:
        """What the form shows of a check."""
        limits = found.limits or Limits()
        shown: dict[str, Any] = {
            "series": found.series, "side": "above" if limits.above else "below",
            "raise_for": limits.raise_for or None, "clear_for": limits.clear_for or None,
        }  # fmt: skip
        for name, level in (("warning", limits.warning), ("critical", limits.critical)):
            if level:
                shown |= {name: level.raise_at, f"{name}_clear": level.clear_at}
        return shown


CHECK_FORMS = {
    "period": PeriodForm, "cron": CronForm, "calendar": CalendarForm, "threshold": ThresholdForm,
}  # fmt: skip


# -- windows and incidents -------------------------------------------------------------------------

_LOCAL = {"type": "datetime-local"}
DAYS = (
    ("1", "Monday"), ("2", "Tuesday"), ("3", "Wednesday"), ("4", "Thursday"), ("5", "Friday"),
    ("6", "Saturday"), ("0", "Sunday"),
)  # fmt: skip


class WindowForm(forms.Form):
    """A maintenance window: once, or on days of the week."""

    name = forms.CharField(label="What is done", max_length=80)
    scope = forms.ChoiceField(label="For")
    zone = forms.CharField(label="Time zone", max_length=64)
    starts = forms.DateTimeField(
        label="Begins", widget=forms.DateTimeInput(attrs=_LOCAL, format="%Y-%m-%dT%H:%M"),
        help_text="By the clock of that zone.",
    )  # fmt: skip
    ends = forms.DateTimeField(
        label="Ends", widget=forms.DateTimeInput(attrs=_LOCAL, format="%Y-%m-%dT%H:%M"),
        help_text="For one that comes again: the end of the first.",
    )  # fmt: skip
    days = forms.MultipleChoiceField(
        label="Comes again on", choices=DAYS, required=False,
        widget=forms.CheckboxSelectMultiple, help_text="None: it happens once.",
    )  # fmt: skip
    flexible = forms.IntegerField(
        label="Flexible: lasts only", min_value=1, max_value=7 * 24 * 60, required=False,
        help_text="Minutes from the first problem in that time. Empty: all of it.",
    )  # fmt: skip
    for_client = forms.BooleanField(
        label="Show it to the client's people in the portal", required=False, initial=True
    )

    def __init__(self, *args: Any, scopes: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = list(scopes)


class SnoozeForm(forms.Form):
    until = forms.DateTimeField(
        label="Until", widget=forms.DateTimeInput(attrs=_LOCAL, format="%Y-%m-%dT%H:%M"),
        help_text="By your own clock. Then it is open again.",
    )  # fmt: skip


class CauseForm(forms.Form):
    cause = forms.CharField(
        label="What it was", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="For the next one who meets it.",
    )  # fmt: skip


class BehindForm(forms.Form):
    """What a device is reached through."""

    parent = forms.ModelChoiceField(Device.objects.none(), label="Reached through")
    group = forms.CharField(
        label="Group", max_length=40, required=False,
        help_text="Parents of one group stand in for each other, as two lines do.",
    )  # fmt: skip
    whole_site = forms.BooleanField(label="So is everything at its site", required=False)

    def __init__(self, *args: Any, device: Device, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Device.objects.filter(client_id=device.client_id, retired_on__isnull=True)
        self.fields["parent"].queryset = rows.exclude(pk=device.pk).order_by("name")
        if device.site_id is None:
            del self.fields["whole_site"]
