"""Making a PDF: data into a template of typst, the same bytes each time for the same data."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

LETTER = {"USD", "CAD", "MXN", "PHP"}


def sheet_of(currency: str) -> str:
    """The sheet that is common where the currency is."""
    return "us-letter" if currency in LETTER else "a4"


def render(template: str, data: Mapping[str, Any], *, stamp: datetime | None) -> bytes:
    """The PDF of a template under `templates/`: PDF/A where every letter can be embedded, else
    plain PDF. Everything comes in as data, so a client's name cannot be a command."""
    given = {"data": json.dumps(data)}
    source = _source(template)
    at = stamp.replace(microsecond=0) if stamp else None
    try:
        made = _compiler().compile(
            input=source, format="pdf", sys_inputs=given, pdf_standards="a-3b", timestamp=at
        )
    except typst.TypstError:
        made = _compiler().compile(input=source, format="pdf", sys_inputs=given, timestamp=at)
    if not isinstance(made, bytes):
        raise TypeError("The PDF came back in parts.")
    return made


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    return typst.Compiler()


@lru_cache(maxsize=16)
def _source(template: str) -> bytes:
    return (Path(settings.BASE_DIR) / "templates" / template).read_bytes()
