"""What people type about projects."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory

from contracts.clients.forms.units import Day
from contracts.models import Agreement
from msp.kit.refusals import Refused
from tenants.people.models import Person
from tickets.projects.actions import MilestoneInput
from tickets.projects.models import Milestone, Project
from tickets.projects.rules.fees import MOST_SHARES, shares

MOST_ROWS = 60
NEW_ROWS = 3


class ProjectForm(forms.Form):
    """A project's terms; what cannot change any more is left out."""

    name = forms.CharField(max_length=120, label="Project")
    scope = forms.CharField(
        label="Scope", widget=forms.Textarea(attrs={"rows": 6}), required=False,
        max_length=20_000, help_text="What is delivered, and what is not. Markdown.",
    )  # fmt: skip
    fee = forms.ChoiceField(label="Paid by", choices=Project.Fee.choices)
    amount = forms.DecimalField(
        label="Cap", max_digits=14, decimal_places=2, min_value=0, required=False,
        help_text="Only with a cap: what it may come to at most, before tax.",
    )  # fmt: skip
    bills_on = forms.ChoiceField(
        label="A milestone is billed", choices=Project.BillsOn.choices,
        help_text="Only with a fixed fee.",
    )  # fmt: skip
    starts_on = Day(label="Starts")
    due_on = Day(label="Last day")
    agreement = forms.TypedChoiceField(
        label="Under", required=False, coerce=int, empty_value=None,
        help_text="The agreement it is part of, if any.",
    )  # fmt: skip
    owner = forms.TypedChoiceField(label="Led by", required=False, coerce=int, empty_value=None)
    reason = forms.CharField(
        label="Why", max_length=300, required=False,
        help_text="Needed once it runs: the client was promised otherwise.",
    )  # fmt: skip

    def __init__(
        self, *args: Any, agreements: Sequence[Agreement], people: Sequence[Person],
        project: Project | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.agreements = {one.pk: one for one in agreements}
        self.people = {one.pk: one for one in people}
        self.fields["agreement"].choices = [
            ("", "No agreement"), *((one.pk, f"{one.number} {one.name}") for one in agreements)
        ]  # fmt: skip
        self.fields["owner"].choices = [
            ("", "Nobody yet"), *((one.pk, one.name) for one in people)
        ]  # fmt: skip
        if project is not None:
            del self.fields["fee"]
            if project.fee != Project.Fee.CAPPED:
                del self.fields["amount"]
            if project.fee != Project.Fee.FIXED:
                del self.fields["bills_on"]
        else:
            del self.fields["reason"]

    def said(self) -> dict[str, Any]:
        """The values as the actions take them."""
        values = dict(self.cleaned_data)
        if "amount" in values:
            values["amount"] = values["amount"] or Decimal(0)
        return values | {
            "agreement": self.agreements.get(values["agreement"]),
            "owner": self.people.get(values["owner"]),
        }


def project_initial(project: Project) -> dict[str, Any]:
    """A project's terms as they are typed."""
    names = ("name", "scope", "bills_on", "starts_on", "due_on")
    return {name: getattr(project, name) for name in names} | {
        "agreement": project.agreement_id, "owner": project.owner_id,
        "amount": f"{project.amount:.2f}",
    }  # fmt: skip


class MilestoneForm(forms.Form):
    """One row of the plan. Rows stand in the order of their numbers."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    number = forms.IntegerField(label="No.", min_value=1, max_value=999)
    phase = forms.CharField(max_length=80, label="Phase")
    title = forms.CharField(max_length=120, label="Milestone")
    amount = forms.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, label="Amount"
    )
    due_on = Day(required=False, label="Due")

    def milestone(self) -> MilestoneInput:
        said = self.cleaned_data
        return MilestoneInput(
            said["phase"], said["title"], said["amount"] or Decimal(0), said["due_on"], said["pk"]
        )


class PlanBase(BaseFormSet):
    """The rows that stay, in the order of their numbers."""

    def kept(self) -> list[MilestoneForm]:
        rows = [
            form
            for form in self.forms
            if form.is_valid() and form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        return sorted(rows, key=lambda form: form.cleaned_data["number"])


Plan = formset_factory(
    MilestoneForm, formset=PlanBase, extra=0, can_delete=True, max_num=MOST_ROWS,
    absolute_max=MOST_ROWS,
)  # fmt: skip


def milestone_initial(number: int, one: Milestone) -> dict[str, Any]:
    """A milestone as it is typed."""
    return {
        "pk": one.pk, "number": number, "phase": one.phase, "title": one.title,
        "amount": f"{one.amount:.2f}" if one.amount else "", "due_on": one.due_on,
    }  # fmt: skip


class PlanForm(forms.Form):
    """Why the plan changes, and a fee to share over it."""

    reason = forms.CharField(
        label="Why", max_length=300, required=False,
        help_text="Needed once it runs, and where the client accepted another sum.",
    )  # fmt: skip
    total = forms.DecimalField(
        label="Fee to share", max_digits=14, decimal_places=2, min_value=0, required=False
    )
    weights = forms.CharField(
        label="By shares", max_length=400, required=False,
        help_text="One for each row, such as 30/40/30.",
    )  # fmt: skip

    def shared(self, rows: int, currency: str) -> list[Decimal]:
        """The fee over so many rows; refused at the field that does not say how."""
        if not self.is_valid() or self.cleaned_data["total"] is None:
            raise Refused("Say what is to be shared.", field="total")
        words = self.cleaned_data["weights"].replace("%", "").split("/")
        weights = [_weight(word) for word in words if word.strip()] or [Decimal(1)] * rows
        if len(weights) != rows or rows > MOST_SHARES:
            raise Refused(f"There are {rows} rows that are not done yet.", field="weights")
        try:
            return shares(self.cleaned_data["total"], weights, currency)
        except ValueError as error:
            raise Refused(str(error).partition(": ")[2].capitalize(), field="total") from error


def _weight(word: str) -> Decimal:
    try:
        weight = Decimal(word.strip())
    except ArithmeticError:
        raise Refused(f"{word.strip()!r:.20} is no number.", field="weights") from None
    if not weight.is_finite() or not 0 <= weight <= 10**6:
        raise Refused(f"{word.strip()!r:.20} is no share.", field="weights")
    return weight


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=300, label="Why", error_messages={"required": "Say in a few words why."}
    )


class NameForm(forms.Form):
    typed_name = forms.CharField(
        max_length=120, label="Full name",
        error_messages={"required": "Type the name to accept it."},
    )  # fmt: skip


class TicketForm(forms.Form):
    number = forms.IntegerField(label="Ticket", min_value=1, max_value=10**15)


class ChangeForm(forms.Form):
    name = forms.CharField(max_length=90, label="What changes")
