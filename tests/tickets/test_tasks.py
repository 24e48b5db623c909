"""The sweep finds what is over in every MSP and leaves the rest alone."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from celery.signals import before_task_publish

from tenants import context, work
from tests.tickets.conftest import Scene, build_scene, clock_of, ny
from tickets import tasks


@pytest.fixture
def queued() -> Iterator[list[tuple[str, str]]]:
    """The tasks that went to the broker, each with the schema it was queued from."""
    seen: list[tuple[str, str]] = []

    def note(sender: str = "", headers: dict[str, Any] | None = None, **_: Any) -> None:
        seen.append((sender, (headers or {}).get(work.HEADER, "")))

    before_task_publish.connect(note)
    yield seen
    before_task_publish.disconnect(note)


def test_the_sweep_hints_only_where_something_is_due(
    scene: Scene, beta: context.Tenant, queued: list[tuple[str, str]]
) -> None:
    with context.inside(beta):
        build_scene().open(at=ny(2026, 6, 1, 10), priority=4)
    ticket = scene.open(at=ny(2026, 6, 1, 10), priority=1)
    with time_machine.travel(ny(2026, 6, 1, 10, 15), tick=False):
        tasks.settle()  # what is nearly over is told
        tasks.sweep_clocks()
        assert queued == []
    with time_machine.travel(ny(2026, 6, 1, 10, 16), tick=False):
        tasks.sweep_clocks()
        assert queued == [("tickets.tasks.settle", "t_alpha")]
        tasks.settle()
        tasks.sweep_clocks()
    assert queued == [("tickets.tasks.settle", "t_alpha")]
    assert clock_of(ticket, "response").missed_at == ny(2026, 6, 1, 10, 15)


def test_the_tasks_know_whose_they_are() -> None:
    assert work.SCOPES["tickets.tasks.sweep_clocks"] == "platform"
    assert work.SCOPES["tickets.tasks.settle"] == "tenant"
