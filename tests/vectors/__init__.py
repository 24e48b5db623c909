"""Worked examples that were calculated apart from this code, as test parameters."""

import json
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


def psa() -> dict[str, str]:
    """Every example of agreements, clocks and billing: its id and the expected answer."""
    rows = json.loads((_HERE / "psa.json").read_text())
    return {row["id"]: row["expect"] for row in rows}


def monitoring() -> dict[str, Any]:
    """Every example of heartbeats and incidents, by the rule it shows."""
    found: dict[str, Any] = json.loads((_HERE / "monitoring.json").read_text())
    return found
