"""What an agreement line can promise to charge for.

A line stores its kind and its facts as JSON; here they become typed terms and back. A new kind is a
class in TERMS, a meter and a rate; nothing else has to know it.
"""

from contracts.rules.terms.adjusting import Commitment, Percentage, Reduction
from contracts.rules.terms.amounts import Flat, Hours
from contracts.rules.terms.counted import COUNTINGS, PerDevice, PerLicence, PerUser
from contracts.rules.terms.stored import write_terms
from contracts.rules.terms.usage import Usage
from contracts.rules.terms.worked import Block, Labour, Retainer
from msp.kit.facts import Facts, InvalidFact

Counting = PerDevice | PerUser | PerLicence
Adjusting = Percentage | Reduction | Commitment
Working = Labour | Hours | Block | Retainer
Terms = Counting | Flat | Working | Adjusting | Usage

TERMS: dict[str, type[Terms]] = {
    cls.kind: cls
    for cls in (
        PerDevice, PerUser, Flat, Labour, Hours, Block, Retainer, Percentage, Reduction, Commitment,
        PerLicence, Usage,
    )
}  # fmt: skip
COUNTED = ("per_device", "per_user", "per_licence")
# Lines that support is paid by the hour with; without counted lines beside them nothing is free.
BY_THE_HOUR = ("time", "hours", "block", "retainer")

__all__ = [
    "BY_THE_HOUR",
    "COUNTED",
    "COUNTINGS",
    "TERMS",
    "Adjusting",
    "Block",
    "Commitment",
    "Counting",
    "Flat",
    "Hours",
    "Labour",
    "PerDevice",
    "PerLicence",
    "PerUser",
    "Percentage",
    "Reduction",
    "Retainer",
    "Terms",
    "Usage",
    "Working",
    "read_terms",
    "write_terms",
]


def read_terms(kind: str, facts: object) -> Terms:
    """The terms of a line; what cannot be charged is refused with its field and reason."""
    if kind not in TERMS:
        raise InvalidFact("kind", f"{kind!r:.80} is not one of {', '.join(TERMS)}")
    reading = Facts(facts)
    terms = TERMS[kind].read(reading)
    reading.done()
    return terms
