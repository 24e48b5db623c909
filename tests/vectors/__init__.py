"""Worked examples that were calculated apart from this code, as test parameters."""

import json
from pathlib import Path

_HERE = Path(__file__).parent


def psa() -> dict[str, str]:
    """Every example of agreements, clocks and billing: its id and the expected answer."""
    rows = json.loads((_HERE / "psa.json").read_text())
    return {row["id"]: row["expect"] for row in rows}
