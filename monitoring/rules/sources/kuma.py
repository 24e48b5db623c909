"""Uptime Kuma's push: `?status=up|down&msg=OK&ping=12`, by GET or any other way."""

from datetime import datetime
from math import isfinite

from monitoring.rules.sources.naming import words_of
from monitoring.rules.sources.report import Invalid, Report


def report(asked: dict[str, list[str]], received_at: datetime) -> Report:
    """What one push says; `ping` is the latency its sender measured, in milliseconds."""
    status = asked.get("status", ["up"])[0]
    if status not in ("up", "down"):
        raise Invalid("status is up or down.", field="status", status=400)
    text = words_of(asked.get("msg", [""])[0], 2000)
    metrics = {}
    said = asked.get("ping", [""])[0]
    if said:
        try:
            latency = float(said)
        except ValueError:
            latency = float("nan")
        if not isfinite(latency):
            raise Invalid("ping is a number of milliseconds.", field="ping", status=400)
        metrics["latency"] = latency
    signal = "ok" if status == "up" else "fail"
    return Report(received_at, signal=signal, text=text, metrics=metrics)
