"""What else decides whether a unit counts, and for whom (psa Q5)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from msp.kit.facts import InvalidFact

REASONS = ("spare", "service account", "room", "mailbox", "loan", "silent", "other")


@dataclass(frozen=True, slots=True)
class Marks:
    """Facts of a unit beside its class and its days.

    `aside` says why it is none of those that are charged for: a spare, a service account. Several
    people work at a `shared` device; `seat_id` is the one a person works at. `payer_id` is the
    client that pays in place of the unit's own, `person_id` the contact who is the same person
    there, so that nobody is paid for twice.
    """

    aside: str = ""
    shared: bool = False
    seat_id: int | None = None
    payer_id: int | None = None
    person_id: int | None = None

    def __post_init__(self) -> None:
        if self.aside and self.aside not in REASONS:
            raise InvalidFact("aside", f"{self.aside!r:.60} is not one of {', '.join(REASONS)}")
        if self.person_id is not None and self.payer_id is None:
            raise InvalidFact("person", "is the same person only where another client pays")

    @classmethod
    def read(cls, stored: Mapping[str, Any], payer_id: int | None = None) -> Self:
        """Marks as they were stored; who pays stands beside them, where it can be looked for."""
        names = {one.name for one in fields(cls)} - {"payer_id"}
        known = {name: value for name, value in stored.items() if name in names}
        return cls(**known, payer_id=payer_id)

    def write(self) -> dict[str, Any]:
        """Marks in values that JSON has; what says nothing is left out, and who pays."""
        return {name: value for name, value in asdict(self).items() if value and name != "payer_id"}

    @property
    def said(self) -> str:
        """Marks in a few words."""
        said = [f"set aside as {self.aside}"] if self.aside else []
        said += ["shared by several people"] if self.shared else []
        said += ["at a shared place"] if self.seat_id else []
        said += ["paid by another client"] if self.payer_id else []
        return ", ".join(said) or "counted as usual"


UNMARKED = Marks()
