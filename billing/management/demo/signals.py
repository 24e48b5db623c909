"""Keys for the fleet, a month of what it reported, and the times something fell silent."""

import json
import math
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from billing.management.demo import agreed, cast
from billing.management.demo.setting import SETUP, Story
from billing.management.demo.work import Step
from contracts.clients.models import Device
from monitoring import actions as monitoring
from monitoring.models import Check, Spooled
from monitoring.rules import envelope
from tenants.journal import delivery
from tickets import actions as tickets
from tickets.models import Ticket

WATCH = [
    "At 20 s the server twd-srv-01 stops reporting. Its deadline passes 30 s later: the incident,",
    "its ticket and the ticket's clock appear on Today by themselves, in the portal too.",
    "About four minutes later it reports again, and an untouched ticket is resolved.",
]
DAYS = 30
A_YEAR = 366 * 86400  # so that a month of sparse history is never overdue
NOISY = (  # which server fell silent, days ago, for how many minutes
    ("FFR", 26, 18), ("LLC", 21, 7), ("MWE", 17, 52),
    ("TWD", 12, 24), ("ALA", 8, 11), ("RFV", 3, 35),
)  # fmt: skip


def chapters(story: Story) -> list[Step]:
    first = story.today - timedelta(days=DAYS)
    steps: list[Step] = [(story.at(first, 0), lambda: begin(story, first))]
    for number in range(DAYS + 1):
        day = first + timedelta(days=number)
        steps.append((story.at(day, 23, 30), report_of(story, day)))
    for code, ago, minutes in NOISY:
        day = story.today - timedelta(days=ago)
        steps += silence(story, code, story.at(day, 10, 5), minutes)
    return steps


def begin(story: Story, first: date) -> None:
    """A key for each site, and a first sign of life from every device."""
    for company in cast.COMPANIES:
        for site in story.sites[company.code]:
            key, token = monitoring.enrol_key(
                site=site, name=site.name, by=SETUP, at=story.at(first, 0)
            )
            story.keys[site.pk] = (key.pk, token)
        for device in story.devices[company.code]:
            tell(story, device, story.at(first, 0), period=A_YEAR, grace=60)
    absorb(story.at(first, 0))


def tell(story: Story, device: Device, at: datetime, **more: Any) -> None:
    """One past beat, spooled exactly as the intake would have when it came."""
    body = json.dumps({"host": device.name, **more}).encode()
    key_id, _token = story.keys[device.site_id]
    raw = envelope.pack(key_id, envelope.milliseconds(at), envelope.JSON, body)
    Spooled.objects.create(received_at=at, envelope=raw)


def absorb(at: datetime) -> None:
    while monitoring.absorb_spool(by=SETUP, at=at).entries:
        pass


def expect(device: Device, seconds: int, at: datetime) -> None:
    """Expect the device's heartbeat at this pace, with as much to spare (a minute at least)."""
    monitoring.change_check(
        check=Check.objects.get(device=device, slug="heartbeat"), period=seconds,
        grace=60 if seconds == A_YEAR else seconds, by=SETUP, at=at,
    )  # fmt: skip


def servers(story: Story, code: str) -> list[Device]:
    return [d for d in story.devices[code] if d.kind == "server"]


def report_of(story: Story, day: date) -> Callable[[], None]:
    """A day of the servers' figures, every three hours; the last two every ten minutes."""
    recent = (story.today - day).days <= 1
    minutes = range(0, 1440, 10 if recent else 180)

    def report() -> None:
        until = story.at(day, 23, 30)
        for company in cast.COMPANIES:
            for device in servers(story, company.code):
                for minute in minutes:
                    at = story.at(day) - timedelta(hours=9) + timedelta(minutes=minute)
                    if at < until:
                        tell(story, device, at, metrics=figures(story, device, at))
        absorb(until)
        monitoring.roll_up(clock=until, by=SETUP, at=until)

    return report


def figures(story: Story, device: Device, at: datetime) -> dict[str, float]:
    """Load that follows the working day, memory that breathes, a disk that fills slowly."""
    hour = at.hour + at.minute / 60
    age = DAYS - (story.now - at).total_seconds() / 86400
    swing = max(0.0, math.sin((hour - 13) / 12 * math.pi))
    return {
        "cpu": round(8 + 30 * swing + story.dice.uniform(0, 9), 1),
        "memory": round(52 + 12 * swing + story.dice.uniform(0, 3), 1),
        "disk": round(min(97.0, 58 + (device.pk % 5) * 3 + age * (0.3 + (device.pk % 4) * 0.2)), 2),
    }


def silence(story: Story, code: str, began: datetime, minutes: int) -> list[Step]:
    """A server stops, somebody answers the ticket, it comes back."""
    device = servers(story, code)[0]
    back = began + timedelta(minutes=minutes)

    def stop() -> None:
        tell(story, device, began)
        absorb(began)
        expect(device, 60, began)

    def notice() -> None:
        at = began + timedelta(seconds=125)
        monitoring.lapse(clock=at, by=SETUP, at=at)
        delivery.drain()

    def answer() -> None:
        ticket = Ticket.objects.filter(device=device, resolved_at=None).first()
        if ticket is not None:
            at = began + timedelta(minutes=min(9, minutes - 1))
            tickets.assign(
                ticket=ticket, owner=story.staff["Tomas Reyl"], by=story.by("Tomas"), at=at
            )
            tickets.note(
                ticket=ticket, body="Out-of-band card answers; restarting.", by=story.by("Tomas"),
                at=at,
            )  # fmt: skip

    def come_back() -> None:
        tell(story, device, back)
        absorb(back)
        expect(device, A_YEAR, back)
        delivery.drain()
        ticket = Ticket.objects.filter(device=device, resolved_at=None).first()
        if ticket is not None:
            tickets.resolve(
                ticket=ticket, text="The server hung during an update and was restarted.",
                by=story.by("Tomas"), at=back + timedelta(minutes=6),
            )  # fmt: skip

    answered = began + timedelta(minutes=min(9, minutes - 1))
    steps: list[Step] = [(began, stop), (began + timedelta(seconds=125), notice)]
    if minutes > 20:
        steps.append((answered, answer))
    return [*steps, (back, come_back)]


def pace_of(device: Device) -> int:
    """How often, in seconds, the fleet lets a device report."""
    return 15 if device.name == "twd-srv-01" else 30 if device.kind == "server" else 60


def enrol(story: Story, file: Path) -> None:
    """Hand over to the fleet: everybody is alive now, and reports at a pace of its own from here.

    Until the intake opens we see nothing; saying how far we have seen makes that a blind interval
    and not a silence of 150 devices.
    """
    fleet = []
    devices = [d for company in cast.COMPANIES for d in story.devices[company.code]]
    for device in devices:
        pace = pace_of(device)
        tell(story, device, story.now, period=pace, grace=pace)
    absorb(story.now)
    for device in devices:
        silent = device.name == "twd-srv-01"
        pace = pace_of(device)
        expect(device, pace, story.now)
        fleet.append(
            {
                "host": f"{cast.SLUG}.localhost",
                "key": story.keys[device.site_id][1],
                "name": device.name,
                "kind": device.kind,
                "period": pace,
                "grace": pace,
                **({"silent_after_s": 20, "silent_for_s": 240} if silent else {}),
            }
        )
    agreed.agree(story)
    monitoring.see(pulses=[(story.now, story.now)], clock=story.now, by=SETUP, at=story.now)
    file.write_text(json.dumps(fleet))
    file.chmod(0o600)
