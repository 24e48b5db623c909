"""Pages of a list that moves: each begins where the one before ended, by value and not by count."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OrderBy, Q, QuerySet

ROWS = 50


@dataclass(frozen=True)
class Order:
    """One column to sort by; rows without a value stand last, the row's id decides ties."""

    column: str
    down: bool = False
    read: Callable[[str], Any] = int

    def by(self, *, back: bool) -> list[OrderBy]:
        down = self.down is not back
        nulls = {"nulls_first": True} if back else {"nulls_last": True}
        key = F(self.column).desc(**nulls) if down else F(self.column).asc(**nulls)
        return [key, F("pk").desc() if down else F("pk").asc()]

    def beyond(self, value: Any, pk: int, *, back: bool) -> Q:
        """The rows after (or before) a row with this value and id."""
        side = "lt" if self.down is not back else "gt"
        empty = Q(**{f"{self.column}__isnull": True})
        if value is None:
            found = empty & Q(**{f"pk__{side}": pk})
            return found | ~empty if back else found
        same = Q(**{self.column: value, f"pk__{side}": pk})
        found = Q(**{f"{self.column}__{side}": value}) | same
        return found if back else found | empty


@dataclass(frozen=True)
class Page:
    """Some rows, and the marks from which the next and the previous page begin."""

    rows: list[Any]
    next: str
    previous: str


def page_of(rows: QuerySet[Any], order: Order, *, after: str = "", before: str = "") -> Page:
    """The rows after or before a mark; a mark that cannot be read is the beginning."""
    back = bool(before)
    mark = _read(before or after, order)
    back = back and mark is not None
    asked = rows.order_by(*order.by(back=back))
    if mark is not None:
        asked = asked.filter(order.beyond(*mark, back=back))
    found = list(asked[: ROWS + 1])
    more, found = len(found) > ROWS, found[:ROWS]
    if back:
        found.reverse()
    if not found:
        return Page([], "", "")
    has_next, has_previous = (True, more) if back else (more, mark is not None)
    return Page(
        found,
        _write(found[-1], order) if has_next else "",
        _write(found[0], order) if has_previous else "",
    )


def _write(row: Any, order: Order) -> str:
    value = getattr(row, order.column)
    text = value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
    return f"{text}~{row.pk}"


def _read(mark: str, order: Order) -> tuple[Any, int] | None:
    text, _, pk = mark.partition("~")
    try:
        return (order.read(text) if text else None), int(pk)
    except ValueError:
        return None
