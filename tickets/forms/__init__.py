"""What people type about tickets, as plain values."""

from tickets.forms.changes import (
    AssessForm,
    HoldToForm,
    MergeForm,
    MoveForm,
    ResolveForm,
    WaitForm,
)
from tickets.forms.lists import read_scope, sign_scope, staff_people, teams, wanted_from
from tickets.forms.new import NewTicketForm, devices_of
from tickets.forms.portal import IMPACTS, RequestForm, SayForm

__all__ = [
    "IMPACTS",
    "AssessForm",
    "HoldToForm",
    "MergeForm",
    "MoveForm",
    "NewTicketForm",
    "RequestForm",
    "ResolveForm",
    "SayForm",
    "WaitForm",
    "devices_of",
    "read_scope",
    "sign_scope",
    "staff_people",
    "teams",
    "wanted_from",
]
