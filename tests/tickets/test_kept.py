"""Promises kept, by month: the query says what the rule says, and the pages say it in words."""

from datetime import date, datetime, timedelta
from typing import Any

import time_machine
from django.urls import reverse

from tests.tickets.conftest import Scene, ny
from tickets import actions
from tickets.models import Clock, Ticket
from tickets.queries import kept_by_month, kept_under
from tickets.rules.attainment import Score, Verdict, score, verdict_of

JUNE = date(2026, 6, 1)
AT = ny(2026, 6, 30, 12)


def answered(scene: Scene, *, at: datetime, after: timedelta, **facts: Any) -> Ticket:
    ticket = scene.open(at=at, priority=1, **facts)
    actions.reply(ticket=ticket, body="Here", by=scene.by, at=at + after)
    return ticket


def build(scene: Scene) -> None:
    """Three answered in time and one late in June, one in May, one merged, one open."""
    for day in (1, 2, 3):
        answered(scene, at=ny(2026, 6, day, 9), after=timedelta(minutes=5))
    late = answered(scene, at=ny(2026, 6, 4, 9), after=timedelta(minutes=16))
    gone = answered(scene, at=ny(2026, 6, 5, 9), after=timedelta(minutes=5))
    actions.merge(ticket=gone, into=late, by=scene.by, at=ny(2026, 6, 5, 10))
    answered(scene, at=ny(2026, 5, 29, 9), after=timedelta(minutes=5))
    scene.open(at=ny(2026, 6, 30, 11, 55), priority=1)


def test_months_count_what_was_judged_and_nothing_else(scene: Scene) -> None:
    build(scene)
    june, may, april = kept_under(scene.agreement, AT, 3)
    assert (june.month, may.month, april.total.judged) == (JUNE, date(2026, 5, 1), 0)
    assert june.scores["response"] == Score(3, 1)
    assert may.scores["response"] == Score(1, 0)
    assert june.words[0] == "We answered 3 of 4 requests in time."
    other = kept_by_month(client_id=scene.quill.pk, zone="UTC", at=AT, months=2)
    assert all(not month.total.judged for month in other)


def test_the_query_and_the_rule_agree(scene: Scene) -> None:
    build(scene)
    verdicts = []
    for row in Clock.objects.filter(ticket__merged_into__isnull=True):
        kept = verdict_of(met_at=row.met_at, missed_at=row.missed_at, stopped_at=row.stopped_at)
        if kept is not None:
            verdicts.append(Verdict(None, row.target, JUNE, kept))
    months = kept_under(scene.agreement, AT, 6)
    assert sum((month.total for month in months), Score()) == score(verdicts)


def test_pages_show_it_to_us_and_to_the_client(scene: Scene, ben: Any, portal: Any) -> None:
    build(scene)
    with time_machine.travel(AT, tick=False):
        page = ben.get(reverse("agreement", args=[scene.agreement.pk])).content.decode()
        assert "3 of 4" in page
        assert "75.00 %" in page
        client = ben.get(reverse("client", args=[scene.harbor.slug])).content.decode()
        assert "Promises kept" in client
        told = portal(scene.dana).get(reverse("portal-agreement")).content.decode()
        assert "We answered 3 of 4 requests in time." in told
        assert "May 2026" in told
        assert "kept" not in portal(scene.eve).get(reverse("portal-agreement")).content.decode()
