"""What people type about keys, windows and incidents; about checks in `checks`."""

from collections.abc import Sequence
from typing import Any

from django import forms

from contracts.clients.models import Device, Site


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
