"""What people type about checks: of one device, or of a class that gets them by itself."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms

from contracts.clients.models import Device
from contracts.models import Offer
from monitoring.models import CheckTemplate
from monitoring.queries.definitions import of_template
from monitoring.rules.contents import Words
from monitoring.rules.definitions import Definition
from monitoring.rules.schedules import Schedule
from monitoring.rules.thresholds import Level, Limits


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


# -- templates -------------------------------------------------------------------------------------


class TemplateForm(forms.Form):
    """A check that a class of devices gets by itself, all of them or those of a tier or bundle."""

    name = forms.CharField(label="Name", max_length=80)
    device_class = forms.ChoiceField(label="Class of devices", choices=Device.Kind.choices)
    offer = forms.ModelChoiceField(
        Offer.objects.none(), label="Looked after by", required=False,
        empty_label="Any agreement, or none",
        help_text="Only devices on a line of this tier or bundle; it goes before one for all.",
    )  # fmt: skip
    max_run = fail = ok = None
    held: CheckTemplate | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Offer.objects.filter(retired_at__isnull=True)
        self.fields["offer"].queryset = rows.order_by("kind", "rank", "name")

    def hold(self, template: CheckTemplate) -> None:
        """What a template is for and what it is known by stay when it is changed."""
        self.held = template
        for name in ("device_class", "offer"):
            del self.fields[name]

    def typed(self) -> dict[str, Any]:
        """The template as the actions take it."""
        said, held = self.cleaned_data, self.held
        where = (
            {"device_class": held.device_class, "offer": held.offer, "slug": held.slug}
            if held
            else {"device_class": said["device_class"], "offer": said["offer"]}
        )
        definition: Definition = self.definition(of_template(held) if held else None)  # type: ignore[attr-defined]
        return {"name": said["name"], "definition": definition, **where}


class PeriodTemplate(TemplateForm, PeriodForm):
    field_order = ("name", "device_class", "offer", "period", "grace")


class CronTemplate(TemplateForm, CronForm):
    field_order = ("name", "device_class", "offer", "schedule", "zone", "grace")


class CalendarTemplate(TemplateForm, CalendarForm):
    field_order = ("name", "device_class", "offer", "schedule", "zone", "grace")


class ThresholdTemplate(TemplateForm, ThresholdForm):
    """What it watches is typed: no device has to have reported it yet."""

    series = forms.CharField(
        label="Value", max_length=80,
        help_text="Its name, such as cpu; disk* watches every value that begins so.",
    )  # fmt: skip
    field_order = ("name", "device_class", "offer", "series", "side")


TEMPLATE_FORMS: dict[str, Any] = {
    "period": PeriodTemplate, "cron": CronTemplate, "calendar": CalendarTemplate,
    "threshold": ThresholdTemplate,
}  # fmt: skip
