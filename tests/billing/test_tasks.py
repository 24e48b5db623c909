"""Opening months by themselves, and going on with what was left."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from billing import actions, tasks
from billing.models import Invoice, Run
from msp.kit.periods import month
from tenants import context
from tenants.notices.models import Notice
from tests import make
from tests.billing.conftest import JULY_1, JUNE
from tests.conftest import person

pytestmark = pytest.mark.django_db


def opened() -> list[str]:
    return [str(run) for run in Run.objects.order_by("starts_on")]


def test_on_the_first_the_month_before_is_opened_once(harbor, drain):
    with time_machine.travel(datetime(2026, 7, 1, 3, 59, tzinfo=UTC), tick=False):
        with context.outside():
            tasks.open_due_runs()  # still 30 June in New York
        assert opened() == ["May 2026"]
    with time_machine.travel(datetime(2026, 7, 1, 4, 0, tzinfo=UTC), tick=False):
        with context.outside():
            tasks.open_due_runs()
            tasks.open_due_runs()
        assert opened() == ["May 2026", "June 2026"]


def test_months_missed_while_nothing_ran_are_made_up_for(harbor):
    actions.open_run(period=month(2026, 3), by=make.BY, at=JULY_1)
    with time_machine.travel(JULY_1, tick=False), context.outside():
        tasks.open_due_runs()
    assert opened() == ["March 2026", "April 2026", "May 2026", "June 2026"]


def test_an_msp_without_agreements_opens_nothing(alpha):
    make.client("Quill Accounting")
    with time_machine.travel(JULY_1, tick=False), context.outside():
        tasks.open_due_runs()
    assert opened() == []


def test_each_msp_opens_its_own(harbor, beta):
    with context.inside(beta):
        make.agreement(make.client("Tokyo Kitchens"), make.flat("50.00"))
    with time_machine.travel(JULY_1, tick=False), context.outside():
        tasks.open_due_runs()
    assert opened() == ["June 2026"]
    with context.inside(beta):
        assert opened() == ["June 2026"]
        assert Run.objects.get().state == "counting"


def test_a_month_that_counted_itself_tells_who_may_approve_it(harbor, drain):
    with time_machine.travel(JULY_1, tick=False), context.outside():
        tasks.open_due_runs()
    tasks.count(Run.objects.get().pk)
    drain()
    heard = {notice.person.name: notice.text for notice in Notice.objects.all()}
    assert heard == {
        "Ada": "June 2026 is counted: 1 bill waits for review, 1 to look at.",
        "Fay": "June 2026 is counted: 1 bill waits for review, 1 to look at.",
    }


def test_a_month_a_person_counted_tells_nobody(harbor, drain):
    by = person("Fay")
    run = actions.open_run(period=JUNE, by=make.BY, at=JULY_1)
    from msp.kit.refs import Actor

    actions.count_run(run=run, by=Actor("person", by.pk, by.name), at=JULY_1)
    drain()
    assert not Notice.objects.exists()


def test_the_sweep_finds_what_is_left_to_do(harbor):
    from billing.queries import runs

    run = actions.open_run(period=JUNE, by=make.BY, at=JULY_1)
    assert runs.to_count() == []
    actions.ask_count(run=run, by=make.BY, at=JULY_1)
    assert runs.to_count() == [run.pk]
    tasks.count(run.pk)
    assert runs.to_count() == []
    actions.approve(invoices=Invoice.objects.all(), by=make.BY, at=JULY_1 + timedelta(1))
    assert runs.to_issue() == []
    actions.ask_issue(run=run, by=make.BY, at=JULY_1)
    assert runs.to_issue() == [run.pk]
    tasks.issue(run.pk)
    assert runs.to_issue() == []
    assert Run.objects.get().state == "issued"
