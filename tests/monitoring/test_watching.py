"""Values against limits, from the reading that comes in to the incident and its ticket."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring import actions, tasks
from monitoring.models import Check, CheckTemplate, Flip, Incident, Series, Signal
from monitoring.queries import history, standing
from monitoring.rules.contents import Words
from monitoring.rules.definitions import Definition
from monitoring.rules.schedules import Schedule
from monitoring.rules.thresholds import Level, Limits
from msp.kit.refusals import Refused
from tests.monitoring.estate import BY, T0, Estate, after, check
from tests.monitoring.test_drain import drained, put
from tests.monitoring.test_quiet import wake, window
from tests.monitoring.test_sweep import lapse, pulse
from tickets.models import Ticket

LIMITS = Limits(warning=Level(90, 80), critical=Level(98, 90))
Drain = Callable[[], int]


def values(where: Estate, *samples: tuple[float, float], name: str = "cpu") -> None:
    """Beats with a value each, as seconds after T0 and value."""
    for seconds, value in samples:
        put(where, seconds, metrics={name: value})
    drained()


@pytest.fixture
def watched(harbor: Estate) -> Check:
    """A server whose processor is watched; the first value made the series known."""
    heartbeat = check(harbor)
    values(harbor, (1, 10))
    return actions.define_check(
        device=heartbeat.device, name="CPU", by=BY, at=T0,
        definition=Definition(kind="threshold", series="cpu", limits=LIMITS),
    )  # fmt: skip


def test_a_value_over_its_limit_is_one_incident_from_warning_to_problem_to_well(
    harbor: Estate, watched: Check, drain: Drain
) -> None:
    values(harbor, (60, 50), (120, 93))
    incident = Incident.objects.get()
    assert (incident.severity, incident.told, incident.state) == ("warning", "warning", "open")
    assert incident.title == "CPU on hdg-srv-01 at 93%"
    assert incident.opened_at == T0 + after(120)
    drain()
    assert Ticket.objects.get().priority == Ticket.Priority.MEDIUM
    values(harbor, (180, 99), (240, 99))
    incident.refresh_from_db()
    assert (incident.severity, incident.told) == ("critical", "critical")
    drain()
    ticket = Ticket.objects.get()
    assert ticket.priority == Ticket.Priority.CRITICAL
    values(harbor, (300, 85), (360, 79))
    incident.refresh_from_db()
    assert incident.resolved_at == T0 + after(360)
    assert Incident.objects.count() == Signal.objects.count() == 1
    watched.refresh_from_db()
    assert (watched.status, watched.status_at) == ("up", T0 + after(360))
    said = [(flip.status, flip.at) for flip in watched.flips.order_by("at")]
    assert said == [
        ("up", T0 + after(60)), ("degraded", T0 + after(120)), ("up", T0 + after(360)),
    ]  # fmt: skip


def test_what_is_over_within_one_batch_is_past_and_no_incident(
    harbor: Estate, watched: Check
) -> None:
    values(harbor, (60, 99), (120, 20))
    assert not Incident.objects.exists()
    assert watched.flips.filter(status="degraded").exists()


def test_what_was_warned_of_and_is_a_problem_after_a_window_is_told(
    harbor: Estate, watched: Check
) -> None:
    """Warning, well and then worse, all within: what is heard is that it got worse (H3)."""
    values(harbor, (60, 50), (120, 93))
    incident = Incident.objects.get()
    assert incident.told == "warning"
    window(150, 600)
    values(harbor, (180, 50), (240, 99))
    incident.refresh_from_db()
    assert (incident.told, incident.quiet) == ("warning", "maintenance")
    values(harbor, (590, 99))
    assert wake(660) == 1
    incident.refresh_from_db()
    assert (incident.told, incident.resolved_at) == ("critical", None)
    assert Incident.objects.count() == 1


def test_a_device_without_limits_costs_no_query_more(harbor: Estate) -> None:
    check(harbor)
    values(harbor, (1, 10))
    put(harbor, 60, metrics={"cpu": 99})
    with CaptureQueriesContext(connection) as asked:
        drained()
    said = [one["sql"] for one in asked.captured_queries]
    assert not [sql for sql in said if "limits" in sql or "checktemplate" in sql]


def test_values_that_stop_while_the_device_goes_on_are_unknown(
    harbor: Estate, watched: Check
) -> None:
    values(harbor, (60, 50))
    for seconds in (120, 180, 240):
        put(harbor, seconds)
    drained()
    assert lapse(239) == 0
    assert lapse(240) == 1
    watched.refresh_from_db()
    assert watched.status == "unknown"
    incident = Incident.objects.get()
    assert (incident.severity, incident.title) == (
        "warning", "No values of CPU from hdg-srv-01",
    )  # fmt: skip
    values(harbor, (300, 50))
    incident.refresh_from_db()
    assert incident.state == "resolved"


def test_of_a_silent_device_the_silence_is_the_incident(harbor: Estate, watched: Check) -> None:
    values(harbor, (60, 50))
    assert lapse(1000) == 2
    incident = Incident.objects.get()
    assert incident.title == "No heartbeat from hdg-srv-01"


def test_a_problem_and_a_silence_of_one_device_are_one_fault(
    harbor: Estate, watched: Check
) -> None:
    """Each signal ends alone, and the incident with the last of them (I3, K1)."""
    values(harbor, (60, 99))
    assert lapse(240) == 1
    incident = Incident.objects.get()
    assert incident.signals.filter(cleared_at=None).count() == 2
    values(harbor, (300, 99))
    incident.refresh_from_db()
    assert incident.resolved_at is None
    assert incident.signals.filter(cleared_at=None).count() == 1
    values(harbor, (360, 10))
    incident.refresh_from_db()
    assert incident.resolved_at == T0 + after(360)


def test_a_paused_limit_is_not_judged(harbor: Estate, watched: Check) -> None:
    actions.pause_check(check=watched, by=BY, at=T0)
    values(harbor, (60, 99))
    assert not Incident.objects.exists()


def test_a_limit_that_is_resumed_is_raised_anew(harbor: Estate, watched: Check) -> None:
    values(harbor, (60, 99))
    actions.pause_check(check=watched, by=BY, at=T0 + after(70))
    assert Incident.objects.get().state == "resolved"
    actions.resume_check(check=watched, by=BY, at=T0 + after(80))
    values(harbor, (120, 99))
    assert Incident.objects.filter(resolved_at=None).count() == 1


def test_a_limit_that_goes_ends_its_incident_and_leaves_the_series_alone(
    harbor: Estate, watched: Check
) -> None:
    values(harbor, (60, 99))
    actions.remove_check(check=watched, by=BY, at=T0 + after(70))
    assert Incident.objects.get().state == "resolved"
    assert not Series.objects.get(name="cpu").watched
    values(harbor, (120, 99))
    assert Incident.objects.count() == 1


def test_other_limits_are_judged_with_the_next_value(harbor: Estate, watched: Check) -> None:
    values(harbor, (60, 85))
    stricter = Definition(kind="threshold", series="cpu", limits=Limits(critical=Level(80, 70)))
    actions.redefine_check(check=watched, definition=stricter, by=BY, at=T0 + after(70))
    assert not Incident.objects.exists()
    values(harbor, (120, 85))
    assert Incident.objects.get().severity == "critical"


def test_nothing_a_sender_says_reaches_a_limit_by_its_name(harbor: Estate, watched: Check) -> None:
    put(harbor, 60, check="cpu", signal="fail")
    drained()
    watched.refresh_from_db()
    assert watched.status == "new"
    assert Check.objects.filter(slug="cpu", kind="period").count() == 1


# -- templates -------------------------------------------------------------------------------------


def test_a_class_of_devices_gets_its_limits_when_a_value_comes_up(harbor: Estate) -> None:
    for slug, series in (("cpu", "cpu"), ("disk", "disk:*")):
        actions.keep_template(
            device_class="server", name=slug.upper(), slug=slug, by=BY, at=T0,
            definition=Definition(kind="threshold", series=series, limits=LIMITS),
        )  # fmt: skip
    check(harbor)
    put(harbor, 1, metrics={"cpu": 1, "disk:/": 2, "disk:/var": 3, "load": 4})
    drained()
    tasks.follow_devices([Check.objects.get().device_id])  # not while the batch holds what it wrote
    given = Check.objects.filter(kind="threshold").order_by("slug")
    assert [(one.slug, one.name) for one in given] == [
        ("=cpu", "CPU"), ("=disk", "DISK /"), ("=disk-var", "DISK /var"),
    ]  # fmt: skip
    put(harbor, 60, metrics={"disk:/var": 99})
    drained()
    assert Incident.objects.get().check_row.slug == "=disk-var"


def test_what_watches_values_is_held_before_the_counter_of_incidents(harbor: Estate) -> None:
    """Whoever changes such a check has it first and then waits for the counter."""
    found = check(harbor)
    put(harbor, 1, metrics={"cpu": 1})
    drained()
    limits = Definition(kind="threshold", series="cpu", limits=LIMITS)
    actions.define_check(device=found.device, name="CPU", definition=limits, by=BY, at=T0)
    lapse(200)
    put(harbor, 300, metrics={"cpu": 99})
    with CaptureQueriesContext(connection) as seen:
        drained()
    held = [one["sql"] for one in seen if "FOR UPDATE" in one["sql"]]
    counter = next(at for at, sql in enumerate(held) if "incidentnumber" in sql)
    assert any("'threshold'" in sql for sql in held[:counter])
    assert Incident.objects.filter(resolved_at=None).get().check_row.slug == "=cpu"


def test_a_device_that_reports_first_gets_the_jobs_of_its_class(
    harbor: Estate, drain: Drain
) -> None:
    nightly = Definition(kind="cron", schedule=Schedule("cron", "0 2 * * *", "America/Chicago"))
    actions.keep_template(
        device_class="workstation", name="Backup", definition=nightly, by=BY, at=T0
    )
    put(harbor, 1, host="hdg-pc-77")
    drained()
    drain()
    backup = Check.objects.get(slug="backup")
    assert (backup.status, backup.period_seconds) == ("new", 86_400)
    drain()
    assert Check.objects.filter(slug="backup").count() == 1
    actions.drop_template(template=CheckTemplate.objects.get(), by=BY, at=T0)
    assert Check.objects.filter(slug="backup").exists()


# -- schedules, failures and words through the drain -----------------------------------------------


def test_a_job_on_a_schedule_is_missed_at_its_tick_and_not_before(harbor: Estate) -> None:
    """Nightly at two in Chicago with half an hour to spare: due at 07:30 UTC."""
    server = check(harbor).device
    nightly = Definition(
        kind="cron", grace=1800, schedule=Schedule("cron", "0 2 * * *", "America/Chicago")
    )
    job = actions.define_check(device=server, name="Backup", definition=nightly, by=BY, at=T0)
    put(harbor, 5, check="backup")
    drained()
    job.refresh_from_db()
    assert job.due_at == T0 + after(17.5 * 3600)
    Check.objects.exclude(pk=job.pk).delete()
    assert lapse(17.5 * 3600 - 1) == 0
    assert lapse(17.5 * 3600) == 1
    assert Incident.objects.get().title == "Backup on hdg-srv-01 did not report"


def test_it_takes_as_many_failures_as_was_said(harbor: Estate) -> None:
    server = check(harbor).device
    actions.define_check(
        device=server, name="Sync", by=BY, at=T0,
        definition=Definition(period=3600, grace=60, fail_threshold=3),
    )  # fmt: skip
    for seconds, signal in enumerate(["fail", "fail", "ok", "fail", "fail"]):
        put(harbor, seconds, check="sync", signal=signal)
    drained()
    assert not Incident.objects.exists()
    put(harbor, 9, check="sync", signal="fail")
    drained()
    assert Incident.objects.get().title == "Sync on hdg-srv-01 failed"


def test_a_message_means_what_its_words_say(harbor: Estate) -> None:
    server = check(harbor).device
    job = actions.define_check(
        device=server, name="Backup", by=BY, at=T0,
        definition=Definition(period=3600, grace=60, words=Words(fail=("error",), ok=("done",))),
    )  # fmt: skip
    put(harbor, 1, check="backup", text="done, 3 files")
    put(harbor, 2, check="backup", text="hello")
    drained()
    job.refresh_from_db()
    assert (job.status, job.last_seen_at) == ("up", T0 + after(1))
    put(harbor, 3, check="backup", text="done with 1 error")
    drained()
    job.refresh_from_db()
    assert job.status == "down"


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (Definition(kind="cron", schedule=Schedule("cron", "61 * * * *")), "schedule"),
        (Definition(kind="cron"), "schedule"),
        (Definition(kind="threshold", series="fan", limits=LIMITS), "series"),
        (Definition(kind="threshold", series="cpu", limits=Limits()), "critical"),
        (Definition(kind="weekly"), "kind"),
        (Definition(period=1), "period"),
        (Definition(fail_threshold=0), "fail_threshold"),
        (Definition(max_run=1), "max_run"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    harbor: Estate, wanted: Definition, field: str
) -> None:
    server = check(harbor).device
    with pytest.raises(Refused) as refused:
        actions.define_check(device=server, name="X", definition=wanted, by=BY, at=T0)
    assert refused.value.field == field


def test_the_sweep_finds_both(harbor: Estate, watched: Check) -> None:
    values(harbor, (60, 50))
    assert tasks.sweep_one(pulse(T0, T0 + after(400))) == 2
    assert Flip.objects.filter(status="unknown").count() == 1


def test_values_that_come_more_seldom_than_the_heartbeat_are_waited_for_as_long(
    harbor: Estate, watched: Check
) -> None:
    """Each ten minutes, beside a heartbeat a minute: unknown at first, and never again."""
    for minute in range(2, 182, 2):
        metrics = {} if minute % 10 else {"metrics": {"cpu": 20}}
        put(harbor, minute * 60, **metrics)
        drained()
        lapse(minute * 60)
    watched.refresh_from_db()
    assert (watched.status, watched.period_seconds) == ("up", 600)
    gaps = watched.flips.filter(status="unknown")
    assert gaps.exists()
    assert gaps.latest("at").at < T0 + after(3600)
    now = T0 + after(181 * 60)
    (strip,) = history.last_hour([watched], standing.Pulse(now, now)).values()
    assert set(strip.states) == {"up"}
    assert not Incident.objects.filter(resolved_at=None).exists()
