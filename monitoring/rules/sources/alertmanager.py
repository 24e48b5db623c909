"""Alertmanager's webhook, version 4, as Grafana sends it too; and collectd's notifications.

Each alert is a check of its own, by its fingerprint, for which nothing is waited: firing is a
failure since `startsAt`, resolved is its end. What orders the two is the occurrence and not the
instant they arrive, so a delivery that is repeated or overtaken changes nothing.
"""

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from monitoring.rules.envelope import milliseconds
from monitoring.rules.sources.naming import host_in, host_of, slug_of, without_port, words_of
from monitoring.rules.sources.report import Decoded, Invalid, Report

MOST_ALERTS = 1000
_SAYS_NOTHING = {
    "alertname", "severity", "job", "prometheus", "service", "instance", "host", "hostname",
    "nodename", "node",
}  # fmt: skip
_SEVERITIES = {
    "critical": "critical", "page": "critical", "emergency": "critical", "disaster": "critical",
    "error": "major", "major": "major", "high": "major", "failure": "major",
    "warning": "warning", "warn": "warning", "minor": "warning", "low": "warning",
    "info": "warning", "information": "warning", "none": "warning",
}  # fmt: skip
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)

Labels = Annotated[dict[str, str], Meta(max_length=100)]


class Alert(msgspec.Struct, gc=False, rename="camel"):
    """One alert of a notification; unknown fields are let pass."""

    starts_at: Annotated[datetime, Meta(tz=True)]
    labels: Labels
    annotations: Labels = {}
    status: Literal["firing", "resolved"] = "firing"
    ends_at: Annotated[datetime, Meta(tz=True)] | None = None
    fingerprint: Annotated[str, Meta(max_length=64)] = ""
    generator_url: str = msgspec.field(default="", name="generatorURL")


class Notification(msgspec.Struct, gc=False, rename="camel"):
    """What one POST brings."""

    alerts: Annotated[list[Alert], Meta(max_length=MOST_ALERTS)]
    external_url: str = msgspec.field(default="", name="externalURL")


_webhook = msgspec.json.Decoder(Notification)
_listed = msgspec.json.Decoder(Annotated[list[Alert], Meta(max_length=MOST_ALERTS)])


def decode(body: bytes, received_at: datetime) -> Decoded:
    """The reports of a webhook's body."""
    sent = _read(_webhook, body)
    return Decoded([_report(alert, sent.external_url, received_at) for alert in sent.alerts])


def decode_collectd(body: bytes, received_at: datetime) -> Decoded:
    """The reports of collectd's notifications: severity OKAY ends what WARNING or FAILURE began.

    collectd gives each notification an instant of its own, and its annotations name the value.
    """
    reports = []
    for alert in _read(_listed, body):
        severity = alert.labels.get("severity", "")
        source = alert.annotations.get("DataSource", "")
        labels = {key: value for key, value in alert.labels.items() if key != "severity"}
        alert.fingerprint = _fingerprint(labels | {"DataSource": source})
        alert.status = "resolved" if severity == "OKAY" else "firing"
        alert.ends_at = alert.starts_at
        report = _report(alert, "", received_at)
        report.boot_id = "collectd"
        reports.append(report)
    return Decoded(reports)


def _read(decoder: "msgspec.json.Decoder", body: bytes):  # type: ignore[no-untyped-def,type-arg]
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Invalid.of(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"The body is not JSON that can be read: {error}", status=400) from None


def _report(alert: Alert, sender: str, at: datetime) -> Report:
    """The alert as its check hears it; an occurrence's end comes after all of its beginnings."""
    over = alert.status == "resolved"
    became = alert.ends_at if over else alert.starts_at
    title = words_of(alert.labels.get("alertname", "") or "Alert", 60)
    apart = [v for k, v in sorted(alert.labels.items()) if k not in _SAYS_NOTHING and v]
    print_ = alert.fingerprint or _fingerprint(alert.labels)
    return Report(
        at,
        _host(alert, sender),
        check=slug_of("alert", print_),
        signal="ok" if over else "fail",
        boot_id="alertmanager",
        sequence=2 * max(0, milliseconds(max(alert.starts_at, _ALWAYS))) + over,
        period=0,
        grace=0,
        name=words_of(f"{title} {' '.join(apart)}".strip(), 80),
        text=_words(alert),
        since=became,
        severity=_SEVERITIES.get(alert.labels.get("severity", "").lower(), ""),
    )


def _host(alert: Alert, sender: str) -> str:
    """The device an alert is about; one about none is about whoever sent it."""
    return host_in(alert.labels) or host_of(without_port(sender))


def _fingerprint(labels: dict[str, str]) -> str:
    joined = "\n".join(f"{key}={labels[key]}" for key in sorted(labels))
    return hashlib.sha256(joined.encode("utf-8", "replace")).hexdigest()[:16]


def _words(alert: Alert) -> str:
    said = [alert.annotations.get(key, "") for key in ("summary", "description", "message")]
    labels = ", ".join(f"{key}={value}" for key, value in sorted(alert.labels.items()))
    lines = [*dict.fromkeys(filter(None, said)), labels, alert.generator_url]
    return words_of("\n".join(filter(None, lines)), 2000)
