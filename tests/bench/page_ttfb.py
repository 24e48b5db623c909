"""How long the pages people open most take, on the demo's half year, beside an empty one.

In process: Django's handler with all its middleware, no socket. The empty page is Today of an MSP
that has nothing yet, signed in, so it pays for the session, the shell and the live cursor as well.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from msp.devservices.environment import CHECKOUT
from tests.bench import percentile, row, seconds

ROUNDS = 60
WARM = 3
GOAL_RATIO, GOAL_MS = 4, 100


def run() -> list[dict[str, Any]]:
    told = subprocess.run(
        [sys.executable, "manage.py", "demo"],
        cwd=CHECKOUT,
        env={**os.environ, "STEWARD_ROLE": "manage"},
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        raise RuntimeError(told.stdout[-2000:] + told.stderr[-4000:])
    pages = opened()
    taken: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(WARM + ROUNDS):
        for name, open_page in pages.items():
            took = seconds(open_page)
            if turn >= WARM:
                taken[name].append(took)
    p95 = {name: percentile(values, 0.95) * 1000 for name, values in taken.items()}
    empty = p95.pop("empty")
    return [
        row(
            f"page_ttfb {name}", mine, "ms p95", against="Today of an empty MSP", theirs=empty,
            goal=f"<= {GOAL_RATIO}x; <= {GOAL_MS} ms",
            met=mine <= GOAL_RATIO * empty and mine <= GOAL_MS,
            note=f"{ROUNDS} in turns, in process",
        )
        for name, mine in p95.items()
    ]  # fmt: skip


def opened() -> dict[str, Callable[[], object]]:
    """Each page as a call that fails when it is not the page."""
    from contracts.clients.models import Client, Contact, Device
    from tenants import context
    from tenants.models import Msp
    from tenants.people.models import Person
    from tickets.models import Ticket

    with context.outside():
        demo = Msp.objects.exclude(slug__in=["alpha", "beta"]).get()
    with context.inside(demo):
        technician = Person.objects.filter(role="technician").order_by("pk")[0]
        contact = Contact.objects.filter(portal_role="admin").order_by("pk")[0]
        ticket = Ticket.objects.order_by("-number")[0]
        client = Client.objects.order_by("pk")[0]
        device = Device.objects.order_by("pk")[0]
        staff = browser(demo.slug, technician)
        guest = browser(demo.slug, contact.person)
    with context.outside():
        beta = Msp.objects.get(slug="beta")
    with context.inside(beta):
        newcomer = browser("beta", Person.objects.order_by("pk")[0])
    return {
        "empty": getter(newcomer, "/"),
        "today": getter(staff, "/"),
        "queue": getter(staff, "/tickets"),
        "ticket": getter(staff, f"/tickets/{ticket.number}"),
        "client": getter(staff, f"/clients/{client.slug}"),
        "device": getter(staff, f"/devices/{device.pk}"),
        "portal": getter(guest, "/portal/"),
    }


def browser(slug: str, person: Any) -> Any:
    from django.test import Client as Browser

    made = Browser(HTTP_HOST=f"{slug}.localhost")
    made.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return made


def getter(visitor: Any, path: str) -> Callable[[], object]:
    def get() -> object:
        answer = visitor.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
        return answer

    return get
