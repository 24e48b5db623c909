"""What can be done to a ticket. Each verb locks the ticket first and may be told twice."""

from tickets.actions.many import Change, change_many
from tickets.actions.opening import open_ticket
from tickets.actions.progress import close, reopen, resolve, set_status
from tickets.actions.promises import BATCH, breach_due, set_priority
from tickets.actions.talk import client_message, note, reply
from tickets.actions.work import acknowledge, assign

__all__ = [
    "BATCH",
    "Change",
    "acknowledge",
    "assign",
    "breach_due",
    "change_many",
    "client_message",
    "close",
    "note",
    "open_ticket",
    "reopen",
    "reply",
    "resolve",
    "set_priority",
    "set_status",
]
