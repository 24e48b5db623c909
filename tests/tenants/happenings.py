"""Events and reactions that only tests tell, registered once."""

from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event, Told, reacts_to
from tenants.people.models import Team

HEARD: list[tuple[int, str]] = []


@dataclass(frozen=True)
class LampLit(Event):
    kind: ClassVar[str] = "tests.lamp_lit"
    sentence: ClassVar[str] = "lit the lamp {lamp_id} with {colour} light"
    lamp_id: int
    colour: str = "white"
    room_id: int | None = None


@reacts_to(LampLit)
def write_it_down(event: LampLit, told: Told) -> None:
    HEARD.append((event.lamp_id, told.by.name))
    Team.objects.create(name=f"lamp {event.lamp_id}")
    if event.colour == "broken":
        raise RuntimeError("the lamp is broken")
