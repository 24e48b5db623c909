"""Log lines: JSON for machines that collect them, plain text for people at a terminal.

Both say of which MSP a line is, and what was asked for when it was written during a request.
"""

from collections.abc import MutableMapping
from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

Event = MutableMapping[str, Any]
PLAIN = "%(asctime)s %(levelname)s %(name)s %(message)s"


def config(style: str, level: str) -> dict[str, Any]:
    """Django's LOGGING for a style: `json` or `line`."""
    before = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        whose,
    ]
    last = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(),
    ]
    formatters = {
        "line": {"format": PLAIN},
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "foreign_pre_chain": before,
            "processors": last,
        },
    }
    if style not in formatters:
        raise ImproperlyConfigured(f"LOG_FORMAT is json or line, not {style!r}.")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": formatters,
        "handlers": {"out": {"class": "logging.StreamHandler", "formatter": style}},
        "root": {"handlers": ["out"], "level": level},
    }


def whose(_logger: Any, _method: str, event: Event) -> Event:
    """Name the schema the line was written in; outside of any it has none."""
    schema = getattr(connection, "schema_name", None)
    if schema and schema != "public":
        event["tenant"] = schema
    return event
