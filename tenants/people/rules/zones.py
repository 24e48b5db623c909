"""Time zones as people choose them."""

from functools import cache
from zoneinfo import available_timezones

REGIONS = frozenset(
    [
        "Africa",
        "America",
        "Antarctica",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ]
)


@cache
def zones() -> tuple[tuple[str, str], ...]:
    """Zones named after a place, as pairs of name and words."""
    names = sorted(name for name in available_timezones() if name.partition("/")[0] in REGIONS)
    return (("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names))


def zone_choices() -> list[tuple[str, str]]:
    """The same with a first choice of none."""
    return [("", "The company's"), *zones()]
