"""Changing a row field by field, and saying in words what was changed."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any


def apply(row: object, wanted: Mapping[str, Any], allowed: Collection[str]) -> list[str]:
    """Set the wanted values on the row; the names of those that were different, in order.

    A name that may not be changed is a mistake of the caller, not of a person.
    """
    changed = []
    for name, value in wanted.items():
        if name not in allowed:
            raise TypeError(f"{type(row).__name__}.{name} cannot be changed here.")
        if isinstance(value, str):
            value = value.strip()
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed.append(name)
    return changed


def said(names: Iterable[str], words: Mapping[str, str]) -> str:
    """`the name and the zone`, for the sentence of an event."""
    spoken = [words.get(name, f"the {name.replace('_', ' ')}") for name in names]
    return " and ".join([", ".join(spoken[:-1]), spoken[-1]] if len(spoken) > 1 else spoken)
