"""Many at once, with real threads and real commits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from msp.kit.refs import system
from msp.kit.refusals import Refused
from tenants import context
from tenants.journal.models import Entry
from tests.conftest import _tenant
from tests.tickets.conftest import Scene, build_scene, clock_of, ny
from tickets import actions
from tickets.models import Clock, Message, Ticket

AT = ny(2026, 6, 1, 10)


def at_once(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run the same work in threads that start together, each inside alpha."""
    tenant, barrier = _tenant("alpha"), Barrier(count)

    def run(number: int) -> Any:
        try:
            with context.inside(tenant):
                barrier.wait(timeout=20)
                return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def committed_scene() -> Scene:
    with context.inside(_tenant("alpha")):
        return build_scene()


def test_eight_who_open_the_same_ticket_open_one(committed: None) -> None:
    scene = committed_scene()

    def work(_number: int) -> int:
        return scene.open(at=AT, source_key="incident:9", by=system("Monitoring"), body="Down").pk

    assert len(set(at_once(8, work))) == 1
    with context.inside(_tenant("alpha")):
        ticket = Ticket.objects.get(source_key="incident:9")
        assert Clock.objects.filter(ticket=ticket).count() == 2
        assert Entry.objects.filter(kind="tickets.opened").count() == 1
        assert Message.objects.filter(ticket=ticket).count() == 1


def test_eight_tickets_have_eight_numbers_in_a_row(committed: None) -> None:
    scene = committed_scene()
    numbers = at_once(8, lambda number: scene.open(at=AT, subject=f"Ticket {number}").number)
    assert sorted(numbers) == list(range(min(numbers), min(numbers) + 8))


def test_eight_replies_are_eight_and_the_first_answers(committed: None) -> None:
    scene = committed_scene()
    with context.inside(_tenant("alpha")):
        pk = scene.open(at=AT).pk

    def work(number: int) -> int:
        ticket = Ticket.objects.get(pk=pk)
        return actions.reply(
            ticket=ticket, body=f"Reply {number}", by=scene.by, at=ny(2026, 6, 1, 10, number + 1)
        ).pk

    at_once(8, work)
    with context.inside(_tenant("alpha")):
        ticket = Ticket.objects.get(pk=pk)
        assert ticket.messages.count() == 8
        assert Entry.objects.filter(kind="tickets.replied", facts__first=True).count() == 1
        assert clock_of(ticket, "response").met_at == ticket.responded_at


def test_eight_who_resolve_and_pause_leave_one_truth(committed: None) -> None:
    scene = committed_scene()
    with context.inside(_tenant("alpha")):
        pk = scene.open(at=AT).pk

    def work(number: int) -> None:
        ticket = Ticket.objects.get(pk=pk)
        at = ny(2026, 6, 1, 11)
        if number % 2:
            actions.resolve(ticket=ticket, by=scene.by, at=at)
        else:
            facts = {"status": "scheduled", "pause_reason": "Visit", "by": scene.by, "at": at}
            actions.set_status(ticket=ticket, **facts)

    at_once(8, work)
    with context.inside(_tenant("alpha")):
        clock = clock_of(Ticket.objects.get(pk=pk), "resolution")
        assert clock.spans.filter(ended_at__isnull=True).count() <= 1


def test_sweeps_at_once_mark_a_miss_once(committed: None) -> None:
    scene = committed_scene()
    with context.inside(_tenant("alpha")):
        scene.open(at=AT, priority=1)
    marked = at_once(4, lambda _number: actions.breach_due(at=ny(2026, 6, 1, 12)))
    assert sum(marked) == 1
    with context.inside(_tenant("alpha")):
        assert Entry.objects.filter(kind="tickets.clock_missed").count() == 1


def test_four_sweeps_tell_a_share_of_a_target_once(committed: None) -> None:
    scene = committed_scene()
    with context.inside(_tenant("alpha")):
        scene.open(at=AT, priority=1)  # 70 % of a quarter of an hour
    at = ny(2026, 6, 1, 10, 11)
    assert sum(at_once(4, lambda _number: actions.warn_due(at=at))) == 1
    with context.inside(_tenant("alpha")):
        assert Entry.objects.filter(kind="tickets.clock_warned").count() == 1


def test_two_merged_into_each_other_at_once_leave_one(committed: None) -> None:
    """Whoever holds both first wins; the other finds that one of them has ended."""
    scene = committed_scene()
    with context.inside(_tenant("alpha")):
        pair = [scene.open(at=AT, subject=f"Ticket {number}").pk for number in (1, 2)]

    def merge(number: int) -> str:
        ticket = Ticket.objects.get(pk=pair[number])
        into = Ticket.objects.get(pk=pair[1 - number])
        try:
            actions.merge(ticket=ticket, into=into, by=system("Tests"), at=AT)
        except Refused as refused:
            return str(refused.field)
        return "merged"

    assert sorted(at_once(2, merge)) == ["into", "merged"]
    with context.inside(_tenant("alpha")):
        assert Ticket.objects.filter(merged_into__isnull=False).count() == 1
