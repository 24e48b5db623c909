"""Real tools of others against the real intake and worker: what a key's page says to paste works.

All of them run at once, and each test looks at its own; .ci/senders puts them there.
"""

import shlex
import signal
import subprocess
import sys
import urllib.request
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource

from contracts.clients.models import Device
from monitoring import actions
from monitoring.models import Check, EnrolmentKey, Flip, Incident, Series
from monitoring.rules.recipes import Address, recipes
from tests.bench._product import free_port
from tests.databases import Databases
from tests.monitoring.estate import BY, T0, device
from tests.monitoring.live import (
    DEBIAN,
    HOST,
    Live,
    debian,
    live,
    python_of_senders,
    until,
)
from tickets.models import Ticket

pytestmark = pytest.mark.timeout(180)
SECOND = timedelta(seconds=1)
OWN = ("desk-01", "mon-01", "jobs-01", "srv-01")  # devices with keys of their own


@pytest.fixture(scope="module")
def running(
    databases: Databases, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    """Everything is begun at once: a tool needs a second or two for its first words."""
    with django_db_blocker.unblock():
        with live(databases, tmp_path_factory.mktemp("senders")) as made:
            made.tokens = {name: own_key(made, name) for name in OWN}
            begin_glances(made)
            if DEBIAN.exists():
                begin_prometheus(made)
                begin_collectd(made)
                begin_monit(made)
            yield made


def pasted(made: Live, token: str, *, of_device: bool = False) -> dict[str, str]:
    """What the page of a key says to paste, by tool."""
    return {one.slug: one.text for one in recipes(Address(made.base, token, of_device))}


def own_key(made: Live, name: str) -> str:
    """A device with a key that speaks for it alone."""
    _key, token = actions.enrol_key(
        site=made.where.site, device=device(made.where, name), name=name, by=BY, at=T0
    )
    return token


def check(name: str, slug: str = "heartbeat") -> Check | None:
    return Check.objects.filter(device__name__iexact=name, slug=slug).first()


def measured(name: str) -> set[str]:
    rows = Series.objects.filter(device__name=name, last_value__isnull=False)
    return set(rows.values_list("name", flat=True))


# -- Monit -----------------------------------------------------------------------------------------


def begin_monit(made: Live) -> None:
    paste = pasted(made, made.tokens["mon-01"], of_device=True)["monit"]
    (made.folder / "queue").mkdir()
    (made.folder / "marker").write_text("small")
    settings = made.conf("monitrc", f"""
set daemon 1
set pidfile {made.folder}/monit.pid
set idfile {made.folder}/monit.id
set statefile {made.folder}/monit.state
{paste.replace("/var/lib/monit/events", f"{made.folder}/queue")}
check system $HOST
check file marker with path {made.folder}/marker
  if size > 10 B then alert
""")  # fmt: skip
    made.run("monit", debian("monit"), "-I", "-c", settings)


def queued(made: Live, text: str) -> int:
    """Change what Monit watches, and wait for the event it cannot get rid of; its second."""
    queue, before = made.folder / "queue", set((made.folder / "queue").iterdir())
    (made.folder / "marker").write_text(text)
    (event,) = until(lambda: set(queue.iterdir()) - before, lambda: made.log("monit"))
    return int(event.name.partition("_")[0])


@pytest.mark.debian
def test_monits_queue_of_our_absence_is_kept_in_order_and_its_death_is_missed(
    running: Live,
) -> None:
    assert debian("monit")
    until(lambda: check("mon-01", "monit-marker"), lambda: running.log("monit"))
    running.end("web")
    happened = [queued(running, text) for text in ("far too long", "small") * 2]
    running.listen()
    marker, beats = check("mon-01", "monit-marker"), check("mon-01")
    assert marker is not None
    assert beats is not None
    flips = Flip.objects.filter(check_row=marker).order_by("at")
    until(lambda: flips.count() >= 5, lambda: (happened, list(flips.values())))
    said = [(flip.status, int(flip.at.timestamp())) for flip in flips[1:]]
    assert said == list(zip(("down", "up") * 2, happened, strict=True))
    marker.refresh_from_db()
    assert marker.status == "up"
    assert not Incident.objects.filter(device__name="mon-01", resolved_at=None).exists()

    Check.objects.filter(pk=beats.pk).update(period_seconds=2, grace_seconds=1)
    until(lambda: Check.objects.filter(pk=beats.pk, due_at=F("last_seen_at") + 3 * SECOND).exists())
    running.end("monit", signal.SIGKILL)
    missed = until(Incident.objects.filter(check_row=beats).first, lambda: running.log("worker"))
    beats.refresh_from_db()
    assert missed.opened_at == beats.last_seen_at + 3 * SECOND


# -- Prometheus, Alertmanager, node exporter -------------------------------------------------------


def begin_prometheus(made: Live) -> None:
    paste = pasted(made, made.where.token)
    made.ports = {name: free_port() for name in ("exporter", "manager", "prometheus")}
    made.conf("rules.yml", """
groups:
  - name: up
    rules:
      - alert: NodeDown
        expr: up == 0
        labels: {severity: critical}
        annotations: {summary: "{{ $labels.instance }} is down"}
""")  # fmt: skip
    settings = made.conf("prometheus.yml", f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: [{made.folder}/rules.yml]
alerting:
  alertmanagers:
    - static_configs: [{{targets: ["{HOST}:{made.ports["manager"]}"]}}]
scrape_configs:
  - job_name: node
    static_configs:
      - targets: ["{HOST}:{made.ports["exporter"]}"]
        labels: {{instance: web-01}}
{paste["prometheus"]}
    queue_config: {{batch_send_deadline: 1s}}
""")  # fmt: skip
    routing = made.conf("alertmanager.yml", f"""
route: {{receiver: steward, group_wait: 0s, group_interval: 1s, repeat_interval: 1h}}
{paste["alertmanager"]}
""")  # fmt: skip
    begin_exporter(made)
    command = shlex.join(
        [
            debian("prometheus-alertmanager"),
            f"--config.file={routing}",
            f"--storage.path={made.folder}/am",
            "--cluster.listen-address=",
            f"--web.listen-address={HOST}:{made.ports['manager']}",
        ]
    )
    made.run(  # it reads its templates where Debian would have installed them, and nowhere else
        "alertmanager", "unshare", "-rm", "sh", "-c",
        f"mount --bind {shlex.quote(f'{DEBIAN}/usr/share')} /usr/share && exec {command}",
    )  # fmt: skip
    made.run(
        "prometheus", debian("prometheus"), f"--config.file={settings}",
        f"--storage.tsdb.path={made.folder}/tsdb", "--rules.alert.resend-delay=1s",
        f"--web.listen-address={HOST}:{made.ports['prometheus']}",
    )  # fmt: skip


def begin_exporter(made: Live) -> None:
    made.run(
        "exporter", debian("prometheus-node-exporter"), "--collector.disable-defaults",
        "--collector.meminfo", "--collector.loadavg",
        f"--web.listen-address={HOST}:{made.ports['exporter']}",
    )  # fmt: skip


@pytest.mark.debian
def test_prometheus_and_alertmanager_open_a_ticket_and_close_it(running: Live) -> None:
    assert debian("prometheus")
    of_web = Check.objects.filter(device__name="web-01")
    until(lambda: {"load", "memory"} <= measured("web-01"), lambda: running.log("prometheus"))
    assert of_web.get(slug="up-node").status == "up"

    running.end("exporter", signal.SIGKILL)
    alert = of_web.filter(slug__startswith="alert-", status="down")
    until(alert.exists, lambda: running.log("alertmanager"))
    ticket = until(Ticket.objects.filter(device__name="web-01").first)
    assert alert.get().name.startswith("NodeDown")
    until(of_web.filter(slug="up-node", body="Prometheus could not scrape node.").exists)
    assert ticket.resolved_at is None

    begin_exporter(running)
    until(Ticket.objects.filter(pk=ticket.pk, resolved_at__isnull=False).exists)
    incident = Incident.objects.get(device__name="web-01")  # what two tools say is one fault
    assert incident.ticket_id == ticket.pk
    assert incident.resolved_at is not None
    assert set(of_web.values_list("status", flat=True)) == {"up"}


# -- collectd and Glances --------------------------------------------------------------------------


def begin_collectd(made: Live) -> None:
    paste = pasted(made, made.where.token)["collectd"]
    settings = made.conf("collectd.conf", f"""
Hostname "nas-01"
Interval 1
BaseDir "{made.folder}"
PIDFile "{made.folder}/collectd.pid"
PluginDir "{DEBIAN}/usr/lib/collectd"
TypesDB "{DEBIAN}/usr/share/collectd/types.db"
LoadPlugin load
LoadPlugin memory
<Plugin memory>
  ValuesPercentage true
</Plugin>
{paste.replace('Format "JSON"', 'Format "JSON"' + chr(10) + "    BufferSize 1024")}
""")  # fmt: skip
    made.run("collectd", debian("collectd"), "-f", "-C", settings)


@pytest.mark.debian
def test_collectd_feeds_readings_and_says_its_pace(running: Live) -> None:
    assert debian("collectd")
    until(lambda: {"load", "memory"} <= measured("nas-01"), lambda: running.log("collectd"))
    found = check("nas-01")
    assert found is not None
    assert (found.status, found.period_seconds) == ("up", 10)  # the shortest that is waited


def begin_glances(made: Live) -> None:
    paste = pasted(made, made.tokens["desk-01"], of_device=True)["glances"]
    settings = made.conf("glances.conf", f"[global]\ncheck_update=False\n{paste}\n")
    made.run(
        "glances", python_of_senders(), "-m", "glances", "-q", "-t", "1", "-C", settings,
        "--export", "restful", "--disable-check-update", "--disable-process",
        HOME=str(made.folder),
    )  # fmt: skip


def test_glances_feeds_readings(running: Live) -> None:
    until(lambda: {"cpu", "memory", "load"} <= measured("desk-01"), lambda: running.log("glances"))
    found = check("desk-01")
    assert found is not None
    assert found.status == "up"
    assert found.facts["os"]


# -- clients of the ping API, and what is only pasted ----------------------------------------------

PINGS = """
import sys
from healthchecks_io import CheckTrap, Client
client = Client(api_key="none", ping_key=sys.argv[1], ping_url=sys.argv[2])
with CheckTrap(client, slug="backup") as trap:
    trap.add_log("12 files")
client.success_ping(slug="report", data="sent")
try:
    with CheckTrap(client, slug="report"):
        raise ValueError("no such table")
except ValueError:
    pass
print(client.exit_code_ping(3, slug="mirror", data="rsync: connection refused"))
"""


def test_a_client_of_the_ping_api_runs_its_jobs(running: Live) -> None:
    known, token = Device.objects.get(name="jobs-01"), running.tokens["jobs-01"]
    for slug in ("backup", "report", "mirror"):
        actions.add_check(
            device=known, name=slug.title(), slug=slug, period=3600, grace=60, by=BY, at=T0
        )
    done = subprocess.run(
        [python_of_senders(), "-c", PINGS, token, f"{running.base}hc/"],
        capture_output=True, text=True, timeout=20, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    run = uuid.uuid4()
    for end in (f"start?rid={run}", f"0?rid={run}", f"start?rid={run}"):  # the last one late
        urllib.request.urlopen(f"{running.base}hc/{token}/mirror/{end}", timeout=10)  # noqa: S310
    urllib.request.urlopen(f"{running.base}hc/{token}/backup", timeout=10)  # noqa: S310
    rows = Check.objects.filter(device=known)
    until(lambda: rows.filter(slug="backup", beats=3).exists(), lambda: list(rows.values()))
    until(lambda: rows.filter(slug="report", status="down").exists())
    kept = {row.slug: (row.status, row.body, row.last_started_at) for row in rows}
    assert kept["backup"] == ("up", "12 files", None)
    assert "no such table" in kept["report"][1]
    assert kept["mirror"] == ("up", "Exit status 3\nrsync: connection refused", None)
    words = Incident.objects.filter(device=known).values_list("words", flat=True)
    assert any("no such table" in one for one in words)


def shell(line: str) -> str:
    """Run a pasted line."""
    done = subprocess.run(
        ["sh", "-c", line], capture_output=True, text=True, timeout=20, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def exported(made: Live, token: str) -> None:
    """One export of the OpenTelemetry SDK."""
    exporter = OTLPMetricExporter(
        endpoint=f"{made.base}v1/metrics", timeout=10, headers={"Authorization": f"Bearer {token}"}
    )
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=3_600_000)
    meters = MeterProvider([reader], Resource.create({"host.name": "otel-01"}))
    meters.get_meter("test").create_counter("jobs").add(3, {"queue": "a"})
    assert meters.force_flush()
    meters.shutdown()


def test_what_is_pasted_works(running: Live) -> None:
    known, of_all = Device.objects.get(name="srv-01"), running.where.token
    of_site = pasted(running, of_all)
    of_device = pasted(running, running.tokens["srv-01"], of_device=True)
    for slug in ("curl", "influx", "icinga"):
        shell(of_site[slug])
        shell(of_device[slug])
    job = of_device["cron"].removeprefix("0 2 * * * ").replace("/usr/local/bin/backup", "true")
    assert shell(job) == "Created"
    assert '"ok": true' in shell(f"curl -fsS '{of_device['kuma']}12'")
    exported(running, of_all)
    sentry = shlex.quote(str(Path(sys.executable).with_name("sentry-cli")))
    for job, program, code in (("sync", "true", 0), ("dump", "false", 1)):
        line = of_device["sentry"].replace("sentry-cli", sentry).replace("nightly-backup", job)
        line = line.replace("/usr/local/bin/backup", program)
        assert subprocess.run(["sh", "-c", line], timeout=20, check=False).returncode == code

    jobs = Check.objects.filter(device=known)
    until(lambda: jobs.filter(slug="dump", status="down").exists())
    said = {"heartbeat", "nightly-backup", "disk"}  # by curl, a ping, Icinga
    until(lambda: said <= {*jobs.values_list("slug", flat=True)})
    synced = jobs.get(slug="sync")
    assert (synced.kind, synced.schedule, synced.status) == ("cron", "0 2 * * *", "up")
    assert synced.duration_ms is not None
    assert (
        Incident.objects.get(check_row__in=jobs, resolved_at=None).title == "dump on srv-01 failed"
    )
    until(lambda: Series.objects.filter(name="jobs:a", last_value=3.0).exists())
    seen = EnrolmentKey.objects.get(pk=running.where.key.pk).seen
    assert seen.keys() >= {"steward", "influx", "icinga", "otlp"}
    assert seen["otlp"]["agent"].startswith("OTel-OTLP-")
