"""The parts of the sentence an agreement line is: its rate, its limits, how it is billed."""

from decimal import Decimal
from typing import Any

from contracts.rules.pricing.schemes import Tier
from contracts.rules.terms import (
    Block,
    Commitment,
    Counting,
    Flat,
    Hours,
    Labour,
    Percentage,
    PerDevice,
    Reduction,
    Retainer,
    Terms,
    Usage,
)
from contracts.rules.terms.stored import rhythm_of
from msp.kit.money import format_money

_MODELS = {
    "graduated": "each by its tier",
    "volume": "all by the tier reached",
    "step": "one amount for the tier reached",
}
_WORK = {
    "time": "each hour of work",
    "block": "hours bought ahead",
    "retainer": "money paid ahead",
    "percentage": "a share of the other lines",
    "discount": "a discount on the other lines",
    "commitment": "the least a month comes to",
}
_SHARINGS = {"device": "those who share a device as one", "none": "not what is shared"}
_OPENS = {"issued": ", to use once its bill is issued"}
_USED_UP = {
    "ask": ", and you are asked before more is charged",
    "stop": ", and more work is not charged",
}
_TIMINGS = {"arrears": "when it is over", "advance": "in advance"}


def what(terms: Terms) -> str:
    """What a line that counts nothing is, in a few words."""
    if isinstance(terms, Hours):
        return f"{plain(terms.hours)} hours a {terms.every}"
    if isinstance(terms, Usage):
        return f"each of the {terms.measure} that meters show"
    return _WORK.get(terms.kind) or f"one amount a {rhythm_of(terms).every}"


def amount_sentence(terms: Terms, currency: str) -> str:
    """A line that counts nothing, as a client reads it."""
    if isinstance(terms, Percentage):
        return _percentage(terms, currency)
    if isinstance(terms, Reduction):
        return _reduction(terms, currency)
    if isinstance(terms, Commitment):
        return f"at least {money(terms.amount, currency)} a month in all"
    if isinstance(terms, Labour | Block | Retainer):
        return _worked(terms, currency)
    if isinstance(terms, Usage):
        return _usage(terms, currency)
    return _fee(terms, currency) if isinstance(terms, Flat | Hours) else ""


def _usage(terms: Usage, currency: str) -> str:
    """`$0.02 for each of the pages read off meters, the first 500 included`."""
    started = f" for each {terms.block} begun" if terms.block > 1 else ""
    price = (
        money(terms.unit_price, currency)
        if terms.model == "unit"
        else f"{tiers_said(terms.tiers, currency)}, {_MODELS[terms.model]},"
    )
    said = [
        (terms.included, f"the first {plain(terms.included)} a {terms.every} included"),
        (terms.commit, f"at least {money(terms.commit, currency)} in all"),
        (terms.level == "peak", "of a level the highest"),
        (terms.estimates, "estimated where nobody has read"),
        (terms.site_ids, f"at {len(terms.site_ids)} of the sites"),
        (terms.excluded, f"without {len(terms.excluded)} that are excluded"),
    ]
    limits_said = "".join(f", {text}" for given, text in said if given)
    return f"{price}{started} for the {terms.measure} that meters show{limits_said}{billed(terms)}"


def rate(terms: Counting, currency: str) -> str:
    """What one costs: `$62.00 a month`, or its tiers."""
    per = f"a {terms.every}"
    started = f" for each {terms.block} begun" if terms.block > 1 else ""
    if terms.model == "unit":
        return f"{money(terms.unit_price, currency)} {per}{started}"
    return f"{tiers_said(terms.tiers, currency)} {per}{started}, {_MODELS[terms.model]},"


def tiers_said(tiers: tuple[Tier, ...], currency: str) -> str:
    """`$20.00 up to 10, $15.00 up to 50, $12.00 beyond`."""
    said = []
    for tier in tiers:
        price = money(tier.unit_price, currency) if tier.unit_price or not tier.flat else ""
        flat = money(tier.flat, currency) if tier.flat else ""
        to = "beyond" if tier.up_to is None else f"up to {plain(tier.up_to)}"
        said.append(f"{' + '.join(part for part in (flat, price) if part)} {to}")
    return ", ".join(said)


def limits(terms: Counting, currency: str) -> str:
    """What is free, what is charged at least, and what does not count."""
    silent = terms.silent_days if isinstance(terms, PerDevice) else 0
    said = [
        (terms.included, f"the first {terms.included} included"),
        (terms.minimum, f"at least {terms.minimum} charged"),
        (terms.commit, f"at least {money(terms.commit, currency)} in all"),
        (terms.trial_days, f"the first {terms.trial_days} days of each free"),
        (terms.grace_days, f"only what stays {terms.grace_days} days"),
        (terms.site_ids, f"at {len(terms.site_ids)} of the sites"),
        (terms.excluded, f"without {len(terms.excluded)} that are excluded"),
        (terms.sharing != "each", _SHARINGS.get(terms.sharing, "")),
        (terms.counts_aside, "spares and service accounts too"),
        (silent, f"silent ones told after {silent} days"),
    ]
    return "".join(f", {text}" for given, text in said if given)


def billed(terms: Terms) -> str:
    """How often and when; nothing to say of the month that is over."""
    rhythm = rhythm_of(terms)
    if rhythm.every == "month" and rhythm.timing == "arrears" and rhythm.anchor_on is None:
        return ""
    said = f", billed every {rhythm.every} {_TIMINGS[rhythm.timing]}"
    return said + (f", counted from {rhythm.anchor_on}" if rhythm.anchor_on else "")


def money(amount: Any, currency: str) -> str:
    """A price with every digit it has, at least the cents."""
    written = format_money(amount, currency)
    exact = f"{amount.normalize():f}"
    shown = exact.partition(".")[2]
    return written if len(shown) <= 2 else f"{exact} {currency}"


def plain(number: Decimal) -> str:
    """A number without needless places."""
    return f"{number.normalize():f}"


def _fee(terms: Flat | Hours, currency: str) -> str:
    tail = "" if terms.prorate else f", also for a part of a {terms.every}"
    said = f"{money(terms.amount, currency)} a {terms.every}"
    if isinstance(terms, Hours):
        beyond = money(terms.overage_rate, currency)
        said += f" with {plain(terms.hours)} hours, {beyond} for each one more"
        said += _kept(terms.rolls, terms.every)
    return said + tail + billed(terms)


def _worked(terms: Labour | Block | Retainer, currency: str) -> str:
    """`$150.00 an hour for remote work, at least 15 minutes, 1.5 times after hours`."""
    only = _only(terms.work_types)
    if isinstance(terms, Labour):
        return f"{money(terms.rate, currency)} an hour{only}" + _rounded(terms)
    if isinstance(terms, Block):
        until = f", to use until {terms.expires_on}" if terms.expires_on else ""
        return block(terms, currency, f"bought on {terms.bought_on}{until}")
    said = f"{money(terms.amount, currency)} a {terms.every} that work{only} is taken from"
    return said + _kept(terms.rolls, terms.every) + billed(terms)


def block(terms: Block, currency: str, when: str) -> str:
    """`20 hours for $3,000.00, bought on 2026-06-01, and more work is not charged`."""
    said = f"{plain(terms.hours)} hours for {money(terms.amount, currency)}"
    more = _OPENS.get(terms.opens, "") + _USED_UP.get(terms.used_up, "")
    if terms.refunded_on is not None:
        more += f", what is left on {terms.refunded_on} given back"
    return f"{said}{_only(terms.work_types)}, {when}{more}"


def _only(work_types: tuple[str, ...]) -> str:
    kinds = [kind.replace("_", " ") for kind in work_types]
    return f" for {' and '.join(kinds)} work" if kinds else ""


def _rounded(terms: Labour) -> str:
    each = "each ticket and day" if terms.per == "ticket_day" else "each entry"
    said = [
        (terms.minimum, f"at least {terms.minimum} minutes for {each}"),
        (terms.step > 1, f"in steps of {terms.step} minutes"),
        (terms.after != 1, f"{plain(terms.after)} times after hours"),
        (terms.holiday != 1, f"{plain(terms.holiday)} times on holidays"),
    ]
    return "".join(f", {text}" for given, text in said if given)


def _kept(rolls: int, every: str) -> str:
    if not rolls:
        return ""
    return f", what is left kept for {rolls} {every}{'s' if rolls > 1 else ''} more"


def _percentage(terms: Percentage, currency: str) -> str:
    said = f"{plain(terms.percent)} % of the other lines"
    if terms.least:
        said += f", at least {money(terms.least, currency)}"
    return said + (f", at most {money(terms.most, currency)}" if terms.most is not None else "")


def _reduction(terms: Reduction, currency: str) -> str:
    parts = [f"{plain(terms.percent)} %"] if terms.percent else []
    if terms.amount:
        parts.append(f"{money(terms.amount, currency)}")
    return f"{', then '.join(parts)} off the other lines"
