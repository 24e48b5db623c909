"""Everything that changes who is called."""

from tickets.dispatch.actions.calling import begin_call, end_call, step_call, take_call
from tickets.dispatch.actions.overriding import answer_swap, ask_swap, cancel_override, take_over
from tickets.dispatch.actions.planning import (
    end_policy,
    keep_policy,
    make_schedule,
    remove_schedule,
    set_layers,
)

__all__ = [
    "answer_swap",
    "ask_swap",
    "begin_call",
    "cancel_override",
    "end_call",
    "end_policy",
    "keep_policy",
    "make_schedule",
    "remove_schedule",
    "set_layers",
    "step_call",
    "take_call",
    "take_over",
]
