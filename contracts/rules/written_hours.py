"""Support hours as people type them, one line for a day or a holiday, to and from a definition.

09:00-12:00, 13:00-17:00        two windows
22:00-06:00                     ends on the next day
Christmas: 12-25                each year
Thanksgiving: 4th Thursday of November
Works outing: 2026-06-12, 2027-06-11
"""

import re
from calendar import day_name, month_name
from collections.abc import Mapping
from typing import Any

from msp.kit.facts import InvalidFact

_WINDOW = re.compile(r"(\d{1,2}:\d{2})\s*(?:-|–|to)\s*(\d{1,2}:\d{2})", re.ASCII)
_FIXED = re.compile(r"(\d{1,2})-(\d{1,2})", re.ASCII)
_NTH = re.compile(r"(last|[1-5])(?:st|nd|rd|th)?\s+(\w+)\s+(?:of\s+|in\s+)?(\w+)", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ORDINALS = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 5: "5th", -1: "last"}

Stored = dict[str, Any]


def read_windows(text: str) -> list[Stored]:
    """The windows of one day; nothing written means closed."""
    windows = []
    for part in filter(None, (part.strip() for part in re.split(r"[,;\n]", text))):
        found = _WINDOW.fullmatch(part)
        if found is None:
            raise InvalidFact("windows", f"{part!r:.60} is not a window like 09:00-17:00")
        windows.append({"start": found[1].zfill(5), "end": found[2].zfill(5)})
    return windows


def write_windows(windows: list[Mapping[str, str]]) -> str:
    """The windows of one day as they are typed."""
    return ", ".join(f"{window['start']}-{window['end']}" for window in windows)


def read_holidays(text: str) -> list[Stored]:
    """One holiday a line: a name, a colon, and when it is."""
    return [_read_holiday(line) for line in text.splitlines() if line.strip()]


def write_holidays(holidays: list[Mapping[str, Any]]) -> str:
    """The holidays as they are typed."""
    return "\n".join(f"{holiday['name']}: {_when(holiday)}" for holiday in holidays)


def read_overrides(text: str) -> list[Stored]:
    """One date a line with the hours it has instead: `2026-12-24: 09:00-12:00`, or `closed`."""
    overrides = []
    for line in filter(str.strip, text.splitlines()):
        day, colon, hours = line.partition(":")
        if not colon or not _DATE.fullmatch(day.strip()):
            raise InvalidFact("overrides", f"{line!r:.60} is not a line like 2026-12-24: closed")
        closed = hours.strip().lower() == "closed"
        overrides.append({"day": day.strip(), "windows": [] if closed else read_windows(hours)})
    return overrides


def write_overrides(overrides: list[Mapping[str, Any]]) -> str:
    """The single dates as they are typed."""
    lines = [(one["day"], write_windows(one["windows"]) or "closed") for one in overrides]
    return "\n".join(f"{day}: {hours}" for day, hours in lines)


def _read_holiday(line: str) -> Stored:
    name, colon, when = (part.strip() for part in line.partition(":"))
    if not colon or not name or not when:
        raise InvalidFact("holidays", f"{line!r:.60} needs a name, a colon and a date")
    if fixed := _FIXED.fullmatch(when):
        return {"name": name, "month": int(fixed[1]), "day": int(fixed[2])}
    if nth := _NTH.fullmatch(when):
        return {"name": name} | _read_nth(nth, line)
    dates = [part.strip() for part in when.split(",")]
    if not all(_DATE.fullmatch(date) for date in dates):
        raise InvalidFact(
            "holidays", f"{when!r:.60} is not 12-25, nor 4th Thursday of November, nor dates"
        )
    return {"name": name, "dates": dates}


def _read_nth(found: re.Match[str], line: str) -> Stored:
    weekday, month = _named(found[2], list(day_name)), _named(found[3], list(month_name))
    if weekday is None or not month:
        raise InvalidFact("holidays", f"{line!r:.60} names no known weekday or month")
    nth = -1 if found[1].lower() == "last" else int(found[1])
    return {"month": month, "weekday": weekday, "nth": nth}


def _named(text: str, names: list[str]) -> int | None:
    """The place of a name in a list; its first three letters are enough."""
    if len(text) < 3:
        return None
    hits = [at for at, name in enumerate(names) if name.lower().startswith(text.lower())]
    return hits[0] if hits else None


def _when(holiday: Mapping[str, Any]) -> str:
    if "dates" in holiday:
        return ", ".join(holiday["dates"])
    if "day" in holiday:
        return f"{holiday['month']:02}-{holiday['day']:02}"
    nth = _ORDINALS[holiday["nth"]]
    return f"{nth} {day_name[holiday['weekday']]} of {month_name[holiday['month']]}"


def merged_holidays(before: list[Stored], added: list[Stored]) -> list[Stored]:
    """A calendar's holidays with more of them: of one name the new dates join the old."""
    found = {holiday["name"]: dict(holiday) for holiday in before}
    for holiday in added:
        known = found.get(holiday["name"])
        if known is not None and "dates" in known:
            known["dates"] = sorted({*known["dates"], *holiday["dates"]})
        elif known is None:
            found[holiday["name"]] = dict(holiday)
    return list(found.values())
