"""What people type about the unit register: questions, corrections, marks, licences and meters."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import forms

from contracts.clients.forms.dates import DateInput
from contracts.clients.models import Client, Contact, Device, Holding
from contracts.clients.queries import Asked
from contracts.rules.marks import REASONS, Marks
from msp.kit.facts import InvalidFact
from msp.kit.periods import EARLIEST, LATEST, day_start, local_date


class Day(forms.DateField):
    """A date somebody may mean; one of another age is a slip of the keys."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=DateInput, **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not EARLIEST <= day < LATEST:
            raise forms.ValidationError(f"Between {EARLIEST.year} and {LATEST.year}.")
        return day


class RegisterForm(forms.Form):
    """The day that is asked for, two days of knowledge, and what to leave out."""

    day = Day(label="Countable on")
    known_on = Day(label="As known at the end of")
    compared_on = Day(label="Beside what is known at the end of", required=False)
    q = forms.CharField(max_length=80, required=False)
    unit_class = forms.CharField(max_length=20, required=False)
    site = forms.IntegerField(required=False, min_value=1)
    changed = forms.BooleanField(required=False, label="Differences only")

    @classmethod
    def of(cls, given: Mapping[str, Any], client: Client, now: datetime) -> "RegisterForm":
        """The question of an address; without one, today as it is known now."""
        first = local_date(now, client.zone)
        said = {"day": first, "known_on": first} | dict(given)
        said["compared_on"] = said.get("compared_on") or first
        return cls(said)

    def asked(self, client: Client, now: datetime) -> Asked | None:
        """The question as the register takes it; None where it cannot be read."""
        if not self.is_valid():
            return None
        said = self.cleaned_data
        compared_on = said["compared_on"] or local_date(now, client.zone)
        return Asked(
            day=said["day"],
            known_at=_end_of(said["known_on"], client, now),
            compared_at=_end_of(compared_on, client, now),
            q=said["q"],
            unit_class=said["unit_class"],
            site_id=said["site"],
            only_changed=said["changed"],
        )


class CorrectionForm(forms.Form):
    """What was really so of one stretch of days. People name the last day; empty: it goes on."""

    interval = forms.CharField(max_length=36, required=False, widget=forms.HiddenInput)
    was_there = forms.BooleanField(required=False, initial=True, label="It was there at all")
    starts_on = Day(label="First day")
    last_on = Day(label="Last day", required=False)
    unit_class = forms.ChoiceField(label="Class", choices=Device.Kind.choices, required=False)
    site = forms.ModelChoiceField(queryset=None, required=False, empty_label="No site")
    quantity = forms.IntegerField(label="Seats", min_value=1, max_value=1_000_000, required=False)
    reason = forms.CharField(
        max_length=200, label="How we know",
        help_text="Stands with the correction, on the register and on the next bill's review.",
    )  # fmt: skip

    def __init__(self, *args: Any, unit: Device | Contact | Holding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = unit.client.sites.all()
        if not isinstance(unit, Device):
            del self.fields["unit_class"]
        if not isinstance(unit, Holding) or unit.kind != Holding.Kind.LICENCE:
            del self.fields["quantity"]

    def said(self) -> dict[str, Any]:
        """The stretch as the action takes it; one that never was ends where it begins."""
        values = self.cleaned_data
        last_on: date | None = values["last_on"]
        ends_on = last_on + timedelta(days=1) if last_on else None
        return {
            "starts_on": values["starts_on"],
            "ends_on": ends_on if values["was_there"] else values["starts_on"],
            "unit_class": values.get("unit_class", ""),
            "site_id": values["site"].pk if values["site"] else None,
            "quantity": values.get("quantity") or 1,
        }


class MarksForm(forms.Form):
    """By which other rules a unit counts, from a day on."""

    on = Day(label="From")
    aside = forms.ChoiceField(
        label="Set aside", required=False,
        choices=[("", "No, it counts"), *((word, word.capitalize()) for word in REASONS)],
    )  # fmt: skip
    shared = forms.BooleanField(required=False, label="Several people share it")
    seat = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="A device of their own", label="Works at"
    )
    payer = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="Its own client", label="Paid by"
    )
    person = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="Nobody else", label="Is the same person as",
        help_text="A contact of the client that pays; then they count once.",
    )  # fmt: skip
    reason = forms.CharField(max_length=200, required=False, label="Why")

    def __init__(self, *args: Any, unit: Device | Contact | Holding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Client.objects.exclude(pk=unit.client_id).filter(archived_at__isnull=True)
        self.fields["payer"].queryset = others
        if isinstance(unit, Contact):
            self.fields["seat"].queryset = unit.client.devices.filter(retired_on__isnull=True)
            self.fields["person"].queryset = (
                Contact.objects.exclude(client_id=unit.client_id)
                .filter(archived_at__isnull=True, counts_from_on__isnull=False)
                .select_related("client")
            )
            self.fields["person"].label_from_instance = lambda one: f"{one.name}, {one.client}"
        else:
            del self.fields["seat"], self.fields["person"]
        if not isinstance(unit, Device):
            del self.fields["shared"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        person, payer = values.get("person"), values.get("payer")
        if person and payer and person.client_id != payer.pk:
            self.add_error("person", f"{person.name} is no contact of {payer}, who would pay.")
        elif person and not payer:
            values["payer"] = person.client
        if not self.errors:
            try:
                values["marks"] = self._marks(values)
            except InvalidFact as error:
                self.add_error(error.field, error.reason)
        return values

    def _marks(self, values: dict[str, Any]) -> Marks:
        return Marks(
            aside=values["aside"],
            shared=bool(values.get("shared")),
            seat_id=_pk(values.get("seat")),
            payer_id=_pk(values.get("payer")),
            person_id=_pk(values.get("person")),
        )


class LicenceForm(forms.Form):
    product = forms.CharField(max_length=120)
    seats = forms.IntegerField(min_value=1, max_value=1_000_000)
    counts_from_on = Day(label="Counts from")
    vendor = forms.CharField(max_length=80, required=False)
    reference = forms.CharField(
        max_length=80, required=False, help_text="The order or subscription it is bought by."
    )


class SeatsForm(forms.Form):
    seats = forms.IntegerField(min_value=1, max_value=1_000_000)
    on = Day(label="From")


class EndForm(forms.Form):
    on = Day(label="No longer counts from")


def _end_of(day: date, client: Client, now: datetime) -> datetime:
    """The end of a client's day; what is not over yet is known until now."""
    return min(now, day_start(day + timedelta(days=1), client.zone))


def _pk(row: Any) -> int | None:
    return row.pk if row else None
