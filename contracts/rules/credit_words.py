"""Credits in plain words, and availability bands as people type them: `99.9: 5`, one a line."""

import re
from collections.abc import Iterator
from decimal import Decimal

from contracts.rules.credits import MOST_BANDS, Band, CreditTerms, Worth
from contracts.rules.line_words import money
from msp.kit.facts import InvalidFact

PROMISE = {"response": "first reply", "resolution": "fix"}
PRIORITIES = {0: "major incidents", 1: "critical", 2: "high", 3: "medium", 4: "low"}
_BAND = re.compile(
    r"(?:below\s+)?(?P<below>\d{1,3}(?:\.\d{1,4})?)\s*%?\s*:\s*(?P<percent>\d{1,3}(?:\.\d{1,4})?)\s*%?",
    re.IGNORECASE | re.ASCII,
)


def sentences(terms: CreditTerms | None, currency: str) -> list[str]:
    """Everything a version gives back, one thing a sentence; nothing where it gives nothing."""
    return [] if terms is None else [*_said(terms, currency)]


def _said(terms: CreditTerms, currency: str) -> Iterator[str]:
    for target, worth in terms.worths.items():
        yield f"Each {PROMISE[target]} later than promised gives back {of(worth, currency)}."
    for band in terms.bands:
        yield (
            f"A month with less than {_plain(band.below)} % availability gives back"
            f" {_plain(band.percent)} % of the month's fee."
        )
    if terms.worths and terms.lowest_priority == 0:
        yield "Only major incidents count."
    elif terms.worths and terms.lowest_priority < 5:
        yield f"Requests of {PRIORITIES[terms.lowest_priority]} priority and above count."
    if len(terms.worths) > 1:
        if terms.each_target:
            yield "A request that misses both counts for both."
        else:
            yield "A request that misses both counts once, with the greater."
    yield (
        f"All credits of a month together are at most {_plain(terms.cap_percent)} % of its"
        " recurring fee, before tax and without licences that are passed on."
    )


def of(worth: Worth, currency: str) -> str:
    """What a miss gives back: `5 % of the month's fee`, or an amount."""
    if worth.amount:
        return money(worth.amount, currency)
    return f"{_plain(worth.percent)} % of the month's fee"


def read_bands(text: str) -> list[dict[str, str]]:
    """The bands of a text, as terms store them."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_BANDS:
        raise InvalidFact("bands", f"at most {MOST_BANDS} lines")
    return [_read(line) for line in lines]


def write_bands(bands: tuple[Band, ...]) -> str:
    """The bands as they are typed, the shallowest first."""
    return "\n".join(f"{_plain(one.below)}: {_plain(one.percent)}" for one in reversed(bands))


def _read(line: str) -> dict[str, str]:
    found = _BAND.fullmatch(line)
    if found is None:
        raise InvalidFact("bands", f"{line!r:.60} is not a line like “99.9: 5”")
    return {"below": found["below"], "percent": found["percent"]}


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
