"""Real clients against the real server: what the page of a key tells people to paste works."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource

from monitoring import actions, tasks
from monitoring.models import Check, EnrolmentKey, Series
from monitoring.rules.recipes import Address, recipes
from tenants import context
from tests.monitoring.estate import BY, T0, Estate, device
from tests.monitoring.test_served import served

HOST = "alpha.localhost"
__all__ = ["served"]


def shell(line: str, port: int, **environment: str) -> str:
    """Run a pasted line; the name of the server leads to this machine."""
    line = line.replace("curl ", f"curl --resolve {HOST}:{port}:127.0.0.1 ")
    done = subprocess.run(
        ["sh", "-c", line], env=os.environ | environment, capture_output=True, text=True,
        timeout=20, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def measured(port: int, token: str) -> None:
    """One export of the OpenTelemetry SDK."""
    exporter = OTLPMetricExporter(
        endpoint=f"http://127.0.0.1:{port}/v1/metrics", timeout=10,
        headers={"Authorization": f"Bearer {token}", "Host": HOST},
    )  # fmt: skip
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=3_600_000)
    meters = MeterProvider([reader], Resource.create({"host.name": "otel-01"}))
    meters.get_meter("test").create_counter("jobs").add(3, {"queue": "a"})
    assert meters.force_flush()
    meters.shutdown()


def test_what_is_pasted_works(served: tuple[int, Estate]) -> None:
    port, where = served
    alpha = next(one for one in context.ready() if one.slug == "alpha")
    with context.inside(alpha):
        known = device(where, "srv-01")
        _key, token = actions.enrol_key(site=where.site, device=known, name="Own", by=BY, at=T0)
    base = f"http://{HOST}:{port}/"
    of_site = {one.slug: one.text for one in recipes(Address(base, where.token))}
    of_device = {one.slug: one.text for one in recipes(Address(base, token, of_device=True))}

    for slug in ("curl", "influx", "icinga"):
        shell(of_site[slug], port)
        shell(of_device[slug], port)
    job = of_device["cron"].removeprefix("0 2 * * * ").replace("/usr/local/bin/backup", "true")
    assert shell(job, port) == "Created"
    assert '"ok": true' in shell(f"curl -fsS '{of_device['kuma']}12'", port)
    measured(port, where.token)
    sentry = Path(sys.executable).with_name("sentry-cli")
    run = (
        of_device["sentry"]
        .replace("sentry-cli", shlex.quote(str(sentry)))
        .replace("nightly-backup", "sync")
    )
    shell(run.replace("/usr/local/bin/backup", "true"), port)

    with context.inside(alpha):
        while tasks.step():
            pass
        own = Check.objects.filter(device=known)
        assert {*own.values_list("slug", flat=True)} >= {"heartbeat", "nightly-backup", "disk"}
        synced = Check.objects.get(device=known, slug="sync")
        assert (synced.kind, synced.schedule, synced.status) == ("cron", "0 2 * * *", "up")
        assert synced.duration_ms is not None
        assert Series.objects.get(name="jobs:a").last_value == 3.0
        seen = EnrolmentKey.objects.get(pk=where.key.pk).seen
        assert seen.keys() == {"steward", "influx", "icinga", "otlp"}
        assert seen["otlp"]["agent"].startswith("OTel-OTLP-")
