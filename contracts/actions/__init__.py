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
    set_coverage,
    set_lines,
)
from contracts.actions.catalogue import (
    PartInput,
    add_offer,
    add_price_list,
    add_service,
    change_offer,
    change_service,
    set_price,
    uplift_prices,
)
from contracts.actions.promises import (
    add_calendar,
    add_level,
    change_calendar,
    clear_fallback,
    revise_level,
    set_fallback,
)
from contracts.actions.renewals import give_notice, raise_prices, renew, renew_due

__all__ = [
    "MOST_LINES",
    "LineInput",
    "PartInput",
    "add_calendar",
    "add_level",
    "add_offer",
    "add_price_list",
    "add_service",
    "amend",
    "change_calendar",
    "change_draft",
    "change_offer",
    "change_service",
    "clear_fallback",
    "discard_draft",
    "draft_agreement",
    "end_agreement",
    "give_notice",
    "publish",
    "raise_prices",
    "renew",
    "renew_due",
    "revise_level",
    "set_coverage",
    "set_fallback",
    "set_lines",
    "set_price",
    "uplift_prices",
]
