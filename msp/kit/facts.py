"""Reading plain stored or posted values so that whatever is wrong is named.

Versions of calendars and terms are kept as JSON. This turns such a mapping back into typed values
and answers with the field and the reason where it cannot.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

_REQUIRED: Any = object()


class InvalidFact(ValueError):
    """A value that cannot be used, with the field it stands in."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@contextmanager
def inside(path: str) -> Iterator[None]:
    """Name the place in a larger whole that a wrong part was found in."""
    try:
        yield
    except InvalidFact as error:
        raise InvalidFact(f"{path}.{error.field}", error.reason) from None


class Facts:
    """One mapping being read; `done` refuses what nobody asked for, so that a typo is noticed."""

    def __init__(self, values: object) -> None:
        if not isinstance(values, Mapping):
            raise InvalidFact("value", f"must be an object, not {_kind(values)}")
        self._values = values
        self._read: set[str] = set()

    def done(self) -> None:
        """Refuse fields that were not read."""
        for name in self._values:
            if name not in self._read:
                raise InvalidFact(str(name)[:80], "is not a known field")

    def has(self, name: str) -> bool:
        """Whether the field is there and not null."""
        self._read.add(name)
        return self._values.get(name) is not None

    def value(self, name: str) -> object:
        """Whatever stands there, for a reader of its own."""
        return self._value(name, _REQUIRED)

    def flag(self, name: str, default: bool = _REQUIRED) -> bool:
        """True or false."""
        value = self._value(name, default)
        if not isinstance(value, bool):
            raise InvalidFact(name, f"must be true or false, not {_kind(value)}")
        return value

    def whole(self, name: str, default: int = _REQUIRED) -> int:
        """A whole number."""
        value = self._value(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidFact(name, f"must be a whole number, not {_kind(value)}")
        return value

    def text(self, name: str, default: str = _REQUIRED) -> str:
        """A text."""
        value = self._value(name, default)
        if not isinstance(value, str):
            raise InvalidFact(name, f"must be a text, not {_kind(value)}")
        return value

    def decimal(self, name: str, default: Decimal = _REQUIRED) -> Decimal:
        """A decimal number, written as text so that no digit is lost on the way."""
        value = self._value(name, default)
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise InvalidFact(name, f"must be a decimal number as text, not {_kind(value)}")
        try:
            number = Decimal(value)
        except InvalidOperation:
            raise InvalidFact(name, f"{value!r:.80} is not a decimal number") from None
        if not number.is_finite():
            raise InvalidFact(name, f"{value!r:.80} is not a finite number")
        return number

    def day(self, name: str) -> date:
        """A date as year-month-day."""
        return as_day(name, self.text(name))

    def items(self, name: str, *, most: int) -> list[object]:
        """A list of anything; absent means empty."""
        value = self._value(name, [])
        if not isinstance(value, list | tuple):
            raise InvalidFact(name, f"must be a list, not {_kind(value)}")
        if len(value) > most:
            raise InvalidFact(name, f"has {len(value)} entries, at most {most} are allowed")
        return list(value)

    def texts(self, name: str, *, most: int) -> tuple[str, ...]:
        """A list of texts; absent means empty."""
        found = []
        for at, value in enumerate(self.items(name, most=most)):
            if not isinstance(value, str):
                raise InvalidFact(f"{name}[{at}]", f"must be a text, not {_kind(value)}")
            found.append(value)
        return tuple(found)

    def _value(self, name: str, default: Any) -> Any:
        self._read.add(name)
        value = self._values.get(name, default)
        if value is _REQUIRED:
            raise InvalidFact(name, "is missing")
        return value


def as_day(name: str, text: object) -> date:
    """A date from its text, or a refusal that names the field."""
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise InvalidFact(name, f"{text!r:.80} is not a date like 2026-06-01") from None


def _kind(value: object) -> str:
    return "null" if value is None else f"{type(value).__name__}"
