"""What people type into a draft of an agreement."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from contracts.actions import LineInput
from contracts.clients.forms import DateInput
from contracts.clients.forms.units import Day
from contracts.forms.credits import CreditFields, credit_initial
from contracts.forms.pricing import PriceFields, price_initial
from contracts.models import AgreementLine, AgreementVersion, Offer
from contracts.queries import Catalogue, Planned
from contracts.rules.credits import read_credits
from msp.kit.facts import InvalidFact


class NewAgreementForm(forms.Form):
    name = forms.CharField(max_length=120, initial="Managed services")
    starts_on = forms.DateField(label="Starts", widget=DateInput)
    last_on = Day(label="Last day", required=False)
    currency = forms.CharField(max_length=3, min_length=3)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class TermsForm(CreditFields):
    """The head of a draft. People name a last day; the house keeps the day after."""

    name = forms.CharField(max_length=120)
    effective_on = forms.DateField(label="In effect from", widget=DateInput)
    last_on = Day(label="Last day", required=False)
    level = forms.TypedChoiceField(
        label="Service level", required=False, coerce=int, empty_value=None
    )
    renews_months = forms.IntegerField(
        label="Then goes on for", min_value=1, max_value=120, required=False,
        help_text="Months at a time, after its last day; empty: it ends there.",
    )  # fmt: skip
    notice_days = forms.IntegerField(
        label="Notice", min_value=0, max_value=730, required=False, initial=30,
        help_text="Days before its last day.",
    )  # fmt: skip
    uplift_percent = forms.DecimalField(
        label="A renewal raises prices by", min_value=0, max_value=100, max_digits=6,
        decimal_places=3, required=False,
    )  # fmt: skip
    note = forms.CharField(
        label="Why this version", max_length=300, required=False,
        help_text="Shown with the version, to us and to the client.",
    )  # fmt: skip

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [("", "No promise"), *catalogue.level_choices]

    def terms(self) -> dict[str, Any]:
        """How it renews, as the action takes it."""
        said = self.cleaned_data
        return {
            "renews_months": said["renews_months"],
            "notice_days": 30 if said["notice_days"] is None else said["notice_days"],
            "uplift_percent": said["uplift_percent"] or None,
        }

    @property
    def ends_on(self) -> date | None:
        last_on = self.cleaned_data.get("last_on")
        return last_on + timedelta(days=1) if last_on else None


class LineForm(PriceFields):
    """One line of a draft: words, a price, where it holds, and whom it leaves out."""

    line_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    offer = forms.ModelChoiceField(Offer.objects.all(), widget=forms.HiddenInput, required=False)
    description = forms.CharField(max_length=120, label="Line")
    service = forms.TypedChoiceField(label="Service", required=False, coerce=int, empty_value=None)
    level = forms.TypedChoiceField(
        label="Service level of this line", required=False, coerce=int, empty_value=None
    )
    site_ids = forms.TypedMultipleChoiceField(
        label="Sites that count; none means all", required=False, coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    excluded = forms.CharField(
        label="Left out", required=False, max_length=2000,
        help_text="Names of devices or people that never count, with commas between.",
    )  # fmt: skip

    def __init__(self, *args: Any, catalogue: Catalogue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.catalogue = catalogue
        self.fields["service"].choices = [("", "No service"), *catalogue.service_choices]
        self.fields["level"].choices = [("", "As the agreement"), *catalogue.level_choices]
        self.fields["site_ids"].choices = list(catalogue.sites.items())

    def more_facts(self, values: dict[str, Any]) -> dict[str, Any]:
        facts: dict[str, Any] = {}
        if values.get("site_ids"):
            facts["site_ids"] = sorted(values["site_ids"])
        names = [name.strip() for name in values.get("excluded", "").split(",") if name.strip()]
        if names:
            known = self.catalogue.units[values["kind"]]
            unknown = [name for name in names if name.casefold() not in known]
            if unknown:
                raise InvalidFact("excluded", f"{unknown[0]!r:.60} is nobody and nothing here")
            facts["excluded"] = sorted({known[name.casefold()] for name in names})
        return facts

    def line(self) -> LineInput:
        values = self.cleaned_data
        return LineInput(
            description=values["description"], kind=values["kind"], facts=self.facts(),
            service=self.catalogue.services.get(values["service"]),
            level_version=self.catalogue.levels.get(values["level"]),
            line_key=values["line_key"], offer=values["offer"],
        )  # fmt: skip

    def planned(self) -> Planned:
        """The line as the outlook reads it."""
        values = self.cleaned_data
        return Planned(values["description"], self.terms(), values["service"], values["line_key"])


class LinesBase(BaseFormSet):
    """The lines in the order they stand; one that is ticked away is gone."""

    def kept(self) -> list[LineForm]:
        """The forms of the lines that stay and can be read."""
        return [
            form
            for form in self.forms
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]


Lines = formset_factory(
    LineForm, formset=LinesBase, extra=0, can_delete=True, max_num=60, absolute_max=60
)


def line_initial(line: AgreementLine, catalogue: Catalogue) -> dict[str, Any]:
    """A stored line as it is typed."""
    names = {pk: name for name, pk in catalogue.units.get(line.kind, {}).items()}
    excluded = [names[pk] for pk in line.facts.get("excluded", ()) if pk in names]
    return price_initial(line.kind, line.facts) | {
        "line_key": line.line_key,
        "description": line.description,
        "service": line.service_id,
        "offer": line.offer_id,
        "level": line.level_version_id,
        "site_ids": line.facts.get("site_ids", []),
        "excluded": ", ".join(excluded),
    }


def terms_initial(version: AgreementVersion) -> dict[str, Any]:
    """A draft's head as it is typed."""
    agreement = version.agreement
    return {
        "name": agreement.name,
        "effective_on": version.effective_on,
        "last_on": agreement.ends_on - timedelta(days=1) if agreement.ends_on else None,
        "level": version.level_version_id,
        "renews_months": version.renews_months,
        "notice_days": version.notice_days,
        "uplift_percent": version.uplift_percent,
        "note": version.note,
        **credit_initial(read_credits(version.credits)),
    }


class AmendForm(forms.Form):
    effective_on = forms.DateField(label="New terms from", widget=DateInput)


class GiveBackForm(forms.Form):
    line_key = forms.UUIDField(widget=forms.HiddenInput)
    on = Day(label="Given back from")


class EndForm(forms.Form):
    last_on = Day(label="Last day")


class RenewForm(forms.Form):
    months = forms.IntegerField(min_value=1, max_value=120, label="Go on for", initial=12)
    percent = forms.DecimalField(
        min_value=0, max_value=100, max_digits=6, decimal_places=3, required=False,
        label="Raise prices by",
    )  # fmt: skip
