"""What people type about incidents, checks and keys."""

from typing import Any

from django import forms

from contracts.clients.models import Device, Site


class ResolveForm(forms.Form):
    note = forms.CharField(
        label="Why it is over", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the incident. The next silence opens a new one.",
    )  # fmt: skip


class CheckForm(forms.Form):
    """How often a check must be heard of, and how long we wait on top."""

    period = forms.IntegerField(
        label="Expected every", min_value=10, max_value=86400 * 31, help_text="Seconds."
    )
    grace = forms.IntegerField(
        label="Wait on top", min_value=10, max_value=86400 * 31,
        help_text="Seconds after which it is down.",
    )  # fmt: skip


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
