"""What people type about tickets, as plain values."""

from typing import Any

from django import forms
from django.core import signing
from django.db.models import QuerySet
from django.http import QueryDict

from contracts.clients.models import Client, Contact, Device
from msp.kit.refusals import Conflict
from tenants.people.models import Person
from tickets.models import Ticket
from tickets.queries import VIEWS, Wanted
from tickets.rules.states import PAUSING, Status
from tickets.rules.words import LONGEST

SCOPE_SALT = "tickets.scope"
CHANNELS = [
    (Ticket.Channel.PHONE.value, "Phone"),
    (Ticket.Channel.EMAIL.value, "E-mail"),
    (Ticket.Channel.PORTAL.value, "Portal"),
]
# How much it holds the client up, in their words, and the priority that is (S8).
IMPACTS = {
    "stopped": ("I cannot work", Ticket.Priority.CRITICAL),
    "slow": ("It slows me down", Ticket.Priority.MEDIUM),
    "question": ("A question or a wish", Ticket.Priority.LOW),
}


def staff_people() -> QuerySet[Person]:
    """Who can be given work."""
    return Person.objects.filter(kind=Person.Kind.STAFF, is_active=True).order_by("name")


# -- lists ---------------------------------------------------------------------------------------


def wanted_from(asked: QueryDict) -> Wanted:
    """The list an address asks for; what it does not understand it leaves out."""
    given = {
        name: asked.get(name, "").replace("\x00", "").strip()[:100]
        for name in ("view", "q", "client", "status", "priority", "owner", "device", "sort")
    }
    if given["view"] not in VIEWS:
        given["view"] = "open"
    if given["status"] not in set(Status):
        given["status"] = ""
    if given["priority"] not in {str(value) for value in Ticket.Priority.values}:
        given["priority"] = ""
    if given["owner"] not in ("me", "none") and not given["owner"].isdecimal():
        given["owner"] = ""
    return Wanted(**given)


def sign_scope(wanted: Wanted, total: int) -> str:
    """A list and its size, so that a bulk change can tell whether it is still the same."""
    return signing.dumps({"wanted": wanted.params, "total": total}, salt=SCOPE_SALT)


def read_scope(text: str) -> tuple[Wanted, int]:
    """The list a bulk change was made in; one that was tampered with is refused."""
    try:
        scope = signing.loads(text, salt=SCOPE_SALT, max_age=24 * 3600)
        return Wanted(**scope["wanted"]), int(scope["total"])
    except (signing.BadSignature, TypeError, KeyError, ValueError) as error:
        raise Conflict("This list is too old. Load it again.", field="scope") from error


# -- one ticket ----------------------------------------------------------------------------------


class NewTicketForm(forms.Form):
    """A ticket as a technician takes it down. Contacts and devices are those of the client."""

    client = forms.ModelChoiceField(
        Client.objects.none(), to_field_name="slug", empty_label="Choose a client"
    )
    contact = forms.ModelChoiceField(
        Contact.objects.none(), required=False, empty_label="Nobody in particular"
    )
    device = forms.ModelChoiceField(Device.objects.none(), required=False, empty_label="No device")
    subject = forms.CharField(max_length=200, label="What is it about?")
    body = forms.CharField(
        required=False, max_length=LONGEST, label="Details",
        widget=forms.Textarea(attrs={"rows": 5}), help_text="The client reads this.",
    )  # fmt: skip
    priority = forms.TypedChoiceField(
        coerce=int, choices=Ticket.Priority.choices, initial=Ticket.Priority.MEDIUM.value
    )
    channel = forms.ChoiceField(
        choices=CHANNELS, initial=Ticket.Channel.PHONE.value, label="How it reached us"
    )
    owner = forms.ModelChoiceField(Person.objects.none(), required=False, empty_label="Nobody yet")

    def __init__(self, *args: Any, client: Client | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"].queryset = Client.objects.filter(archived_at__isnull=True)
        self.fields["owner"].queryset = staff_people()
        self.fields["client"].widget.attrs |= {
            "hx-get": "/tickets/new/choices",
            "hx-target": "#choices",
            "hx-swap": "outerHTML",
            "hx-include": "closest form",
        }
        if client is not None:
            self.fields["contact"].queryset = people_of(client)
            self.fields["device"].queryset = devices_of(client)


def people_of(client: Client) -> QuerySet[Contact]:
    return client.contacts.filter(archived_at__isnull=True)


def devices_of(client: Client) -> QuerySet[Device]:
    return client.devices.filter(retired_on__isnull=True)


class WaitForm(forms.Form):
    """Why the work stands still. The client sees the reason."""

    status = forms.ChoiceField(
        choices=[(s.value, s.words) for s in Status if s in PAUSING], label="Wait for"
    )
    pause_reason = forms.CharField(
        max_length=200, label="Why", help_text="The clock stops and the client sees this."
    )


class ResolveForm(forms.Form):
    text = forms.CharField(
        required=False, max_length=LONGEST, label="What fixed it",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Goes to the client with the news that it is fixed.",
    )  # fmt: skip


# -- the client's side ---------------------------------------------------------------------------


class RequestForm(forms.Form):
    """A request in the client's words. What we know already is not asked."""

    subject = forms.CharField(max_length=200, label="In a few words")
    impact = forms.ChoiceField(
        choices=[(key, words) for key, (words, _priority) in IMPACTS.items()],
        initial="slow", label="How much is it holding you up?", widget=forms.RadioSelect,
    )  # fmt: skip
    body = forms.CharField(
        required=False, max_length=LONGEST, label="Anything else we should know",
        widget=forms.Textarea(attrs={"rows": 5, "data-draft": "request"}),
    )  # fmt: skip
    device = forms.ModelChoiceField(
        Device.objects.none(), required=False, label="Which device", empty_label="None, or not sure"
    )

    def __init__(self, *args: Any, devices: QuerySet[Device], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["device"].queryset = devices

    @property
    def priority(self) -> int:
        return int(IMPACTS[self.cleaned_data["impact"]][1])


class SayForm(forms.Form):
    body = forms.CharField(max_length=LONGEST, label="Your message", widget=forms.Textarea)
    key = forms.CharField(max_length=80, required=False)
