"""Many writers at once: one open incident for each problem, and nobody waits for ever."""

import threading

import pytest
from django.db import connection, transaction

from monitoring.actions._incidents import Down, Incidents
from monitoring.models import Check, Incident, Signal
from tenants import context
from tests.monitoring.estate import BY, T0, after, estate, many


@pytest.mark.usefixtures("committed")
def test_eight_writers_of_the_same_hundred_problems_make_a_hundred_incidents() -> None:
    alpha = next(tenant for tenant in context.ready() if tenant.slug == "alpha")
    with context.inside(alpha):
        names = [f"pc-{number:03}" for number in range(100)]
        many(estate(), names, per_site=2, status="down")  # more would be one problem of the site
        keys = list(Check.objects.order_by("pk").values_list("pk", flat=True))
    start = threading.Barrier(8)
    made: list[int] = []

    def write(turn: int) -> None:
        order = keys[turn * 12 :] + keys[: turn * 12]
        try:
            with context.inside(alpha):
                start.wait()
                for first in range(0, 100, 20):
                    downs = [Down(pk, T0 + after(180)) for pk in order[first : first + 20]]
                    with transaction.atomic():
                        made.append(Incidents(by=BY, at=T0 + after(200)).open(downs))
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(turn,)) for turn in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with context.inside(alpha):
        assert len(made) == 40
        assert sum(made) == 100
        assert Incident.objects.filter(resolved_at=None).count() == 100
        assert Signal.objects.filter(cleared_at=None).count() == 100
        assert sorted(Incident.objects.values_list("number", flat=True)) == list(range(101, 201))


@pytest.mark.usefixtures("committed")
def test_opening_and_ending_at_the_same_time_leaves_nothing_half_done() -> None:
    alpha = next(tenant for tenant in context.ready() if tenant.slug == "alpha")
    with context.inside(alpha):
        many(estate(), [f"pc-{number}" for number in range(20)], per_site=1)
        keys = list(Check.objects.order_by("pk").values_list("pk", flat=True))
    start = threading.Barrier(4)

    def work(turn: int) -> None:
        try:
            with context.inside(alpha):
                start.wait()
                for step in range(5):
                    with transaction.atomic():
                        incidents = Incidents(by=BY, at=T0 + after(step))
                        if (turn + step) % 2:
                            incidents.recover_all([(pk, T0 + after(step)) for pk in keys])
                        else:
                            incidents.open([Down(pk, T0 + after(step)) for pk in keys])
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(turn,)) for turn in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with context.inside(alpha):
        opened = Incident.objects.filter(resolved_at=None)
        lit = set(Signal.objects.filter(cleared_at=None).values_list("incident_id", flat=True))
        assert set(opened.values_list("pk", flat=True)) == lit
        assert opened.values("check_row").distinct().count() == opened.count()
