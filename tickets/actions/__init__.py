"""What can be done to a ticket. Each verb locks the ticket first and may be told twice."""

from tickets.actions.many import Change, change_many
from tickets.actions.merging import merge
from tickets.actions.moving import hold_to, move, restamp
from tickets.actions.opening import Begins, open_ticket
from tickets.actions.progress import close, reopen, resolve, set_status
from tickets.actions.promises import BATCH, assess, breach_due, resume_due, set_priority, warn_due
from tickets.actions.talk import client_message, contest_wait, note, reply, vendor_answered
from tickets.actions.work import acknowledge, assign, hand

__all__ = [
    "BATCH",
    "Begins",
    "Change",
    "acknowledge",
    "assess",
    "assign",
    "breach_due",
    "change_many",
    "client_message",
    "close",
    "contest_wait",
    "hand",
    "hold_to",
    "merge",
    "move",
    "note",
    "open_ticket",
    "reopen",
    "reply",
    "resolve",
    "restamp",
    "resume_due",
    "set_priority",
    "set_status",
    "vendor_answered",
    "warn_due",
]
