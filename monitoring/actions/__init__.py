"""Everything that changes what monitoring knows."""

from monitoring.actions.absorbing import Absorbed, absorb, absorb_spool, begin_epoch, replay
from monitoring.actions.checks import change_check, pause_check, resume_check
from monitoring.actions.enrolment import add_check, dismiss, enrol, refuse
from monitoring.actions.incidents import (
    acknowledge,
    link_ticket,
    note_incident,
    resolve_incident,
)
from monitoring.actions.keys import change_cap, enrol_key, revoke_key, rotate_key
from monitoring.actions.lapsing import lapse, roll_up, see

__all__ = [
    "Absorbed",
    "absorb",
    "absorb_spool",
    "acknowledge",
    "add_check",
    "begin_epoch",
    "change_cap",
    "change_check",
    "dismiss",
    "enrol",
    "enrol_key",
    "lapse",
    "link_ticket",
    "note_incident",
    "pause_check",
    "refuse",
    "replay",
    "resolve_incident",
    "resume_check",
    "revoke_key",
    "roll_up",
    "rotate_key",
    "see",
]
