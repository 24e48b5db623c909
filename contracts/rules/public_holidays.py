"""Public holidays of a country, and of a part of it, as dated holidays of a support calendar."""

from datetime import date
from functools import lru_cache

import holidays

from msp.kit.facts import InvalidFact

_MOST_YEARS = 12


@lru_cache(maxsize=1)
def countries() -> dict[str, tuple[str, ...]]:
    """Every known country by its code, with the codes of its parts."""
    known = holidays.list_supported_countries(include_aliases=False)
    return {code: tuple(parts) for code, parts in sorted(known.items())}


def holidays_of(
    country: str, part: str = "", *, first_year: int, years: int = 5
) -> list[tuple[str, tuple[date, ...]]]:
    """Each public holiday by name with its dates, observed days included."""
    parts = countries().get(country)
    if parts is None:
        raise InvalidFact("country", f"{country!r:.20} is not a country we know holidays of")
    if part and part not in parts:
        raise InvalidFact("part", f"{part!r:.20} is not a part of {country}")
    if not 1 <= years <= _MOST_YEARS:
        raise InvalidFact("years", f"must be 1 to {_MOST_YEARS}, not {years}")
    found = holidays.country_holidays(
        country, subdiv=part or None, years=range(first_year, first_year + years),
        language=_english(country),
    )  # fmt: skip
    by_name: dict[str, list[date]] = {}
    for day, names in sorted(found.items()):
        for name in names.split("; "):
            by_name.setdefault(_plain(name), []).append(day)
    return [(name, tuple(days)) for name, days in sorted(by_name.items(), key=lambda one: one[1])]


def _english(country: str) -> str | None:
    """English names where the country has them, else its own."""
    languages: tuple[str, ...] = getattr(
        holidays.country_holidays(country), "supported_languages", ()
    )
    return next((one for one in ("en_US", "en_GB", "en") if one in languages), None)


def _plain(name: str) -> str:
    """A colon divides a name from its dates where holidays are typed, so none may stand in it."""
    return " ".join(name.replace(":", " ").split())[:120]
