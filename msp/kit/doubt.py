"""Whether we doubt that we hear: kept for all processes, told to the operator, gone when over.

Many MSPs silent at once are rather our own failure. Who judges silence writes it, `/alertz` and the
operator's mail read it.
"""

import json
from typing import Any

from msp.kit.live import valkey

_KEY = "hearing:doubted"
_TOLD = "hearing:told"
KEEP_SECONDS = 86_400


def keep(facts: dict[str, Any]) -> None:
    """What is doubted now."""
    valkey().set(_KEY, json.dumps(facts), ex=KEEP_SECONDS)


def kept() -> dict[str, Any] | None:
    """What is doubted; None where nothing is."""
    raw: Any = valkey().get(_KEY)
    return json.loads(raw) if raw else None


def drop() -> None:
    """It is over."""
    valkey().delete(_KEY)


def tell(began_at: str) -> None:
    """The operator was told of the doubt that began then."""
    valkey().set(_TOLD, began_at, ex=KEEP_SECONDS)


def told() -> str:
    """Which doubt the operator was told of last."""
    raw: Any = valkey().get(_TOLD)
    return raw.decode() if raw else ""
