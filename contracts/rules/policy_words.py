"""How a service level is applied, in sentences: for its page, and for what a revision changes."""

from contracts.rules.policy import Policy, Updates
from contracts.rules.spans import write_span


def sentences(policy: Policy, pauses_response: bool = False) -> list[str]:
    """Everything that holds beside the targets, one thing a sentence."""
    return [
        _updates(policy),
        _pausing(policy, pauses_response),
        _waiting(policy),
        _warning(policy),
        _raising(policy),
        _reopening(policy),
        _aiming(policy),
    ]


def changes(before: Policy, after: Policy) -> list[str]:
    """What a revision says otherwise than the version before."""
    told = [now for was, now in zip(sentences(before), sentences(after), strict=True) if was != now]
    if before.matrix != after.matrix:
        told.append("The matrix of impact and urgency was changed.")
    return told


def _updates(policy: Policy) -> str:
    if policy.updates is Updates.INTERVAL:
        return "The client hears from us at a steady interval once somebody answered."
    return "The next word is owed from the oldest message of the client that nobody answered."


def _pausing(policy: Policy, pauses_response: bool) -> str:
    named = [
        name
        for name, pauses in (
            ("the first reply", pauses_response),
            ("the next word", policy.pauses_update),
            ("the fix", True),
        )
        if pauses
    ]
    listed = " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
    return f"While a ticket waits with a reason, the clock of {listed} stands still."


def _waiting(policy: Policy) -> str:
    if policy.longest_pause_days is None:
        return "A wait may last as long as its reason does."
    return f"A wait ends by itself after {_days(policy.longest_pause_days)}."


def _warning(policy: Policy) -> str:
    if not policy.warn_at:
        return "Nobody is warned before a promise is missed."
    shares = [f"{share} %" for share in policy.warn_at]
    listed = " and ".join([", ".join(shares[:-1]), shares[-1]] if len(shares) > 1 else shares)
    return f"The owner is told when {listed} of a target is used."


def _raising(policy: Policy) -> str:
    if not policy.grace:
        return "A raised priority leaves no grace where its target is over already."
    return f"A raised priority leaves {write_span(policy.grace)} where its target is over already."


def _reopening(policy: Policy) -> str:
    if not policy.reopen_days:
        return "A solved ticket is never reopened; a new one follows it."
    return f"A solved ticket may be reopened for {_days(policy.reopen_days)}."


def _aiming(policy: Policy) -> str:
    if policy.goal is None:
        return "No share of promises to be kept was agreed."
    return f"At least {policy.goal} % of the promises are to be kept."


def _days(count: int) -> str:
    return "one day" if count == 1 else f"{count} days"
