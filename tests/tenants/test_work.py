"""Tasks run for the MSP they were queued from, in a real worker over the real broker."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from msp.kit import live
from tenants import context, work
from tenants.journal import tasks as journal_tasks
from tenants.notices import tasks as notice_tasks
from tenants.notices.models import Mail
from tests.conftest import NOW


def worker(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "msp.celery:app", "worker", "-c", "1",
         "-Q", "default,sending", "-l", "warning", "--without-gossip", "--without-mingle",
         *arguments],
        env={**os.environ, "STEWARD_ROLE": "worker", "DJANGO_SETTINGS_MODULE": "tests.settings"},
        start_new_session=True,
    )  # fmt: skip


def wait_for(condition: object, seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def running(committed: None, valkey: redis.Redis) -> Iterator[None]:
    process = worker()
    yield
    process.terminate()
    process.wait(timeout=30)


@pytest.mark.usefixtures("running")
def test_a_task_runs_inside_the_msp_it_was_queued_from() -> None:
    one, two = context.ready()
    for tenant in (one, two):
        with context.inside(tenant):
            Mail.objects.create(
                key="k", to=f"x@{tenant.slug}.example", subject="s", text="t",
                created_at=NOW, next_at=NOW,
            )  # fmt: skip
    with context.inside(one):
        work.hint(notice_tasks.send)

    def sent() -> bool:
        with context.inside(one):
            return Mail.objects.filter(sent_at__isnull=False).exists()

    assert wait_for(sent)
    with context.inside(two):
        assert not Mail.objects.filter(sent_at__isnull=False).exists()


def test_a_tenant_task_refuses_to_run_outside(db: None) -> None:
    with context.outside(), pytest.raises(work.WrongScope, match="needs an MSP"):
        journal_tasks.deliver([1])


def test_a_task_for_an_msp_that_is_gone_does_not_run_in_public(db: None) -> None:
    from django.db import connection
    from django_tenants.postgresql_backend.base import FakeTenant

    before = connection.tenant
    connection.tenant, connection.schema_name = FakeTenant("t_gone"), "t_gone"
    try:
        with pytest.raises(context.NoSuchMsp):
            journal_tasks.deliver([1])
    finally:
        connection.tenant, connection.schema_name = before, "public"


def test_a_broker_that_is_away_is_only_a_lost_hint(
    alpha: context.Tenant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gone = redis.Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(live, "valkey", lambda: gone)
    monkeypatch.setattr(live, "_believed_until", 0.0)
    monkeypatch.setattr(live, "_away_until", 0.0)
    started = time.monotonic()
    work.hint(journal_tasks.deliver, [1])
    live.publish("t_alpha", ["counts"])
    assert time.monotonic() - started < 1
    assert "the sweep will run" in caplog.text


def test_one_msps_failure_does_not_stop_the_others(
    alpha: context.Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    def look(tenant: context.Tenant) -> str:
        if tenant.slug == "alpha":
            raise RuntimeError("alpha is broken")
        return context.current_schema()

    assert work.for_each(look) == {"t_beta": "t_beta"}
    assert "failed for alpha" in caplog.text
