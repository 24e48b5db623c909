"""What `make demo` builds, built once by the same command; and its fleet, heard by the product."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from contracts.rules.terms import TERMS
from monitoring.gateways import stream
from monitoring.management.commands.fleet import Device, Fleet
from msp.devservices.environment import CHECKOUT
from tests.browsing import Product, product

# In a process of its own: this one's connections lead to another database.
FACTS = """
import django; django.setup()
import json
from collections import Counter
from django.core.management import call_command
from billing.models import Invoice, LineTime, Run
from contracts.clients.models import Client, Contact, Device
from contracts.models import Agreement, AgreementLine, Quote, Roadmap
from monitoring.models import Check, EnrolmentKey, Incident
from tenants import context
from tenants.journal.models import Delivery
from tenants.models import Msp
from tenants.notices.models import Mail
from tenants.people.models import Person
from tickets.models import Ticket, TimeEntry
from tickets.projects.models import Project

call_command("demo")
with context.outside():
    msp = context.tenant_of(Msp.objects.get(slug="northlight"))
with context.inside(msp):
    runs = Run.objects.order_by("starts_on")
    facts = {
        "schema": msp.schema_name,
        "roles": Counter(Person.objects.exclude(role="").values_list("role", flat=True)),
        "clients": Client.objects.count(),
        "devices": Device.objects.filter(retired_on=None).count(),
        "agreements": Agreement.objects.filter(state="active", quote=None).count(),
        "quotes": sorted(Quote.objects.values_list("state", "agreement__state"), key=str),
        "once": list(Invoice.objects.filter(run=None).values_list("state", flat=True)),
        "projects": [
            [one.state, *(one.milestones.filter(**which).count() for which in (
                {}, {"done_at__isnull": False}, {"accepted_at__isnull": False}))]
            for one in Project.objects.all()],
        "plans": [len(one.phases) for one in Roadmap.objects.exclude(shared_at=None)],
        "names": sorted(set(Agreement.objects.values_list("name", flat=True))),
        "kinds": sorted(set(AgreementLine.objects.values_list("kind", flat=True))),
        "runs": [[run.state, sorted(set(run.invoices.values_list("state", flat=True)))]
                 for run in runs],
        "tickets": Counter(bool(at) for at in Ticket.objects.values_list("resolved_at", flat=True)),
        "incidents": Counter(Incident.objects.values_list("state", flat=True)),
        "times": TimeEntry.objects.count(),
        "outcomes": sorted(set(LineTime.objects.values_list("outcome", flat=True))),
        "keys": EnrolmentKey.objects.count(),
        "watched": Check.objects.values("device").distinct().count(),
        "owed": Delivery.objects.filter(done_at=None).count(),
    }
    note = json.load(open(FOLDER + "/demo.json"))
    facts["let_in"] = [Person.objects.get(email=one["email"]).check_password(one["password"])
                       for one in note["sign_ins"]]
for other in context.ready():
    if other.slug != "northlight":
        with context.inside(other):
            assert not Client.objects.exists()
print("FACTS" + json.dumps(facts))
"""


@pytest.fixture(scope="module")
def running(
    second_database: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Product]:
    """The web part over a database of its own, in which the demo is told."""
    with product(second_database, tmp_path_factory.mktemp("demo"), "web") as made:
        told = subprocess.run(
            [sys.executable, "manage.py", "demo"], cwd=CHECKOUT, env=made.environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert told.returncode == 0, told.stderr[-3000:]
        yield made


@pytest.fixture(scope="module")
def facts(running: Product) -> dict[str, Any]:
    """What is there after the command ran once more, as a second start does."""
    done = subprocess.run(
        [sys.executable, "-c", FACTS.replace("FOLDER", repr(str(running.folder)))],
        cwd=CHECKOUT, env=running.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.partition("FACTS")[2]))


@pytest.mark.timeout(600)  # half a year passes
def test_it_is_a_small_provider_with_half_a_year_behind_it(facts: dict[str, Any]) -> None:
    assert facts["roles"]["technician"] >= 3
    assert facts["roles"]["owner"] == facts["roles"]["finance"] == 1
    assert 10 <= facts["clients"] <= 14
    assert 135 <= facts["devices"] <= 165
    # Some have none: our own office, and one that has only been quoted to.
    assert facts["clients"] - 3 <= facts["agreements"] < facts["clients"]
    assert facts["kinds"] == sorted(TERMS)
    assert facts["names"] == [
        "By the hour", "Managed Complete", "Managed Essential", "Managed by person",
        "Prepaid hours", "Telephones",
    ]  # fmt: skip
    assert facts["times"] >= 60
    assert set(facts["outcomes"]) >= {"billed", "drawn", "included"}
    assert facts["let_in"] == [True] * 4


def test_it_offers_something_and_something_was_accepted(facts: dict[str, Any]) -> None:
    assert facts["quotes"] == [
        ["accepted", "active"], ["accepted", None], ["sent", None], ["viewed", None],
    ]  # fmt: skip
    assert sorted(facts["once"]) == ["draft", "draft", "issued"]
    assert facts["projects"] == [["running", 5, 3, 2]]
    assert facts["plans"] == [3]


def test_its_months_are_billed_but_the_last(facts: dict[str, Any]) -> None:
    assert facts["runs"] == [["issued", ["issued"]]] * 5 + [["review", ["draft"]]]


def test_its_desk_is_at_work_and_nothing_is_owed(facts: dict[str, Any]) -> None:
    assert facts["tickets"]["true"] > 50
    assert facts["tickets"]["false"] >= 5
    assert set(facts["incidents"]) == {"resolved"}
    assert facts["incidents"]["resolved"] >= 5
    assert facts["watched"] >= facts["devices"]
    assert facts["owed"] == 0


def test_another_start_of_the_fleet_is_another_boot() -> None:
    """Else its beats, counted from one again, would be taken for old ones: all fall silent."""

    def boots() -> set[str]:
        device = Device("pc", "key", "alpha.localhost", "workstation", 60)
        Fleet("http://127.0.0.1:1", [device])
        return {device.boot_id}

    assert boots() != boots()


def test_its_fleet_is_heard(running: Product, facts: dict[str, Any], valkey: redis.Redis) -> None:
    """As `manage.py fleet` does, without waiting for each to be due."""
    rows = json.loads((running.folder / "fleet.json").read_text())
    devices = [Device(**{n: v for n, v in row.items() if n != "grace"}) for row in rows]
    assert [one.name for one in devices if one.silent_after_s < 60] == ["twd-srv-01"]
    fleet = Fleet(f"http://127.0.0.1:{running.port}", devices)
    for device in devices:
        fleet.send(device)
    assert fleet.connection is not None
    fleet.connection.close()
    assert fleet.refused == 0
    name = stream.name_of(facts["schema"])
    ours = 1  # the canary beats by itself
    assert stream.client().xlen(name) == len(devices) >= facts["devices"] - ours
