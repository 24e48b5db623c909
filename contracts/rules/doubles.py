"""Which lines would charge one unit twice for the same service (psa Q6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from contracts.rules.terms import Counting, PerDevice, PerLicence, PerUser, Terms


@dataclass(frozen=True, slots=True)
class Counted:
    """A line that counts units, as far as double cover is concerned."""

    name: str
    agreement: str
    service_id: int | None
    terms: Terms


@dataclass(frozen=True, slots=True)
class Double:
    """Line number `at` (from 0) meets another line over the same units."""

    at: int
    reason: str


def doubles(lines: Sequence[Counted], others: Iterable[Counted] = ()) -> list[Double]:
    """Each line against those before it and against lines of other agreements."""
    elsewhere = list(others)
    found = []
    for at, line in enumerate(lines):
        for other in [*lines[:at], *elsewhere]:
            shared = _shared(line, other)
            if shared:
                found.append(Double(at, f'{shared} is on "{other.name}" of {other.agreement} too'))
    return found


def _shared(one: Counted, other: Counted) -> str:
    if one.service_id != other.service_id:
        return ""
    if _apart(one.terms, other.terms):
        return ""
    if isinstance(one.terms, PerUser) and isinstance(other.terms, PerUser):
        return "every user"
    if isinstance(one.terms, PerLicence) and isinstance(other.terms, PerLicence):
        return _shared_products(one.terms.products, other.terms.products)
    if isinstance(one.terms, PerDevice) and isinstance(other.terms, PerDevice):
        return _shared_classes(one.terms.device_classes, other.terms.device_classes)
    return ""


def _apart(one: Terms, other: Terms) -> bool:
    """Whether both name their sites and no site is in both."""
    if not isinstance(one, Counting) or not isinstance(other, Counting):
        return False
    return bool(one.site_ids and other.site_ids and not set(one.site_ids) & set(other.site_ids))


def _shared_classes(one: Sequence[str], other: Sequence[str]) -> str:
    if not one and not other:
        return "every device"
    both = set(one) & set(other) if one and other else set(one or other)
    return " and ".join(sorted(f"each {name.replace('_', ' ')}" for name in both))


def _shared_products(one: Sequence[str], other: Sequence[str]) -> str:
    if not one and not other:
        return "every licence"
    names = {name.casefold(): name for name in (*one, *other)}
    mine, theirs = ({name.casefold() for name in names_} for names_ in (one, other))
    both = mine & theirs if one and other else mine or theirs
    return " and ".join(sorted(names[name] for name in both))
