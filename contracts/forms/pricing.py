"""What people type about a price: one set of fields for lines of agreements and for price lists."""

import json
from decimal import Decimal
from typing import Any

from django import forms

from contracts.clients.forms import DateInput
from contracts.clients.models import Device
from contracts.forms import usage, working
from contracts.rules.pricing.schemes import write_tiers
from contracts.rules.terms import TERMS, Terms, read_terms
from contracts.rules.written_tiers import read_tiers_text, write_tiers_text
from msp.kit.facts import InvalidFact

KINDS = [
    ("per_device", "Per device"),
    ("per_user", "Per user"),
    ("flat", "Flat amount"),
    *working.KINDS,
    ("percentage", "Share of the other lines"),
    ("discount", "Discount on the other lines"),
    ("commitment", "Least a month comes to"),
    ("per_licence", "Per licence seat"),
    (usage.USAGE, "Use that meters show"),
]
COUNTINGS = [
    ("daily", "by the day"),
    ("adds_only", "by the day, leavers to the end"),
    ("snapshot_start", "as of the first day"),
    ("snapshot_end", "as of the last day"),
    ("peak", "at its most"),
    ("touched", "everyone who was there"),
]
MODELS = [
    ("unit", "one rate"),
    ("graduated", "graduated: each by its tier"),
    ("volume", "volume: all by the tier reached"),
    ("step", "one amount for the tier reached"),
]
EVERY = [("month", "every month"), ("quarter", "every quarter"), ("year", "every year")]
TIMINGS = [("arrears", "when it is over"), ("advance", "in advance")]
SHARINGS = [
    ("each", "each counts"),
    ("device", "those who share one count as one"),
    ("none", "what is shared does not count"),
]
COUNTED = ("per_device", "per_user", "per_licence")
WORKED = tuple(kind for kind, _words in working.KINDS)
WITHOUT_RHYTHM = ("time", "block")
NO_PRICE = ("percentage", "discount")
_NOTHING = {"model": "unit", "block": 1, "every": "month", "timing": "arrears"}


class PriceFields(working.WorkFields, usage.UsageFields):
    """The fields of every kind of terms. Which of them matter depends on the kind."""

    kind = forms.ChoiceField(choices=KINDS, label="Counts")
    price = forms.DecimalField(max_digits=15, decimal_places=6, min_value=0, label="Rate")
    device_classes = forms.MultipleChoiceField(
        choices=Device.Kind.choices, required=False, label="Classes",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    model = forms.ChoiceField(choices=MODELS, required=False, label="Priced")
    tiers = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=1000,
        help_text="One a line: “10: 20.00”, “50: 15.00”, “more: 12.00”.",
    )  # fmt: skip
    block = forms.IntegerField(min_value=1, required=False, label="Sold in packs of")
    never_more = forms.BooleanField(required=False, label="Never pay more for having less")
    counting = forms.ChoiceField(choices=COUNTINGS, required=False, label="Counted")
    included = forms.IntegerField(min_value=0, required=False, label="First ones included")
    minimum = forms.IntegerField(min_value=0, required=False, label="At least charged")
    commit = forms.DecimalField(
        max_digits=15, decimal_places=2, min_value=0, required=False, label="At least in money"
    )
    grace_days = forms.IntegerField(min_value=0, required=False, label="Days before one counts")
    trial_days = forms.IntegerField(min_value=0, required=False, label="Free days of each")
    products = forms.CharField(
        max_length=2000, required=False, label="Products that count; none means all",
        help_text="Names of licences, with commas between.",
    )  # fmt: skip
    sharing = forms.ChoiceField(choices=SHARINGS, required=False, label="Shared devices")
    silent_days = forms.IntegerField(
        min_value=0, max_value=366, required=False, label="Tell when silent for days"
    )
    counts_aside = forms.BooleanField(required=False, label="Spares and service accounts count too")
    percent = forms.DecimalField(max_digits=9, decimal_places=4, min_value=0, required=False)
    least = forms.DecimalField(
        max_digits=15, decimal_places=2, min_value=0, required=False, label="At least"
    )
    most = forms.DecimalField(
        max_digits=15, decimal_places=2, min_value=0, required=False, label="At most"
    )
    prorate = forms.BooleanField(required=False, label="Part of a period costs its part")
    every = forms.ChoiceField(choices=EVERY, required=False, label="Billed")
    timing = forms.ChoiceField(choices=TIMINGS, required=False, label="When")
    anchor_on = forms.DateField(widget=DateInput, required=False, label="Counted from")
    parts = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_bound:
            chosen = {name: self.data.get(self.add_prefix(name)) for name in ("kind", "model")}
            self.fields["price"].required = _needs_price(chosen)

    def clean(self) -> dict[str, Any]:
        """Every mistake of the terms at the field it was made in."""
        values = super().clean() or {}
        if self.errors or "kind" not in values:
            return values
        try:
            values["facts"] = self._facts(values)
            self.read(values["kind"], values["facts"])
        except InvalidFact as error:
            self.add_error(self.field_of(error.field), error.reason[:1].upper() + error.reason[1:])
        return values

    def read(self, kind: str, facts: dict[str, Any]) -> Any:
        """The terms as they will be read."""
        return read_terms(kind, facts)

    def facts(self) -> dict[str, Any]:
        """The facts of the kind that was chosen, as they are stored."""
        facts: dict[str, Any] = self.cleaned_data["facts"]
        return facts

    def terms(self) -> Terms:
        """The typed terms."""
        return read_terms(self.cleaned_data["kind"], self.facts())

    def field_of(self, name: str) -> str:
        """The field of the form a fact was typed into."""
        first = name.partition("[")[0].partition(".")[0]
        first = {"unit_price": "price", "amount": "price", "rate": "price"}.get(first, first)
        kind = self.data.get(self.add_prefix("kind"))
        if kind == "time":
            first = working.typed_as(first)
        if kind == usage.USAGE:
            first = usage.typed_as(first)
        return first if first in self.fields else "kind"

    def more_facts(self, values: dict[str, Any]) -> dict[str, Any]:
        """Facts that only some forms ask for."""
        return {}

    def _facts(self, values: dict[str, Any]) -> dict[str, Any]:
        kind = values["kind"]
        price = values.get("price")
        if kind in COUNTED:
            return self._counted(values) | self._rhythm(values) | self._parts(values)
        if kind == usage.USAGE:
            return self.usage_facts(values) | self._scheme(values) | self._rhythm(values)
        if kind == "percentage":
            return _given(values, "percent", "least", "most")
        if kind == "discount":
            return _given(values, "percent") | ({"amount": f"{price:f}"} if price else {})
        if kind == "commitment":
            return {"amount": f"{price:f}"}
        if kind in WORKED:
            rhythm = {} if kind in WITHOUT_RHYTHM else self._rhythm(values)
            return self.work_facts(values) | rhythm
        facts: dict[str, Any] = {"amount": f"{price:f}", "prorate": values["prorate"]}
        return facts | self._rhythm(values) | self._parts(values)

    def _counted(self, values: dict[str, Any]) -> dict[str, Any]:
        facts: dict[str, Any] = {
            "counting": values["counting"] or "daily",
            "included": values["included"] or 0,
            "minimum": values["minimum"] or 0,
        }
        for name in ("grace_days", "trial_days"):
            if values.get(name):
                facts[name] = values[name]
        facts |= _rules(values)
        if values["kind"] == "per_device":
            facts["device_classes"] = values["device_classes"]
        return facts | self._scheme(values)

    def _scheme(self, values: dict[str, Any]) -> dict[str, Any]:
        """The price by one rate or by tiers, and what else belongs to every price of units."""
        model = values.get("model") or "unit"
        facts: dict[str, Any] = {}
        if (values.get("block") or 1) > 1:
            facts["block"] = values["block"]
        if values.get("commit"):
            facts["commit"] = f"{values['commit']:f}"
        if model == "unit":
            return facts | {"unit_price": f"{values['price']:f}"} | self.more_facts(values)
        tiers = read_tiers_text(values["tiers"], step=model == "step")
        facts |= {"model": model, "tiers": write_tiers(tiers)}
        if values["never_more"]:
            facts["never_more"] = True
        if tiers:
            facts["unit_price"] = f"{tiers[0].unit_price or tiers[0].flat:f}"
        return facts | self.more_facts(values)

    def _rhythm(self, values: dict[str, Any]) -> dict[str, Any]:
        facts = {
            name: values[name]
            for name in ("every", "timing")
            if values.get(name) and values[name] != _NOTHING[name]
        }
        if values.get("anchor_on"):
            facts["anchor_on"] = values["anchor_on"].isoformat()
        return facts

    def _parts(self, values: dict[str, Any]) -> dict[str, Any]:
        if not values.get("parts"):
            return {}
        try:
            return {"parts": json.loads(values["parts"])}
        except ValueError:
            raise InvalidFact("parts", "cannot be read") from None


def _rules(values: dict[str, Any]) -> dict[str, Any]:
    """By which rules units count, as far as they are not the usual ones."""
    facts: dict[str, Any] = {}
    if values.get("sharing") and values["sharing"] != "each":
        facts["sharing"] = values["sharing"]
    if values.get("counts_aside"):
        facts["counts_aside"] = True
    if values["kind"] == "per_device" and values.get("silent_days"):
        facts["silent_days"] = values["silent_days"]
    if values["kind"] == "per_licence":
        names = [name.strip() for name in values.get("products", "").split(",")]
        facts["products"] = [name for name in names if name]
    return facts


def price_initial(kind: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Stored terms as they are typed."""
    shown = {
        name: facts.get(name, default)
        for name, default in (_NOTHING | {"counting": "daily", "prorate": True}).items()
    }
    for name in (
        "included", "minimum", "commit", "grace_days", "trial_days",
        "percent", "least", "most", "anchor_on", "never_more",
        "sharing", "silent_days", "counts_aside",
    ):  # fmt: skip
        if facts.get(name):
            shown[name] = facts[name]
    shown |= working.work_initial(facts)
    if kind == usage.USAGE:
        shown |= {"included": None} | usage.usage_initial(facts)
    price = facts.get("amount") or facts.get("unit_price") or facts.get("rate")
    terms = read_terms(kind, facts) if kind in TERMS else None
    tiers = getattr(terms, "tiers", ())
    return shown | {
        "kind": kind if kind in TERMS else "flat",
        "price": shown_price(Decimal(price)) if price is not None else None,
        "device_classes": facts.get("device_classes", []),
        "products": ", ".join(facts.get("products", [])),
        "tiers": write_tiers_text(tiers, step=facts.get("model") == "step"),
        "parts": json.dumps(facts["parts"]) if facts.get("parts") else "",
    }


def shown_price(price: Decimal) -> str:
    """At least the cents, and every digit beyond that is there."""
    places = max(2, -int(price.normalize().as_tuple().exponent))
    return f"{price:.{places}f}"


def _needs_price(chosen: dict[str, Any]) -> bool:
    """A share has a percentage instead, and tiers have prices of their own."""
    kind, model = chosen["kind"], chosen["model"] or "unit"
    priced = (*COUNTED, usage.USAGE)
    return kind not in NO_PRICE and (kind not in priced or model == "unit")


def _given(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: f"{values[name]:f}" for name in names if values.get(name) is not None}
