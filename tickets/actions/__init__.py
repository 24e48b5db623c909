"""What can be done to a ticket. Each verb locks the ticket first and may be told twice."""

from tickets.actions.approving import approve_time, void_time, withdraw_approval
from tickets.actions.bundling import bundle, split, unbundle
from tickets.actions.many import Change, change_many
from tickets.actions.merging import merge
from tickets.actions.moving import hold_to, move, restamp
from tickets.actions.opening import Begins, open_ticket
from tickets.actions.paying import pay_by
from tickets.actions.progress import close, reopen, resolve, set_status
from tickets.actions.promises import BATCH, assess, breach_due, resume_due, set_priority, warn_due
from tickets.actions.talk import client_message, contest_wait, note, reply, vendor_answered
from tickets.actions.time import (
    bind_time,
    change_time,
    free_time,
    log_time,
    remove_time,
    start_timer,
    stop_timer,
)
from tickets.actions.voiding import void_wait
from tickets.actions.work import acknowledge, assign, hand

__all__ = [
    "BATCH",
    "Begins",
    "Change",
    "acknowledge",
    "approve_time",
    "assess",
    "assign",
    "bind_time",
    "breach_due",
    "bundle",
    "change_many",
    "change_time",
    "client_message",
    "close",
    "contest_wait",
    "free_time",
    "hand",
    "hold_to",
    "log_time",
    "merge",
    "move",
    "note",
    "open_ticket",
    "pay_by",
    "remove_time",
    "reopen",
    "reply",
    "resolve",
    "restamp",
    "resume_due",
    "set_priority",
    "set_status",
    "split",
    "start_timer",
    "stop_timer",
    "unbundle",
    "vendor_answered",
    "void_time",
    "void_wait",
    "warn_due",
    "withdraw_approval",
]
