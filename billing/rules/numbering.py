"""How an invoice number is written. Drawing the next one is a locked row's work, not ours.

A series is a prefix; a prefix that holds the year starts again each year by being another series.
"""

import re
from datetime import date

from msp.kit.facts import InvalidFact

DEFAULT_PATTERN = "INV-{year}-"
DIGITS = 4

_KNOWN = ("{year}", "{month}")
_ALLOWED = re.compile(r"[A-Za-z0-9./_-]*", re.ASCII)
_LONGEST_PREFIX = 20


def series_prefix(pattern: str, issued_on: date) -> str:
    """The series an invoice of that date belongs to: `INV-{year}-` gives `INV-2026-`."""
    values = (f"{issued_on.year:04}", f"{issued_on.month:02}")
    prefix = pattern
    for placeholder, value in zip(_KNOWN, values, strict=True):
        prefix = prefix.replace(placeholder, value)
    if not _ALLOWED.fullmatch(prefix):
        raise InvalidFact(
            "pattern", f"{pattern!r:.80} may hold letters, digits, . / _ - and {' '.join(_KNOWN)}"
        )
    if len(prefix) > _LONGEST_PREFIX:
        raise InvalidFact("pattern", f"gives more than {_LONGEST_PREFIX} characters")
    return prefix


def written(prefix: str, number: int, digits: int = DIGITS) -> str:
    """The number as it stands on the invoice: `INV-2026-0042`; it grows past its width."""
    if number < 1:
        raise InvalidFact("number", f"counts from 1, not {number}")
    return f"{prefix}{number:0{digits}}"
