"""The decision table of an agreement: what a piece of work is, and whose it is (psa H5).

Rows are asked in order; the first whose conditions all hold decides. Every other row keeps the
conditions that failed, each in words, because that is what people ask about later. Where no row
speaks, the lines of the agreement decide as before.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from contracts.rules.pricing.schemes import check_price
from msp.kit.facts import Facts, InvalidFact, inside

VERDICTS = {
    "included": "included",
    "billable": "billable",
    "no_charge": "done without charge",
    "excluded": "excluded",
    "other": "covered by another agreement",
}
OWNERS = {"msp": "ours", "client": "the client's own IT's"}
WORK_TYPES = {
    "remote": "remote work",
    "onsite": "work on site",
    "project": "project work",
    "training": "training",
    "travel": "travel",
}
ROLES = {"technician": "a technician", "engineer": "an engineer", "consultant": "a consultant"}
HOUR_CLASSES = {"business": "support hours", "after": "after hours", "holiday": "a holiday"}
MOST_ROWS = 40
_CODE = re.compile(r"[a-z0-9_]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. Conditions that are empty let everything pass.

    `owner` says whose work it is, ours or the client's own IT's; `rate` is for an hour of billable
    work and `multiplier` raises it; `agreement_id` is the one to turn to instead.
    """

    name: str
    verdict: str
    owner: str = "msp"
    service_ids: tuple[int, ...] = ()
    work_types: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    site_ids: tuple[int, ...] = ()
    device_classes: tuple[str, ...] = ()
    hour_classes: tuple[str, ...] = ()
    rate: Decimal | None = None
    multiplier: Decimal = Decimal(1)
    agreement_id: int | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InvalidFact("name", "is needed: it is what the reason says")
        for name, known in (("verdict", VERDICTS), ("owner", OWNERS)):
            if getattr(self, name) not in known:
                raise InvalidFact(name, f"{getattr(self, name)!r:.40} is not one of {_all(known)}")
        _check_words(self)
        if self.rate is not None:
            check_price("rate", self.rate)
        if not self.multiplier.is_finite() or not 0 < self.multiplier <= 10:
            raise InvalidFact("multiplier", "must be above 0 and at most 10")
        if (self.verdict == "other") != (self.agreement_id is not None):
            raise InvalidFact("agreement_id", "belongs to the verdict “other agreement”")


@dataclass(frozen=True, slots=True)
class Question:
    """A piece of work: what is not known stays empty, and a row that asks for it does not hold."""

    service_id: int | None = None
    work_type: str = ""
    role: str = ""
    site_id: int | None = None
    device_class: str = ""
    hour_class: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """A row with every condition that failed; none failed where it decided."""

    row: Row
    failed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """The row that decided, if any, the sentence that says so, and all rows tried."""

    row: Row | None
    reason: str
    tried: tuple[Tried, ...]


def decide(
    rows: Iterable[Row], question: Question, names: Mapping[str, Mapping[int, str]] | None = None
) -> Decision:
    """The first row whose conditions all hold. `names` are of services and sites, for the words."""
    tried, found = [], None
    for row in rows:
        failed = _failed(row, question, names or {})
        tried.append(Tried(row, failed))
        if not failed and found is None:
            found = row
    if found is None:
        said = "No row of the coverage table speaks of it." if tried else ""
        return Decision(None, said, tuple(tried))
    return Decision(found, _why(found), tuple(tried))


def sentence(row: Row, names: Mapping[str, Mapping[int, str]] | None = None) -> str:
    """A row as one sentence: `Nights: work after hours is billable, 1.5 times the rate`."""
    when = [_wanted(row, name, names or {}) for name in _WORDS if getattr(row, name)]
    said = f"{row.name}: {'; '.join(when) or 'everything'} is {_verdict(row)}"
    return said + ("" if row.owner == "msp" else ", by the client's own IT")


def read_rows(stored: object) -> tuple[Row, ...]:
    """The rows as they were stored; a wrong one is refused by its place and field."""
    if not isinstance(stored, list | tuple):
        raise InvalidFact("coverage", "must be a list of rows")
    if len(stored) > MOST_ROWS:
        raise InvalidFact("coverage", f"has at most {MOST_ROWS} rows")
    found = []
    for at, value in enumerate(stored):
        with inside(f"coverage[{at}]"):
            found.append(_read(value))
    return tuple(found)


def write_rows(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """The rows in values that JSON has; what says nothing is left out."""
    return [
        {
            one.name: _written(getattr(row, one.name))
            for one in fields(row)
            if getattr(row, one.name) != one.default
        }
        for row in rows
    ]


_WORDS: dict[str, Mapping[str, str]] = {
    "service_ids": {},
    "work_types": WORK_TYPES,
    "roles": ROLES,
    "site_ids": {},
    "device_classes": {},
    "hour_classes": HOUR_CLASSES,
}
_ASKED = {
    "service_ids": ("service_id", "the service"),
    "work_types": ("work_type", "the kind of work"),
    "roles": ("role", "the role"),
    "site_ids": ("site_id", "the site"),
    "device_classes": ("device_class", "the device"),
    "hour_classes": ("hour_class", "the hour"),
}


def _check_words(row: Row) -> None:
    for name, words in _WORDS.items():
        for value in getattr(row, name):
            if name == "work_types" and _CODE.fullmatch(value):
                continue  # the MSP may have kinds of work of its own
            if words and value not in words:
                raise InvalidFact(name, f"{value!r:.40} is not one of {_all(words)}")


def _failed(
    row: Row, question: Question, names: Mapping[str, Mapping[int, str]]
) -> tuple[str, ...]:
    failed = []
    for name, (asked, what) in _ASKED.items():
        wanted, given = getattr(row, name), getattr(question, asked)
        if wanted and given not in wanted:
            said = _one(name, given, names) if given else f"{what} is not known"
            failed.append(f"it is for {_wanted(row, name, names)}, and {_this(said, given)}")
    return tuple(failed)


def _this(said: str, given: object) -> str:
    return f"this is {said}" if given else said


def _wanted(row: Row, name: str, names: Mapping[str, Mapping[int, str]]) -> str:
    return " or ".join(_one(name, value, names) for value in getattr(row, name))


def _one(name: str, value: Any, names: Mapping[str, Mapping[int, str]]) -> str:
    if name in ("service_ids", "site_ids"):
        return names.get(name, {}).get(value, f"number {value}")
    said = str(value).replace("_", " ")
    return _WORDS[name].get(value) or (said if name == "work_types" else f"a {said}")


def _why(row: Row) -> str:
    return f'The row "{row.name}" decides: {_verdict(row)}, and the work is {OWNERS[row.owner]}.'


def _verdict(row: Row) -> str:
    said = VERDICTS[row.verdict]
    if row.verdict != "billable":
        return said
    if row.rate is not None:
        said += f" at {row.rate.normalize():f} an hour"
    return said + (f", {row.multiplier.normalize():f} times" if row.multiplier != 1 else "")


def _read(value: object) -> Row:
    facts = Facts(value)
    row = Row(
        name=facts.text("name"),
        verdict=facts.text("verdict"),
        owner=facts.text("owner", "msp"),
        service_ids=_ids(facts, "service_ids"),
        work_types=facts.texts("work_types", most=20),
        roles=facts.texts("roles", most=20),
        site_ids=_ids(facts, "site_ids"),
        device_classes=facts.texts("device_classes", most=40),
        hour_classes=facts.texts("hour_classes", most=5),
        rate=facts.decimal("rate") if facts.has("rate") else None,
        multiplier=facts.decimal("multiplier", Decimal(1)),
        agreement_id=facts.whole("agreement_id") if facts.has("agreement_id") else None,
    )
    facts.done()
    return row


def _ids(facts: Facts, name: str) -> tuple[int, ...]:
    found = facts.items(name, most=200)
    if not all(isinstance(value, int) and not isinstance(value, bool) for value in found):
        raise InvalidFact(name, "must be whole numbers")
    return tuple(value for value in found if isinstance(value, int))


def _written(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return list(value) if isinstance(value, tuple) else value


def _all(known: Iterable[str] | Sequence[str]) -> str:
    return ", ".join(known)
