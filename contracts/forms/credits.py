"""What a missed promise gives back, as people type it: `5 %`, or an amount like `120.00`."""

import re
from decimal import Decimal
from typing import Any

from django import forms

from contracts.rules import credit_words
from contracts.rules.credits import CreditTerms, Worth, read_credits
from msp.kit.facts import InvalidFact

_WORTH = re.compile(r"(?P<number>\d{1,10}(?:\.\d{1,6})?)\s*(?P<share>%)?", re.ASCII)
_FIELDS = {
    "response": "credit_response",
    "resolution": "credit_resolution",
    "bands": "credit_bands",
    "cap_percent": "credit_cap",
    "lowest_priority": "credit_priority",
}


class CreditFields(forms.Form):
    """The service credits of a draft; all empty gives nothing back."""

    credit_response = forms.CharField(
        label="A late first reply gives back", required=False, max_length=20,
        help_text="A share of the month's fee like 5 %, or an amount like 120.00.",
    )  # fmt: skip
    credit_resolution = forms.CharField(
        label="A late fix gives back", required=False, max_length=20
    )
    credit_bands = forms.CharField(
        label="Availability of a month", required=False, max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Below which percentage, and the share of the fee, one a line: 99.9: 5",
    )  # fmt: skip
    credit_cap = forms.DecimalField(
        label="At most, of a month's fee", min_value=0, max_value=100, max_digits=6,
        decimal_places=3, required=False, help_text="Empty: the whole fee.",
    )  # fmt: skip
    credit_priority = forms.TypedChoiceField(
        label="Counts for requests of", required=False, coerce=int, empty_value=None,
        choices=[("", "any priority"), (0, "major incidents only"), (1, "critical and above"),
                 (2, "high and above"), (3, "medium and above"), (4, "low and above")],
    )  # fmt: skip
    credit_each = forms.BooleanField(
        label="A request that misses both counts for both", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.credits: dict[str, Any] = {}

    def clean(self) -> dict[str, Any]:
        """Every figure read once, so that what is wrong is said at its field."""
        said = super().clean() or self.cleaned_data
        try:
            self.credits = self._facts(said)
            read_credits(self.credits)
        except InvalidFact as error:
            head = re.split(r"[.\[]", error.field, maxsplit=1)[0]
            self.credits = {}
            self.add_error(_FIELDS.get(head, "credit_response"), error.reason)
        return said

    def _facts(self, said: dict[str, Any]) -> dict[str, Any]:
        facts: dict[str, Any] = {
            target: _worth(target, said[name])
            for target, name in list(_FIELDS.items())[:2]
            if said.get(name)
        }
        bands = credit_words.read_bands(said.get("credit_bands") or "")
        if not facts and not bands:
            return {}
        facts |= {"bands": bands, "each_target": bool(said.get("credit_each"))}
        priority = said.get("credit_priority")
        facts["lowest_priority"] = 5 if priority in (None, "") else priority
        facts["cap_percent"] = f"{said.get('credit_cap') or Decimal(100):f}"
        return facts


def credit_initial(terms: CreditTerms | None) -> dict[str, Any]:
    """Stored credits as they are typed."""
    if terms is None:
        return {}
    return {
        "credit_response": _typed(terms.worths.get("response")),
        "credit_resolution": _typed(terms.worths.get("resolution")),
        "credit_bands": credit_words.write_bands(terms.bands),
        "credit_cap": terms.cap_percent,
        "credit_priority": "" if terms.lowest_priority == 5 else terms.lowest_priority,
        "credit_each": terms.each_target,
    }


def _worth(target: str, text: str) -> dict[str, str]:
    found = _WORTH.fullmatch(text.strip())
    if found is None:
        raise InvalidFact(target, f"{text!r:.40} is neither a share like 5 % nor an amount")
    return {"percent" if found["share"] else "amount": found["number"]}


def _typed(worth: Worth | None) -> str:
    if worth is None:
        return ""
    return f"{worth.amount:f}" if worth.amount else f"{worth.percent.normalize():f} %"
