"""The lines a person pastes to point a tool at a key: all of them short, none installs anything."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

PLACEHOLDER = "KEY"


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to paste for one tool, and where. `tool` is the name its reports are recognised by."""

    slug: str
    tool: str
    title: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where reports go, and whose key they carry; a device's key needs no host's name.

    `mail` is the key's name in addresses, where mail is taken at all.
    """

    base: str
    key: str = PLACEHOLDER
    of_device: bool = False
    mail: str = ""

    @property
    def host(self) -> str:
        """The host and port of the address."""
        return urlsplit(self.base).netloc

    @property
    def scheme(self) -> str:
        return urlsplit(self.base).scheme

    def at(self, path: str) -> str:
        return f"{self.base.rstrip('/')}/{path}"


TITLES = {
    "steward": "Heartbeat", "ping": "Ping", "otlp": "OpenTelemetry", "prometheus": "Prometheus",
    "alertmanager": "Alertmanager", "collectd": "collectd", "monit": "Monit",
    "telegraf": "Telegraf", "influx": "InfluxDB line protocol", "glances": "Glances",
    "sentry": "sentry-cli", "kuma": "Uptime Kuma", "icinga": "Icinga", "mail": "E-mail",
}  # fmt: skip


def title_of(tool: str) -> str:
    """What people call the tool a report came from."""
    return TITLES.get(tool, tool.capitalize())


def recipes(to: Address) -> list[Recipe]:
    """For every tool what to paste, with this address and key in it."""
    made = [Recipe(slug, *said, text(to)) for slug, said, text in _ALL]
    if to.mail:
        where = "For backup programs and machines that only write mail."
        made.append(Recipe("mail", "mail", "E-mail", where, _mail(to)))
    return made


def _beat(to: Address) -> str:
    said = "''" if to.of_device else '"{\\"host\\": \\"$(hostname)\\"}"'
    return f"curl -fsS -H 'Authorization: Bearer {to.key}' -d {said} {to.at('hb')}"


def _job(to: Address) -> str:
    address = to.at(f"ping/{to.key}/nightly-backup")
    return f"0 2 * * * /usr/local/bin/backup && curl -fsS -m 10 --retry 3 '{address}?create=1'"


def _windows(to: Address) -> str:
    body = "''" if to.of_device else "(@{host=$env:COMPUTERNAME} | ConvertTo-Json)"
    return (
        f"Invoke-RestMethod {to.at('hb')} -Method Post -Body {body} `\n"
        f"  -Headers @{{Authorization='Bearer {to.key}'}}"
    )


def _prometheus(to: Address) -> str:
    return f"""remote_write:
  - url: {to.at("hb")}
    authorization:
      credentials: {to.key}"""


def _alertmanager(to: Address) -> str:
    return f"""receivers:
  - name: steward
    webhook_configs:
      - url: {to.at("hb")}
        send_resolved: true
        http_config:
          authorization:
            credentials: {to.key}"""


def _otel(to: Address) -> str:
    return f"""OTEL_EXPORTER_OTLP_METRICS_ENDPOINT={to.at("v1/metrics")}
OTEL_EXPORTER_OTLP_METRICS_HEADERS=Authorization=Bearer%20{to.key}
OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=http/protobuf"""


def _collectd(to: Address) -> str:
    return f"""LoadPlugin write_http
<Plugin write_http>
  <Node "steward">
    URL "{to.at("hb")}"
    Header "Authorization: Bearer {to.key}"
    Format "JSON"
    Notifications true
  </Node>
</Plugin>"""


def _monit(to: Address) -> str:
    return f"""set eventqueue basedir /var/lib/monit/events slots 1000
set mmonit {to.scheme}://steward:{to.key}@{to.host}/collector"""


def _telegraf(to: Address) -> str:
    return f"""[[outputs.influxdb_v2]]
  urls = ["{to.base.rstrip("/")}"]
  token = "{to.key}"
  organization = "steward"
  bucket = "steward\""""


def _glances(to: Address) -> str:
    parts = urlsplit(to.base)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"""[restful]
host={parts.hostname}
port={port}
protocol={parts.scheme}
path=/hb/{to.key}"""


def _sentry(to: Address) -> str:
    return (
        f"SENTRY_DSN={to.scheme}://{to.key}@{to.host}/1 \\\n"
        "  sentry-cli monitors run --schedule '0 2 * * *' nightly-backup -- /usr/local/bin/backup"
    )


def _kuma(to: Address) -> str:
    path = f"api/push/{to.key}" if to.of_device else f"api/push/{to.key}/my-monitor"
    return f"{to.at(path)}?status=up&msg=OK&ping="


def _icinga(to: Address) -> str:
    said = '{"service": "srv-01!disk", "exit_status": 0, "plugin_output": "OK", "ttl": 600}'
    address = to.at("v1/actions/process-check-result")
    return f"curl -fsS -u steward:{to.key} -d '{said}' {address}"


def _mail(to: Address) -> str:
    return f"{to.mail}+nightly-backup@{urlsplit(to.base).hostname}"


def _influx(to: Address) -> str:
    line = "backup size=1234" if to.of_device else "backup,host=$(hostname) size=1234"
    return f"""curl -fsS -H 'Authorization: Token {to.key}' -d "{line}" {to.at("api/v2/write")}"""


_ALL: tuple[tuple[str, tuple[str, str, str], Callable[[Address], str]], ...] = (
    ("curl", ("steward", "curl", "From any shell; in a timer that runs every minute."), _beat),
    ("windows", ("steward", "PowerShell", "In a scheduled task that runs every minute."), _windows),
    ("cron", ("ping", "cron job", "Says that the job ran; /start and /fail go behind it."), _job),
    ("prometheus", ("prometheus", "Prometheus", "prometheus.yml"), _prometheus),
    ("alertmanager", ("alertmanager", "Alertmanager", "alertmanager.yml; Grafana's webhook too."),
     _alertmanager),
    ("otel", ("otlp", "OpenTelemetry", "The environment of any SDK or collector."), _otel),
    ("collectd", ("collectd", "collectd", "collectd.conf"), _collectd),
    ("monit", ("monit", "Monit", "monitrc; it keeps its events while we are away."), _monit),
    ("telegraf", ("influx", "Telegraf", "telegraf.conf"), _telegraf),
    ("influx", ("influx", "InfluxDB clients", "Proxmox, scripts: whatever writes lines."), _influx),
    ("glances", ("glances", "Glances", "glances.conf, then: glances -q --export restful"),
     _glances),
    ("sentry", ("sentry", "sentry-cli", "Runs a job and brings its schedule along."), _sentry),
    ("kuma", ("kuma", "Uptime Kuma push", "The push address, for scripts made for it."), _kuma),
    ("icinga", ("icinga", "Icinga, Nagios", "A passive result, as its API clients send it."),
     _icinga),
)  # fmt: skip
