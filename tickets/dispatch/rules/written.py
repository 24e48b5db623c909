"""Rotas and chains as rows keep them, and what is wrong with one somebody wrote."""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from tickets.dispatch.rules.chain import KINDS, Chain, Step, Target
from tickets.dispatch.rules.rota import UNITS, Hours, Layer

FIRST, LAST = date(2000, 1, 1), date(2199, 12, 31)  # what turns are counted between
MOST_LAYERS = 6
MOST_STEPS = 10
MOST_REPEATS = 9
LEAST_REMINDER = 300  # what is told again sooner is told as one anyway (notices/rules/grouping)


class BadPlan(ValueError):
    """Something that cannot be meant; `field` is where."""

    def __init__(self, reason: str, *, field: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


def layer_of(kept: Mapping[str, Any]) -> Layer:
    """A layer as a row keeps it."""
    return Layer(
        name=kept["name"],
        people=tuple(kept["people"]),
        starts_on=date.fromisoformat(kept["starts_on"]),
        handover=time.fromisoformat(kept["handover"]),
        unit=kept["unit"],
        every=kept["every"],
        ends_on=date.fromisoformat(kept["ends_on"]) if kept.get("ends_on") else None,
        hours=tuple(
            Hours(
                tuple(one["days"]), time.fromisoformat(one["start"]),
                time.fromisoformat(one["end"]),
            )
            for one in kept.get("hours", ())
        ),
    )  # fmt: skip


def kept_layer(layer: Layer) -> dict[str, Any]:
    """A layer for a row."""
    return {
        "name": layer.name,
        "people": list(layer.people),
        "starts_on": layer.starts_on.isoformat(),
        "handover": layer.handover.isoformat("minutes"),
        "unit": layer.unit,
        "every": layer.every,
        "ends_on": layer.ends_on.isoformat() if layer.ends_on else None,
        "hours": [
            {
                "days": list(one.days),
                "start": one.start.isoformat("minutes"),
                "end": one.end.isoformat("minutes"),
            }
            for one in layer.hours
        ],
    }


def demand_layers(layers: Sequence[Layer]) -> None:
    """Raise BadPlan where a rota could never be read the way it was meant."""
    if len(layers) > MOST_LAYERS:
        raise BadPlan(f"At most {MOST_LAYERS} layers.", field="layers")
    names = [layer.name for layer in layers]
    if len(set(names)) < len(names):
        raise BadPlan("Two layers have the same name.", field="name")
    for layer in layers:
        _demand_layer(layer)


def _demand_layer(layer: Layer) -> None:
    if not layer.name:
        raise BadPlan("Give the layer a name.", field="name")
    if not layer.people:
        raise BadPlan("Choose who takes turns.", field="people")
    if layer.unit not in UNITS or not 1 <= layer.every <= 52:
        raise BadPlan("A turn lasts 1 to 52 days or weeks.", field="every")
    for field, day in (("starts_on", layer.starts_on), ("ends_on", layer.ends_on)):
        if day is not None and not FIRST.year <= day.year <= LAST.year:
            raise BadPlan(f"A date from {FIRST.year} to {LAST.year}, please.", field=field)
    if layer.ends_on is not None and layer.ends_on <= layer.starts_on:
        raise BadPlan("It ends before it begins.", field="ends_on")
    if any(not one.days for one in layer.hours):
        raise BadPlan("Choose the days, or leave the hours empty.", field="days")


def chain_of(kept: Mapping[str, Any]) -> Chain:
    """A chain as a row keeps it."""
    steps = tuple(
        Step(one["after"], tuple(Target(kind, pk) for kind, pk in one["targets"]))
        for one in kept["steps"]
    )
    return Chain(steps, kept.get("repeat", 0), kept.get("remind", 0), kept.get("ask", 0))


def kept_chain(chain: Chain) -> dict[str, Any]:
    """A chain for a row."""
    return {
        "steps": [
            {"after": step.after, "targets": [[one.kind, one.id] for one in step.targets]}
            for step in chain.steps
        ],
        "repeat": chain.repeat,
        "remind": chain.remind,
        "ask": chain.ask,
    }


def demand_chain(chain: Chain) -> None:
    """Raise BadPlan where a chain would call nobody, or too often."""
    if not 1 <= len(chain.steps) <= MOST_STEPS:
        raise BadPlan(f"A policy has 1 to {MOST_STEPS} steps.", field="steps")
    for number, step in enumerate(chain.steps, 1):
        if not step.targets:
            raise BadPlan(f"Step {number} calls nobody.", field=f"targets{number}")
        if any(one.kind not in KINDS for one in step.targets):
            raise BadPlan(f"Step {number} names something unknown.", field=f"targets{number}")
        if not 0 <= step.after <= 86400:
            raise BadPlan("A step waits a day at most.", field=f"after{number}")
    if not 0 <= chain.repeat <= MOST_REPEATS:
        raise BadPlan(f"It starts again {MOST_REPEATS} times at most.", field="repeat")
    _demand_pace(chain.remind, "Remind every 5 minutes to every day, or never.", "remind")
    _demand_pace(chain.ask, "Ask after 5 minutes to a day, or never.", "ask")


def _demand_pace(seconds: int, reason: str, field: str) -> None:
    if seconds and not LEAST_REMINDER <= seconds <= 86400:
        raise BadPlan(reason, field=field)
