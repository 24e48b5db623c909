"""Everything that changes what we promise."""

from contracts.actions.agreements import (
    MOST_LINES,
    LineInput,
    amend,
    change_draft,
    discard_draft,
    draft_agreement,
    end_agreement,
    publish,
    set_lines,
)
from contracts.actions.promises import (
    add_calendar,
    add_level,
    add_service,
    change_calendar,
    change_service,
    revise_level,
)

__all__ = [
    "MOST_LINES",
    "LineInput",
    "add_calendar",
    "add_level",
    "add_service",
    "amend",
    "change_calendar",
    "change_draft",
    "change_service",
    "discard_draft",
    "draft_agreement",
    "end_agreement",
    "publish",
    "revise_level",
    "set_lines",
]
