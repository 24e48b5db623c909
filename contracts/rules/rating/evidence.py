"""Which rule counted or dropped each unit, in values a trace keeps."""

from typing import Any

from contracts.rules.rating.counting import Counted

MOST_TOLD = 200


def rules_said(counted: Counted) -> dict[str, Any]:
    """What is special about units that count, who does not count and why, what was said by hand.

    What says nothing is left out, so that a plain line has a plain trace.
    """
    said: dict[str, Any] = {}
    notes = {f"{one.unit_type}:{one.unit_id}": one.note for one in counted.units if one.note}
    if notes:
        said["notes"] = dict(list(notes.items())[:MOST_TOLD])
    if counted.dropped:
        said["dropped"] = [
            {"type": one.unit_type, "id": one.unit_id, "name": one.name, "rule": one.rule}
            for one in counted.dropped[:MOST_TOLD]
        ]
        said["dropped_units"] = len(counted.dropped)
    if counted.overrides:
        said["overridden_days"] = counted.overridden_days
        said["overrides"] = [
            {
                "from": one.period.start.isoformat(),
                "to": one.period.end.isoformat(),
                "quantity": one.quantity,
                "reason": one.reason,
            }
            for one in counted.overrides
        ]
    return said
