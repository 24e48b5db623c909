"""Credits for missed promises: what they are known by, and their arithmetic in words."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from msp.kit.money import format_money

PROMISES = {"response": "first reply", "resolution": "fix"}
MISSED = "missed promise"  # how often such a line comes: whenever one is


def breach_key(ticket_id: int, target: str) -> str:
    """What a missed promise of a ticket is known by; it is credited once, on whatever bill."""
    return f"breach:{ticket_id}:{target}"


def availability_key(agreement_id: int, month: str) -> str:
    """What a month below the promised availability is known by."""
    return f"availability:{agreement_id}:{month}"


def event_of(key: str) -> str:
    """What happened once, whichever of its promises was missed: the ticket, or the month."""
    return key.rpartition(":")[0] if key.startswith("breach:") else key


def described(missed: Mapping[str, Any]) -> str:
    """The line as a bill names it."""
    if "target" in missed:
        return f"Credit: the {PROMISES[missed['target']]} of #{missed['number']} came late"
    return f"Credit: availability of {missed['share']} %, below {missed['below']} %"


def steps(trace: Mapping[str, Any], currency: str) -> Iterator[str]:
    """How a credit came about, one sentence a step."""
    told, fee = trace["credit"], Decimal(trace["base"])
    yield f"The recurring fee of the month is {format_money(fee, currency)}."
    asked, before = Decimal(told["asked"]), Decimal(told["before"])
    given = Decimal(told.get("given", 0))
    worth = format_money(asked + given, currency)
    if "percent" in told["worth"]:
        yield f"{_plain(told['worth']['percent'])} % of it is {worth}."
    else:
        yield f"A missed promise of this kind gives back {worth}."
    if given:
        yield f"{format_money(given, currency)} of that was given for the same request before."
    cap = format_money(Decimal(told["cap"]), currency)
    most = f"At most {_plain(told['cap_percent'])} % of it, {cap}, is given back for the month"
    if before:
        yield f"{most}; {format_money(before, currency)} was given before."
    else:
        yield f"{most}."
    yield f"That makes {format_money(Decimal(trace['amount']), currency)}."


def _plain(text: str) -> str:
    return f"{Decimal(text).normalize():f}"
