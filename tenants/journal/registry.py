"""The events the house can tell and who reacts to them."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar

from msp.kit.refs import Actor

EVENTS: dict[str, type["Event"]] = {}
REACTIONS: dict[str, "Reaction"] = {}


@dataclass(frozen=True)
class Event:
    """Something that happened, told in the past tense with ids and primitives only.

    `kind` is its stable name, `sentence` what the timeline says after the actor's name; it may
    name fields in braces. Every field that ends in `_id` becomes a reference the entry is
    found by.
    """

    kind: ClassVar[str] = ""
    sentence: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.kind or not cls.sentence:
            raise TypeError(f"{cls.__name__} needs a kind and a sentence.")
        if EVENTS.setdefault(cls.kind, cls).__qualname__ != cls.__qualname__:
            raise TypeError(f"Two events are called {cls.kind}.")

    def facts(self) -> dict[str, Any]:
        return asdict(self)

    def refs(self) -> list[str]:
        """`ticket:42` for every `ticket_id` that is set."""
        found = []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name.endswith("_id") and value is not None:
                found.append(f"{field.name.removesuffix('_id')}:{value}")
        return found


@dataclass(frozen=True)
class Told:
    """When and by whom the event was told, for the reaction."""

    entry_id: int
    at: datetime
    by: Actor


@dataclass(frozen=True)
class Reaction:
    name: str
    event: type[Event]
    function: Callable[[Any, Told], None]


def reacts_to(*events: type[Event]) -> Callable:
    """Run this function after the event's transaction, once in effect.

    It may be called twice and must not mind; its database effect and the stamp that it ran are
    one transaction. What leaves the house is recorded as a row and sent by a task.
    """

    def register(function: Callable[[Any, Told], None]) -> Callable[[Any, Told], None]:
        for event in events:
            name = f"{function.__module__}.{function.__name__}"
            key = name if len(events) == 1 else f"{name}[{event.kind}]"
            REACTIONS[key] = Reaction(key, event, function)
        return function

    return register


def reactions_to(kind: str) -> list[str]:
    return sorted(name for name, reaction in REACTIONS.items() if reaction.event.kind == kind)


def event_from(kind: str, facts: dict[str, Any]) -> Event:
    """The event of a stored entry; fields it has lost or gained since are tolerated."""
    cls = EVENTS[kind]
    known = {field.name for field in fields(cls)}
    return cls(**{name: value for name, value in facts.items() if name in known})


def sentence_of(kind: str, facts: dict[str, Any]) -> str:
    """What the timeline says about an entry, without the actor's name."""
    cls = EVENTS.get(kind)
    if cls is None:
        return kind
    try:
        return cls.sentence.format(**facts)
    except (KeyError, IndexError):
        return cls.sentence
