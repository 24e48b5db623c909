"""Tables for spreadsheets. A text that a spreadsheet would run as a formula is kept a text."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def cell(value: Any) -> Any:
    """A value as it may stand in a file: numbers as they are, texts never as a formula."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA):
        return f"'{value}"
    return value


def text_of(rows: Iterable[Sequence[Any]]) -> str:
    """The rows as CSV, with a mark in front by which spreadsheets know that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([cell(value) for value in row])
    return "\ufeff" + out.getvalue()


def response(name: str, rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The rows as a file to keep."""
    answer = HttpResponse(text_of(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
