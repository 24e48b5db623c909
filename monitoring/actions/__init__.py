"""Everything that changes what monitoring knows."""

from monitoring.actions.enrolment import (
    add_check,
    change_cap,
    dismiss,
    enrol,
    enrol_key,
    refuse,
    revoke_key,
)

__all__ = [
    "add_check",
    "change_cap",
    "dismiss",
    "enrol",
    "enrol_key",
    "refuse",
    "revoke_key",
]
