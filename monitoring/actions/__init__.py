"""Everything that changes what monitoring knows."""

from monitoring.actions.absorbing import Absorbed, absorb, absorb_spool, begin_epoch, replay
from monitoring.actions.agreeing import (
    agree_window,
    begin_windows,
    cancel_window,
    put_behind,
    take_from_behind,
)
from monitoring.actions.canaries import call_for_help, place_canary, remove_canary
from monitoring.actions.checks import change_check, pause_check, resume_check
from monitoring.actions.defining import define_check, redefine_check, remove_check
from monitoring.actions.enrolment import (
    add_alias,
    add_check,
    admit,
    attach,
    dismiss,
    drop_alias,
    enrol,
    refuse,
)
from monitoring.actions.foreseeing import warn_of_end
from monitoring.actions.incidents import (
    acknowledge,
    answer_cost,
    assign_incident,
    let_go,
    link_ticket,
    note_incident,
    reopen_incident,
    resolve_incident,
    set_cause,
    snooze,
)
from monitoring.actions.keys import change_cap, enrol_key, revoke_key, rotate_key, take_offer
from monitoring.actions.lapsing import go_blind, lapse, see, wake
from monitoring.actions.templating import (
    drop_template,
    follow_templates,
    keep_template,
)
from monitoring.actions.thinning import forget, pack, roll_up

__all__ = [
    "Absorbed",
    "absorb",
    "absorb_spool",
    "acknowledge",
    "add_alias",
    "add_check",
    "admit",
    "agree_window",
    "answer_cost",
    "assign_incident",
    "attach",
    "begin_epoch",
    "begin_windows",
    "call_for_help",
    "cancel_window",
    "change_cap",
    "change_check",
    "define_check",
    "dismiss",
    "drop_alias",
    "drop_template",
    "enrol",
    "enrol_key",
    "follow_templates",
    "forget",
    "go_blind",
    "keep_template",
    "lapse",
    "let_go",
    "link_ticket",
    "note_incident",
    "pack",
    "pause_check",
    "place_canary",
    "put_behind",
    "redefine_check",
    "refuse",
    "remove_canary",
    "remove_check",
    "reopen_incident",
    "replay",
    "resolve_incident",
    "resume_check",
    "revoke_key",
    "roll_up",
    "rotate_key",
    "see",
    "set_cause",
    "snooze",
    "take_from_behind",
    "take_offer",
    "wake",
    "warn_of_end",
]
