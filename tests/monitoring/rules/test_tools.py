"""collectd, Monit, Telegraf, Glances, Icinga, sentry-cli and Uptime Kuma: what they say."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitoring.rules.sources import (
    collectd,
    glances,
    icinga,
    kuma,
    monit,
    packet,
    sentry,
    telegraf,
)
from monitoring.rules.sources.report import Invalid, Plan, Report
from tests.monitoring.captured import SENT_AT, captured, read_or_refused


def values(*reports: Report) -> dict[str, float]:
    return {name: value for report in reports for name, _at, value in report.samples}


# -- collectd -------------------------------------------------------------------------------------


def test_collectds_values_are_a_heartbeat_at_its_own_pace() -> None:
    (report,) = collectd.decode_json(captured("collectd_metrics.json"), SENT_AT).reports
    assert (report.host, report.check, report.signal) == ("nas01.client.example", "heartbeat", "ok")
    assert (report.period, report.grace) == (10, 60)  # it declares one second; ten are the least
    found = values(report)
    assert found["disk:root"] == 15.3034772872925
    assert found["uptime"] == 1438
    assert found["df-root.df_complex-used"] == 41404043264


def test_the_same_as_putval_lines() -> None:
    (report,) = collectd.decode_putval(captured("collectd_putval.txt"), SENT_AT).reports
    assert report.host == "nas01.client.example"
    assert report.samples[1][0] == "df-root.percent_bytes-reserved"
    assert report.samples[0][1] == 1795319736926
    assert values(report)["disk:root"] > 0


def test_what_collectd_does_not_know_is_no_value() -> None:
    line = b"PUTVAL nas01/load/load interval=60 N:0.5:U:0.25\n"
    (report,) = collectd.decode_putval(line, SENT_AT).reports
    assert values(report) == {"load": 0.5, "load.load.longterm": 0.25}
    assert (report.period, report.grace) == (60, 120)
    body = b'[{"host":"a","plugin":"p","type":"t","values":[null],"time":1795319740}]'
    assert collectd.decode_json(body, SENT_AT).reports[0].samples == []


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (b"PUTVAL nas01/load N:1", "line 1"),
        (b"\nPUTVAL a/b/c 1.2.3:1", "line 2"),
        (b"PUTVAL a/b/c N:x", "line 1"),
        (b"hello", "line 1"),
    ],
)
def test_a_wrong_line_is_named(line: bytes, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        collectd.decode_putval(line, SENT_AT)
    assert refused.value.field == field


# -- Monit ----------------------------------------------------------------------------------------


def test_monit_reports_a_host_its_services_and_what_happened() -> None:
    host, system, root, stopped = monit.decode(captured("monit_collector.xml"), SENT_AT).reports
    assert (host.host, host.check, host.signal, host.period) == ("srv01", "heartbeat", "ok", 10)
    assert host.boot_id == "1795319685"
    assert host.facts == {"os": "Linux 6.1.0-41-amd64", "arch": "x86_64", "monit": "5.33.0"}
    found = values(host)
    assert (found["memory"], found["load"], found["disk:root"]) == (9.9, 9.58, 15.3)
    assert found["cpu"] == pytest.approx(99.9)
    assert (system.check, system.signal, root.signal) == ("monit-srv01", "fail", "fail")
    assert (system.period, root.name) == (0, "root")
    assert (stopped.check, stopped.signal) == ("heartbeat", "log")
    assert stopped.text == "Monit 5.33.0 stopped"


EVENT = """<?xml version="1.0"?><monit incarnation="1"><server><poll>30</poll>
<localhostname>srv01</localhostname></server><services>%s</services><event>
<collected_sec>1795319690</collected_sec><collected_usec>5</collected_usec><service>nginx</service><type>3</type>
<id>512</id><state>%d</state><action>1</action><message>process is %s</message></event>
</monit>"""


def test_an_event_is_a_failure_or_its_end() -> None:
    failed = monit.decode((EVENT % ("", 1, "gone")).encode(), SENT_AT).reports[1]
    over = monit.decode((EVENT % ("", 0, "back")).encode(), SENT_AT).reports[1]
    assert (failed.check, failed.signal, failed.text) == ("monit-nginx", "fail", "process is gone")
    assert over.signal == "ok"
    assert failed.since == datetime(2026, 11, 22, 3, 54, 50, 5, tzinfo=UTC)
    assert failed.boot_id == over.boot_id


def test_a_service_monit_does_not_watch_says_nothing() -> None:
    service = '<service name="x"><type>3</type><status>0</status><monitor>0</monitor></service>'
    assert len(monit.decode((EVENT % (service, 0, "back")).encode(), SENT_AT).reports) == 2


ENTITY = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><monit>&b;</monit>'


@pytest.mark.parametrize("body", [ENTITY, b"", b"<monit>", b"<other/>", b"\xff\xfe<monit/>"])
def test_monit_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(Invalid):
        monit.decode(body, SENT_AT)


def test_latin_letters_are_read() -> None:
    body = EVENT.replace('"1.0"', '"1.0" encoding="ISO-8859-1"') % ("", 1, "weg: Gerät")
    reports = monit.decode(body.encode("iso-8859-1"), SENT_AT).reports
    assert reports[1].text == "process is weg: Gerät"


# -- Telegraf and InfluxDB ------------------------------------------------------------------------


def test_lines_have_our_names_where_we_have_one() -> None:
    body = b"""# a comment
cpu,cpu=cpu-total,host=srv01 usage_idle=80,usage_user=10i 1795319740000000000
cpu,cpu=cpu0,host=srv01 usage_idle=10
mem,host=srv01 used_percent=40.5,note="a, b=c \\"d\\"",ok=true
disk,host=srv01,path=/var\\ lib used_percent=70
net,host=srv02,interface=eth0 bytes_recv=123i
"""
    first, second = telegraf.decode_lines(body, SENT_AT).reports
    assert values(first) == {
        "cpu": 20.0, "cpu.usage_user": 10.0, "memory": 40.5, "disk:/var lib": 70.0,
    }  # fmt: skip
    assert first.samples[0][1] == 1795319740000
    assert (second.host, values(second)) == ("srv02", {"net.bytes_recv:eth0": 123.0})


def test_a_wrong_line_costs_only_itself() -> None:
    decoded = telegraf.decode_lines(b"m,host=a x=1\nnothing\nm,host=a y=2\n", SENT_AT)
    assert (values(*decoded.reports), decoded.rejected) == ({"m.x": 1.0, "m.y": 2.0}, 1)
    assert decoded.reason.startswith("line 2:")
    with pytest.raises(Invalid) as refused:
        telegraf.decode_lines(b"nothing", SENT_AT)
    assert (refused.value.field, refused.value.status) == ("line 1", 400)


@pytest.mark.parametrize(
    ("precision", "stamp"),
    [("ns", 1795319740000000000), ("ms", 1795319740000), ("s", 1795319740)],
)
def test_stamps_count_in_what_is_asked(precision: str, stamp: int) -> None:
    line = f"m,host=a x=1 {stamp}".encode()
    (report,) = telegraf.decode_lines(line, SENT_AT, precision).reports
    assert report.samples[0][1] == 1795319740000


def test_telegrafs_json() -> None:
    one = {"name": "system", "tags": {"host": "srv01"}, "fields": {"load1": 1.5, "up": "1 day"},
           "timestamp": 1795319740}  # fmt: skip
    (report,) = telegraf.decode_json(json.dumps(one).encode(), SENT_AT).reports
    assert (report.host, report.samples) == ("srv01", [("load", 1795319740000, 1.5)])
    batch = json.dumps({"metrics": [one, one | {"tags": {"host": "b"}}]}).encode()
    assert [r.host for r in telegraf.decode_json(batch, SENT_AT).reports] == ["srv01", "b"]
    with pytest.raises(Invalid) as refused:
        telegraf.decode_json(b'{"metrics": [{"name": 3}]}', SENT_AT)
    assert refused.value.field == "metrics[0].name"


# -- Glances --------------------------------------------------------------------------------------


def test_glances_tells_of_its_machine() -> None:
    (report,) = glances.decode(captured("glances_restful.json"), SENT_AT).reports
    assert report.host == "vm"
    assert report.facts["os"].startswith("Debian GNU/Linux 12")
    found = values(report)
    assert (found["cpu"], found["memory"], found["disk:/"]) == (81.7, 12.0, 39.2)
    assert (found["uptime"], found["net.in_bytes:eth0"]) == (1917.0, 541.0)


# -- Icinga ---------------------------------------------------------------------------------------


def result(**fields: Any) -> Report:
    return icinga.decode(json.dumps(fields).encode(), SENT_AT).reports[0]


def test_a_passive_result_is_a_check_with_figures() -> None:
    report = result(
        service="srv01!Disk /var", exit_status=2, plugin_output="DISK CRITICAL",
        performance_data=["'used'=40%;80;90", "time=250ms;;;0", "size=2GB"], ttl=300,
    )  # fmt: skip
    assert (report.host, report.check, report.name) == ("srv01", "disk-var", "Disk /var")
    assert (report.signal, report.text, report.period) == ("fail", "DISK CRITICAL", 300)
    assert values(report) == {
        "disk-var.used.percent": 40.0, "disk-var.time.seconds": 0.25, "disk-var.size.bytes": 2e9,
    }  # fmt: skip


def test_a_filter_may_name_them() -> None:
    report = result(
        type="Service", exit_status=0, filter='host.name=="srv01" && service.name=="load"'
    )
    assert (report.host, report.check, report.signal, report.period) == ("srv01", "load", "ok", 0)
    warned = result(type="Host", host="srv01", exit_status=1)
    assert (warned.check, warned.signal, warned.severity) == ("heartbeat", "fail", "warning")
    with pytest.raises(Invalid) as refused:
        result(exit_status=0, filter="true")
    assert refused.value.field == "filter"
    with pytest.raises(Invalid) as refused:
        result(host="a", exit_status=4)
    assert refused.value.field == "exit_status"


# -- sentry-cli -----------------------------------------------------------------------------------


def test_a_check_in_begins_a_run_and_brings_its_schedule() -> None:
    (begun,) = sentry.decode(captured("sentry_cli_checkin_in_progress.envelope"), SENT_AT).reports
    (failed,) = sentry.decode(captured("sentry_cli_checkin_error.envelope"), SENT_AT).reports
    assert (begun.check, begun.signal, failed.signal) == ("nightly-backup", "start", "fail")
    assert begun.run_id == failed.run_id == "505ad3a4-9899-495d-ac6c-8ee4f38fe5c5"
    assert begun.plan == Plan(cron="0 2 * * *", zone="UTC", grace=300, longest=1800, failures=1)
    assert (failed.plan, failed.text) == (None, "Took 0.0 s.")
    kept = packet.encode("sentry", "sentry-cli/3.8.2", [begun])
    assert packet.decode(kept, SENT_AT).reports == [begun]


def test_an_interval_is_a_pace() -> None:
    config = {"schedule": {"type": "interval", "value": 2, "unit": "hour"}}
    item = json.dumps({"monitor_slug": "Sync", "status": "ok", "monitor_config": config})
    body = f'{{}}\n{{"type":"check_in"}}\n{item}'.encode()
    (report,) = sentry.decode(body, SENT_AT).reports
    assert report.plan == Plan(period=7200, grace=60, longest=1800, failures=1)
    assert (report.check, report.name, report.run_id) == ("sync", "Sync", "")
    with pytest.raises(Invalid) as refused:
        sentry.decode(body.replace(b'"hour"', b'"moon"'), SENT_AT)
    assert refused.value.field == "monitor_config.schedule"


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({"schedule": {"type": "crontab", "value": "every day"}}, "monitor_config.schedule"),
        ({"schedule": {"type": "crontab", "value": "0 2 * * *"}, "timezone": "Moon/Base"},
         "monitor_config.timezone"),
        ({"schedule": {"type": "crontab", "value": "0 2 * * *"}, "checkin_margin": -1},
         "monitor_config.checkin_margin"),
    ],
)  # fmt: skip
def test_a_schedule_nobody_can_follow_is_refused(config: dict[str, Any], field: str) -> None:
    item = json.dumps({"monitor_slug": "Sync", "status": "ok", "monitor_config": config})
    with pytest.raises(Invalid) as refused:
        sentry.decode(f'{{}}\n{{"type":"check_in"}}\n{item}'.encode(), SENT_AT)
    assert refused.value.field == field


def test_other_items_are_nobodys_business() -> None:
    body = b'{}\n{"type":"event","length":4}\nnull\n{"type":"session"}\n{}\n'
    assert sentry.decode(body, SENT_AT).reports == []


# -- Uptime Kuma ----------------------------------------------------------------------------------


def test_a_push_is_up_or_down() -> None:
    up = kuma.report({"status": ["up"], "msg": ["OK"], "ping": ["12.5"]}, SENT_AT)
    assert (up.signal, up.text, up.metrics) == ("ok", "OK", {"latency": 12.5})
    assert kuma.report({}, SENT_AT).signal == "ok"
    assert kuma.report({"status": ["down"]}, SENT_AT).signal == "fail"
    for wrong in ({"status": ["maybe"]}, {"ping": ["fast"]}, {"ping": ["nan"]}):
        with pytest.raises(Invalid) as refused:
            kuma.report(wrong, SENT_AT)
        assert refused.value.field in wrong


# -- any bytes at all -----------------------------------------------------------------------------

SAMPLES = {
    "collectd": (collectd.decode_json, "collectd_metrics.json"),
    "putval": (collectd.decode_putval, "collectd_putval.txt"),
    "monit": (monit.decode, "monit_collector.xml"),
    "glances": (glances.decode, "glances_restful.json"),
    "sentry": (sentry.decode, "sentry_cli_checkin_in_progress.envelope"),
}


@pytest.mark.parametrize(("decode", "name"), SAMPLES.values(), ids=SAMPLES.keys())
@given(broken=some.lists(some.tuples(some.floats(0, 0.999), some.integers(0, 255)), max_size=4))
def test_captured_bodies_with_broken_bytes_are_read_or_refused(
    decode: Any, name: str, broken: list[tuple[float, int]]
) -> None:
    body = bytearray(captured(name))
    for place, byte in broken:
        body[int(place * len(body))] = byte
    read_or_refused(decode, bytes(body))


@given(some.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for decode in (
        collectd.decode_json, collectd.decode_putval, monit.decode, telegraf.decode_json,
        telegraf.decode_lines, glances.decode, icinga.decode, sentry.decode,
    ):  # fmt: skip
        read_or_refused(decode, body)


@given(some.floats() | some.integers())
def test_any_stamp_is_read_or_refused(stamp: float) -> None:
    one = {"name": "m", "tags": {"host": "a"}, "fields": {"x": 1}, "timestamp": stamp}
    read_or_refused(telegraf.decode_json, json.dumps(one).encode())
    read_or_refused(telegraf.decode_lines, f"m,host=a x=1 {stamp:.0f}".encode())


scalars = some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20)
anything = some.recursive(
    scalars,
    lambda inner: (
        some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)
PLUGINS = ("system", "cpu", "mem", "fs", "network", "uptime", "ip")


@given(some.dictionaries(some.sampled_from(PLUGINS), anything))
def test_glances_may_say_anything(sent: dict[str, Any]) -> None:
    read_or_refused(glances.decode, json.dumps(sent).encode())


@given(some.text(max_size=60), some.text(max_size=60))
def test_names_of_others_become_names_of_ours(service: str, output: str) -> None:
    body = json.dumps({"service": f"a!{service}", "exit_status": 0, "plugin_output": output})
    read_or_refused(icinga.decode, body.encode())


@given(some.text('abc=,\\" \n1i', max_size=60))
def test_any_line_is_read_or_refused(line: str) -> None:
    read_or_refused(telegraf.decode_lines, line.encode())
