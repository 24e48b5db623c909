"""What a log line says: of which MSP it is, what was asked for, and what went wrong."""

import io
import json
import logging
import logging.config

import pytest
from django.core.exceptions import ImproperlyConfigured
from structlog.contextvars import bound_contextvars

from msp.kit import logs
from tenants import context


def written(style: str) -> dict | str:
    """One line about a failure, as the style writes it."""
    config = logs.config(style, "INFO")
    formatter = logging.config.DictConfigurator(config).configure_formatter(
        config["formatters"][style]
    )
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(formatter)
    log = logging.Logger("steward.test")
    log.addHandler(handler)
    try:
        raise ValueError("no such thing")
    except ValueError:
        log.exception("It failed on %s", "this")
    return json.loads(out.getvalue()) if style == "json" else out.getvalue()


def test_a_json_line_says_whose_it_is_and_what_was_asked(alpha) -> None:
    with context.inside(alpha), bound_contextvars(request="GET /tickets"):
        line = written("json")
    assert line["event"] == "It failed on this"
    assert (line["level"], line["logger"]) == ("error", "steward.test")
    assert (line["tenant"], line["request"]) == (alpha.schema_name, "GET /tickets")
    assert "ValueError: no such thing" in line["exception"]
    assert line["timestamp"].endswith("Z")


def test_outside_of_an_msp_a_line_names_none(alpha) -> None:
    with context.outside():
        assert "tenant" not in written("json")


def test_people_get_plain_lines() -> None:
    assert "ERROR steward.test It failed on this" in written("line")


def test_another_style_is_refused_by_name() -> None:
    with pytest.raises(ImproperlyConfigured, match="LOG_FORMAT is json or line, not 'xml'"):
        logs.config("xml", "INFO")
