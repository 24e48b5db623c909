"""Jobs that say when they begin, that fail, and outages that were over before anybody looked."""

from monitoring import actions
from monitoring.models import Flip, Incident
from tests.monitoring.estate import BY, T0, Estate, after, check, device
from tests.monitoring.test_drain import drained, put


def test_a_job_that_fails_opens_an_incident_and_its_success_ends_it(harbor: Estate) -> None:
    job = actions.add_check(
        device=device(harbor), name="Backup", slug="backup", period=86400, grace=3600, by=BY, at=T0
    )
    put(harbor, 0, check="backup", signal="start", run_id="r1")
    put(harbor, 600, check="backup", signal="fail", run_id="r1", text="disk full")
    drained()
    job.refresh_from_db()
    assert (job.status, job.duration_ms) == ("down", 600_000)
    incident = Incident.objects.get()
    assert incident.title == "Backup on hdg-srv-01 failed"
    assert (incident.opened_at, incident.words) == (T0 + after(600), "disk full")
    put(harbor, 900, check="backup")
    drained()
    incident.refresh_from_db()
    assert incident.resolved_at == T0 + after(900)
    job.refresh_from_db()
    assert job.status == "up"
    flips = Flip.objects.filter(check_row=job).order_by("at").values_list("status", "at")
    assert list(flips) == [
        ("up", T0), ("down", T0 + after(600)), ("up", T0 + after(900)),
    ]  # fmt: skip


def test_an_outage_inside_a_backlog_is_kept_as_history(harbor: Estate) -> None:
    known = check(harbor)
    for seconds in (60, 600, 660):
        put(harbor, seconds)
    drained()
    flips = Flip.objects.filter(check_row=known).order_by("at").values_list("status", "at")
    assert list(flips) == [("down", T0 + after(240)), ("up", T0 + after(600))]
    assert not Incident.objects.exists()


def test_a_paused_check_takes_beats_and_stays_paused(harbor: Estate) -> None:
    known = check(harbor, status="paused", due_at=None)
    put(harbor, 60)
    drained()
    known.refresh_from_db()
    assert known.status == "paused"
