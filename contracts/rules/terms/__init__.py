"""What an agreement line can promise to charge for.

A line stores its kind and its facts as JSON; here they become typed terms and back. A new kind is a
class in TERMS, a meter and a rate; nothing else has to know it.
"""

from contracts.rules.terms.adjusting import Commitment, Percentage, Reduction
from contracts.rules.terms.amounts import Flat, Hours
from contracts.rules.terms.counted import COUNTINGS, PerDevice, PerUser
from contracts.rules.terms.stored import write_terms
from msp.kit.facts import Facts, InvalidFact

Counting = PerDevice | PerUser
Adjusting = Percentage | Reduction | Commitment
Terms = PerDevice | PerUser | Flat | Hours | Percentage | Reduction | Commitment

TERMS: dict[str, type[Terms]] = {
    cls.kind: cls for cls in (PerDevice, PerUser, Flat, Hours, Percentage, Reduction, Commitment)
}

__all__ = [
    "COUNTINGS",
    "TERMS",
    "Adjusting",
    "Commitment",
    "Counting",
    "Flat",
    "Hours",
    "PerDevice",
    "PerUser",
    "Percentage",
    "Reduction",
    "Terms",
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
