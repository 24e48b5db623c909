"""Everything that changes what monitoring knows."""

from monitoring.actions.absorbing import Absorbed, absorb, absorb_spool, begin_epoch, replay
from monitoring.actions.enrolment import (
    add_check,
    change_cap,
    dismiss,
    enrol,
    enrol_key,
    refuse,
    revoke_key,
)
from monitoring.actions.lapsing import lapse, roll_up, see

__all__ = [
    "Absorbed",
    "absorb",
    "absorb_spool",
    "add_check",
    "begin_epoch",
    "change_cap",
    "dismiss",
    "enrol",
    "enrol_key",
    "lapse",
    "refuse",
    "replay",
    "revoke_key",
    "roll_up",
    "see",
]
