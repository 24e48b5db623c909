"""Reading a JSON body without trusting it."""

import codecs
import json
from typing import Any

from django.conf import settings
from rest_framework import exceptions, parsers


class TooLarge(exceptions.APIException):
    """The body is larger than this address reads."""

    status_code = 413
    default_code = "too_large"
    default_detail = "The body is larger than this address reads."


class JSONParser(parsers.JSONParser):
    """JSON that says what is wrong with it; depth and NUL characters never reach the database."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(most + 1)
        if len(raw) > most:
            raise TooLarge
        try:
            value = json.loads(codecs.decode(raw, "utf-8"), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise exceptions.ParseError(
                f"The body is not JSON that can be read: {error}"
            ) from error
        _refuse_odd_text(value)
        return value


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is not JSON")


def _refuse_odd_text(value: Any) -> None:
    """No NUL, which PostgreSQL cannot store, and no half of a surrogate pair, which is no text."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += one.keys()
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and ("\x00" in one or not _is_text(one)):
            raise exceptions.ParseError("The body holds a NUL or a broken surrogate character.")


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
