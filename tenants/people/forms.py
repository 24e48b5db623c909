"""What people write about themselves and each other."""

from datetime import UTC, datetime, timedelta
from typing import Any

from allauth.account import forms as accounts
from django import forms

from tenants.people.models import Person
from tenants.people.rules.roles import ROLES
from tenants.people.rules.scopes import SCOPES
from tenants.people.rules.zones import zone_choices

LIFETIMES = (("90", "90 days"), ("365", "One year"), ("", "Until it is revoked"))


class InviteForm(forms.Form):
    """Somebody of the MSP who shall be able to sign in."""

    name = forms.CharField(max_length=120)
    email = forms.EmailField(label="Work e-mail", max_length=254)
    role = forms.ChoiceField(
        choices=[(role.code, role.title) for role in ROLES.values()], initial="technician"
    )


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=[(role.code, role.title) for role in ROLES.values()])


class TeamForm(forms.Form):
    """A team's name and who shares its queue."""

    name = forms.CharField(max_length=80, label="Team name")
    members = forms.ModelMultipleChoiceField(
        Person.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.filter(kind=Person.Kind.STAFF, is_active=True)
        self.fields["members"].queryset = people.order_by("name", "pk")

    def clean_members(self) -> list[Person]:
        return list(self.cleaned_data["members"])


class KeyForm(forms.Form):
    """A new API key. Addresses are those of the machines that will use it."""

    name = forms.CharField(max_length=80, help_text="What uses it, such as: accounting export.")
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in SCOPES], widget=forms.CheckboxSelectMultiple
    )
    lifetime = forms.ChoiceField(
        label="Works for", choices=LIFETIMES, required=False, initial="365"
    )
    addresses = forms.CharField(
        label="Only from these IP addresses", required=False, max_length=400,
        help_text="Separated by spaces. Leave empty for anywhere.",
    )  # fmt: skip

    def clean_addresses(self) -> list[str]:
        check = forms.GenericIPAddressField().clean
        found = [check(word) for word in self.cleaned_data["addresses"].replace(",", " ").split()]
        if len(found) > 20:
            raise forms.ValidationError("At most 20 addresses.")
        return found

    def clean(self) -> dict[str, Any]:
        days = self.cleaned_data.pop("lifetime", "")
        ends = datetime.now(UTC) + timedelta(days=int(days)) if days else None
        return self.cleaned_data | {"expires_at": ends}


class AccountForm(forms.Form):
    """What a person may change about themselves."""

    name = forms.CharField(max_length=120)
    zone = forms.ChoiceField(label="Time zone", choices=zone_choices, required=False)


class LoginForm(accounts.LoginForm):
    """allauth's, without what our page says in its own place."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.help_text = ""
            field.widget.attrs.pop("placeholder", None)
