"""One rule for many things, as one test.

A parametrised rule over a thousand files is a thousand tests to collect, send and report: more
work than the rule itself.
"""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


def each(things: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[[], None]]:
    """Check all of them, tuples as several arguments, and say all that is wrong at once."""

    def over(rule: Callable[..., None]) -> Callable[[], None]:
        def test() -> None:
            every, wrong = list(things), []
            assert every, "There is nothing to check."
            for thing in every:
                try:
                    rule(*thing) if isinstance(thing, tuple) else rule(thing)
                except (AssertionError, pytest.fail.Exception) as error:
                    wrong.append(f"{_name(thing)}: {error}")
            assert wrong == [], "\n".join(wrong)

        test.__name__, test.__doc__, test.__module__ = rule.__name__, rule.__doc__, rule.__module__
        return test

    return over


def _name(thing: Any) -> str:
    return str(thing.relative_to(ROOT)) if isinstance(thing, Path) else str(thing)
