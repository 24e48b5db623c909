"""Closed days out of an iCalendar file, as banks, schools and public offices publish them.

Only whole days are taken: an event at an hour closes nothing. Repeating events are followed for
the years asked for and by dates alone, so a file cannot make us count every second of a century.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.rrule import rrulestr

from msp.kit.facts import InvalidFact

LARGEST = 2_000_000
_MOST_EVENTS = 2000
_MOST_REPEATED = 300
_EARLIEST = date(1970, 1, 1)
_LONGEST_EVENT = 62
_LINE = re.compile(r"([A-Za-z0-9-]+)((?:;[^:\"]*(?:\"[^\"]*\"[^:\"]*)*)?):(.*)", re.DOTALL)
_RULE_PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS", "WKST"}
)
_PERIODS = frozenset({"YEARLY", "MONTHLY", "WEEKLY"})
_ESCAPES = {"\\n": " ", "\\N": " ", "\\,": ",", "\\;": ";", "\\\\": "\\"}


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """An event of the file: its name, and the days it closes within the years asked for."""

    name: str
    days: tuple[date, ...]


def read_ical(content: bytes, *, first: date, last: date) -> list[ClosedDays]:
    """The closed days of a file from one date to another, both included, by event."""
    if len(content) > LARGEST:
        raise InvalidFact("file", "is larger than 2 MB; that is no list of holidays")
    text = content.decode("utf-8-sig", errors="replace")
    if "BEGIN:VCALENDAR" not in text.upper():
        raise InvalidFact("file", "is not an iCalendar file (.ics)")
    by_name: dict[str, set[date]] = {}
    repeated = 0
    for event in _events(text):
        repeated += "RRULE" in event
        if repeated > _MOST_REPEATED:
            raise InvalidFact("file", f"has more than {_MOST_REPEATED} repeating events")
        days = _days(event, first, last)
        if days:
            by_name.setdefault(_name(event), set()).update(days)
    return [ClosedDays(name, tuple(sorted(days))) for name, days in sorted(by_name.items())]


Event = dict[str, list[tuple[str, str]]]


def _events(text: str) -> Iterator[Event]:
    event: Event | None = None
    seen = 0
    for line in _unfolded(text):
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        name, parameters, value = found[1].upper(), found[2].upper(), found[3].strip()
        if (name, value.upper()) == ("BEGIN", "VEVENT"):
            event, seen = {}, seen + 1
            if seen > _MOST_EVENTS:
                raise InvalidFact("file", f"has more than {_MOST_EVENTS} events")
        elif (name, value.upper()) == ("END", "VEVENT"):
            if event is not None:
                yield event
            event = None
        elif event is not None:
            event.setdefault(name, []).append((parameters, value))


def _unfolded(text: str) -> list[str]:
    """Long lines are continued on the next one behind a space."""
    return re.sub(r"\r?\n[ \t]", "", text).splitlines()


def _name(event: Event) -> str:
    text = event.get("SUMMARY", [("", "")])[0][1]
    for escape, meant in _ESCAPES.items():
        text = text.replace(escape, meant)
    return " ".join(text.replace("\x00", " ").replace(":", " ").split())[:120] or "Closed"


def _days(event: Event, first: date, last: date) -> set[date]:
    begins = _date_of(event, "DTSTART")
    if begins is None or _cancelled(event):
        return set()
    ends = _date_of(event, "DTEND") or begins + timedelta(days=1)
    length = min(max((ends - begins).days, 1), _LONGEST_EVENT)
    gone = set(_dates_of(event, "EXDATE"))
    starts = {begins} | set(_repeated(event, begins, first, last)) | set(_dates_of(event, "RDATE"))
    days = {start + timedelta(days=n) for start in starts - gone for n in range(length)}
    return {day for day in days if first <= day <= last}


def _cancelled(event: Event) -> bool:
    return any(value.upper() == "CANCELLED" for _, value in event.get("STATUS", []))


def _date_of(event: Event, name: str) -> date | None:
    return next(iter(_dates_of(event, name)), None)


def _dates_of(event: Event, name: str) -> list[date]:
    """Dates only: what stands at an hour is an appointment, not a closed day."""
    found = []
    for _, value in event.get(name, []):
        for part in value.split(","):
            try:
                found.append(datetime.strptime(part.strip(), "%Y%m%d").date())  # noqa: DTZ007
            except ValueError:
                continue
    return found


def _repeated(event: Event, begins: date, first: date, last: date) -> list[date]:
    rule = event.get("RRULE", [("", "")])[0][1]
    if not rule or begins < _EARLIEST:
        return []
    try:
        rules = rrulestr(_checked(rule), dtstart=datetime.combine(begins, time.min))
        after = datetime.combine(first - timedelta(days=_LONGEST_EVENT), time.min)
        found = rules.between(after, datetime.combine(last, time.min), inc=True)
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidFact(
            "file", f"repeats an event by an unreadable rule: {rule!r:.80}"
        ) from error
    return [moment.date() for moment in found]


def _checked(rule: str) -> str:
    """The rule, if it repeats by dates and at a pace that ends."""
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";") if part)
    pace = parts.get("INTERVAL", "1")
    paced = pace.isdecimal() and 1 <= int(pace) <= 1000
    if not set(parts) <= _RULE_PARTS or parts.get("FREQ") not in _PERIODS or not paced:
        raise InvalidFact("file", f"repeats an event by a rule we do not follow: {rule!r:.80}")
    if "UNTIL" in parts:
        parts["UNTIL"] = parts["UNTIL"][:8]
    return ";".join(f"{name}={value}" for name, value in parts.items())
