"""What people type into a quote, and what a client answers."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from contracts.actions import OptionInput, QuotedInput
from contracts.clients.forms import DateInput
from contracts.clients.models import Contact
from contracts.forms.pricing import KINDS, PriceFields, price_initial, shown_price
from contracts.models import Offer, QuoteVersion, Service, ServiceLevelVersion
from contracts.rules import quoting
from contracts.rules.quoting.content import read_priced, write_priced

_ONCE = ("once", "Delivered once")
_AMENDED = [
    (QuoteVersion.Becomes.PUBLISHED, "The next version, in effect from the day that was agreed"),
    (QuoteVersion.Becomes.DRAFT, "A draft of the next version, to look at"),
]


class NewQuoteForm(forms.Form):
    name = forms.CharField(max_length=120, initial="Managed services")
    contact = forms.TypedChoiceField(label="For", required=False, coerce=int, empty_value=None)
    tiers = forms.BooleanField(
        required=False, label="Begin with our tiers as options, priced for what the client has",
    )  # fmt: skip

    def __init__(self, *args: Any, contacts: Sequence[Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contacts = {one.pk: one for one in contacts}
        self.fields["contact"].choices = _contacts(contacts)

    def clean_contact(self) -> Contact | None:
        return self.contacts.get(self.cleaned_data["contact"])


class QuoteForm(forms.Form):
    """The head of a version."""

    name = forms.CharField(max_length=120)
    contact = forms.TypedChoiceField(label="For", required=False, coerce=int, empty_value=None)
    valid_until_on = forms.DateField(label="Valid to", widget=DateInput, required=False)
    starts_on = forms.DateField(
        label="Starts", widget=DateInput, required=False,
        help_text="The earliest start; the client may wish a later one.",
    )  # fmt: skip
    level = forms.TypedChoiceField(
        label="Service level", required=False, coerce=int, empty_value=None
    )
    term_months = forms.IntegerField(
        label="Runs for", min_value=1, max_value=120, required=False,
        help_text="Months; empty: it runs on.",
    )  # fmt: skip
    renews_months = forms.IntegerField(
        label="Then goes on for", min_value=1, max_value=120, required=False,
        help_text="Months at a time; empty: it ends there.",
    )  # fmt: skip
    notice_days = forms.IntegerField(
        label="Notice", min_value=0, max_value=730, required=False, initial=30
    )
    becomes = forms.ChoiceField(
        label="Once accepted, it becomes", choices=QuoteVersion.Becomes.choices,
        help_text="What is delivered once is billed by itself, or is a project's milestones.",
    )  # fmt: skip
    intro = forms.CharField(
        label="To begin with", widget=forms.Textarea(attrs={"rows": 5}), required=False,
        max_length=20_000, help_text="Markdown: lists, bold, links.",
    )  # fmt: skip
    terms = forms.CharField(
        label="Terms", widget=forms.Textarea(attrs={"rows": 4}), required=False,
        max_length=20_000, help_text="What holds besides; Markdown too.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, contacts: Sequence[Contact], levels: Sequence[ServiceLevelVersion],
        amends: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        if amends:
            self.fields["becomes"].choices = _AMENDED
            for name in ("term_months", "renews_months", "notice_days"):  # the agreement's stay
                del self.fields[name]
        self.contacts = {one.pk: one for one in contacts}
        self.levels = {one.pk: one for one in levels}
        self.fields["contact"].choices = _contacts(contacts)
        self.fields["level"].choices = [
            ("", "No promise"),
            *((pk, f"{one.level.name}, version {one.number}") for pk, one in self.levels.items()),
        ]

    def said(self) -> dict[str, Any]:
        """The head as the action takes it."""
        values = dict(self.cleaned_data)
        level, contact = values.pop("level"), values.pop("contact")
        if values.get("notice_days", 30) is None:
            values["notice_days"] = 30
        return values | {
            "level_version": self.levels.get(level),
            "contact": self.contacts.get(contact),
        }


class OptionForm(forms.Form):
    """One way to buy."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=8)
    name = forms.CharField(max_length=80, label="Option")
    offer = forms.TypedChoiceField(
        label="Shows what is in", required=False, coerce=int, empty_value=None
    )
    text = forms.CharField(
        label="In a sentence", widget=forms.Textarea(attrs={"rows": 2}), required=False,
        max_length=2000,
    )  # fmt: skip
    recommended = forms.BooleanField(required=False, label="We recommend this one")

    def __init__(self, *args: Any, tiers: dict[int, Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tiers = tiers
        self.fields["offer"].choices = [
            ("", "No tier of the catalogue"), *((pk, one.name) for pk, one in tiers.items())
        ]  # fmt: skip

    def option(self) -> OptionInput:
        said = self.cleaned_data
        return OptionInput(
            said["name"], said["text"], said["recommended"], self.tiers.get(said["offer"]),
            said["key"],
        )  # fmt: skip


class QuotedLineForm(PriceFields):
    """One line: words, a list price and what is taken off it, how many, in which options."""

    kind = forms.ChoiceField(choices=[_ONCE, *KINDS], label="Counts")
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    description = forms.CharField(max_length=120, label="Line")
    service = forms.TypedChoiceField(label="Service", required=False, coerce=int, empty_value=None)
    quantity = forms.DecimalField(
        max_digits=12, decimal_places=4, min_value=0, label="How many", required=False, initial=1
    )
    discount = forms.DecimalField(
        max_digits=7, decimal_places=4, min_value=0, max_value=100, required=False,
        label="Taken off",
    )  # fmt: skip
    options = forms.MultipleChoiceField(
        required=False,
        label="In these options; none means all",
        widget=forms.CheckboxSelectMultiple,
    )
    lasts_months = forms.IntegerField(
        min_value=1, max_value=120, required=False, label="Used within, in months",
        help_text="From the start; empty: they never end.",
    )  # fmt: skip
    phase = forms.CharField(
        max_length=80, required=False, label="Phase",
        help_text="Of the project it is a milestone of.",
    )  # fmt: skip
    optional = forms.BooleanField(required=False, label="The client may leave it out")
    ticked = forms.BooleanField(required=False, label="Ticked to begin with")

    def __init__(
        self, *args: Any, services: dict[int, Service], options: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.services = services
        for name in ("bought_on", "expires_on", "refunded_on"):  # nobody knows the day yet
            del self.fields[name]
        self.fields["service"].choices = [
            ("", "No service"), *((pk, one.name) for pk, one in services.items())
        ]  # fmt: skip
        self.fields["options"].choices = options

    def read(self, kind: str, facts: dict[str, Any]) -> Any:
        return read_priced(kind, facts)

    def _facts(self, values: dict[str, Any]) -> dict[str, Any]:
        if values["kind"] == quoting.Once.kind:
            return {"unit_price": f"{values['price']:f}"}
        if values["kind"] == quoting.BlockAhead.kind:
            months = values["lasts_months"]
            return self.work_facts(values) | ({"lasts_months": months} if months else {})
        return super()._facts(values)

    def line(self) -> QuotedInput:
        said = self.cleaned_data
        quantity = said["quantity"]
        return QuotedInput(
            description=said["description"], kind=said["kind"], facts=self.facts(),
            quantity=Decimal(1) if quantity is None else quantity,
            options=tuple(said["options"]), optional=said["optional"], ticked=said["ticked"],
            discount=said["discount"] or Decimal(0), service=self.services.get(said["service"]),
            key=said["key"], phase=said["phase"],
        )  # fmt: skip


class KeptBase(BaseFormSet):
    """Rows in the order they stand; one that is ticked away is gone."""

    def kept(self) -> list[Any]:
        """The forms of the rows that stay and can be read."""
        return [
            form
            for form in self.forms
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]


Options = formset_factory(
    OptionForm, formset=KeptBase, extra=0, can_delete=True, max_num=quoting.MOST_OPTIONS
)
QuotedLines = formset_factory(
    QuotedLineForm, formset=KeptBase, extra=0, can_delete=True, max_num=quoting.MOST_LINES
)


class AcceptForm(forms.Form):
    typed_name = forms.CharField(
        max_length=120, label="Your full name",
        error_messages={"required": "Type your name to accept it."},
    )  # fmt: skip
    starts_on = forms.DateField(label="Start", widget=DateInput, required=False)


class DeclineForm(forms.Form):
    reason = forms.CharField(
        label="Why not?", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000,
        error_messages={"required": "Say in a few words why, so that we can do better."},
    )  # fmt: skip


def quote_initial(version: QuoteVersion) -> dict[str, Any]:
    """A version's head as it is typed."""
    fields = ("valid_until_on", "starts_on", "term_months", "renews_months", "notice_days",
              "becomes", "intro", "terms")  # fmt: skip
    return {name: getattr(version, name) for name in fields} | {
        "name": version.quote.name,
        "contact": version.quote.contact_id,
        "level": version.level_version_id,
    }


def option_initial(option: quoting.Option) -> dict[str, Any]:
    """A stored option as it is typed."""
    return {
        "key": option.key, "name": option.name, "text": option.text, "offer": option.offer_id,
        "recommended": option.recommended,
    }  # fmt: skip


def line_initial(line: quoting.QuotedLine) -> dict[str, Any]:
    """A stored line as it is typed: with the price of the list."""
    listed = line.listed
    facts = write_priced(listed)
    if isinstance(listed, quoting.Once):
        shown = {"kind": "once", "price": shown_price(listed.unit_price)}
    elif isinstance(listed, quoting.BlockAhead):
        shown = {
            "kind": listed.kind, "price": shown_price(listed.amount), "hours": listed.hours,
            "lasts_months": listed.lasts_months, "work_types": list(listed.work_types),
            "opens": listed.opens, "used_up": listed.used_up,
        }  # fmt: skip
    else:
        shown = price_initial(listed.kind, facts)
    return shown | {
        "key": line.key,
        "description": line.description,
        "service": line.service_id,
        "quantity": f"{line.quantity.normalize():f}",
        "discount": f"{line.discount.normalize():f}" if line.discount else None,
        "options": list(line.options),
        "optional": line.optional,
        "ticked": line.ticked,
        "phase": line.phase,
    }


def _contacts(contacts: Sequence[Contact]) -> list[tuple[Any, str]]:
    return [("", "Nobody in particular"), *((one.pk, one.name) for one in contacts)]
