"""Devices get, change and lose checks by their class and by what looks after them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracts import actions as contracts
from contracts.clients import actions as clients
from contracts.models import Offer
from monitoring import actions, tasks
from monitoring.models import Check, CheckTemplate, Series
from monitoring.queries import templating
from monitoring.rules.contents import Words
from monitoring.rules.definitions import Definition
from monitoring.rules.schedules import Schedule
from monitoring.rules.thresholds import Level, Limits
from tests import make
from tests.make import BY
from tests.make.clients import STARTED_AT

NIGHTLY = Definition("cron", grace=600, schedule=Schedule("cron", "0 2 * * *", "UTC"))
LATER = Definition("cron", grace=600, schedule=Schedule("cron", "0 4 * * *", "UTC"))
CPU = Definition("threshold", series="cpu", limits=Limits(Level(90, 80)))


def keep(definition: Definition = NIGHTLY, name: str = "Backup", *, of="server", offer=None):
    return actions.keep_template(
        device_class=of, name=name, definition=definition, offer=offer, by=BY, at=STARTED_AT
    )


def follow() -> None:
    tasks.follow_templates("server")


def checks(device) -> dict[str, tuple[str, str]]:
    rows = Check.objects.filter(device=device)
    return {row.slug: (row.status, row.schedule) for row in rows}


@pytest.fixture
def complete(alpha) -> Offer:
    """A tier of the catalogue."""
    return Offer.objects.create(kind="tier", name="Complete", code="complete")


def looked_after(client, offer: Offer | None, starts_on: date = date(2026, 1, 1), **more):
    """An agreement whose one line is a tier."""
    line = contracts.LineInput(
        "Complete", "per_device", {"unit_price": "10.00", "device_classes": []}, offer=offer
    )
    return make.agreement(client, line, starts_on=starts_on, **more)


def test_a_device_gets_what_its_class_asks_for_when_it_is_added_and_when_it_changes(
    alpha, drain
) -> None:
    keep()
    keep(name="Nightly copy", of="laptop")
    client = make.client("Keel Boats")
    device = make.device(client, "k-1", "server")
    drain()
    assert checks(device) == {"backup": ("new", "0 2 * * *")}
    clients.change_device(device=device, kind="laptop", by=BY, at=STARTED_AT)
    drain()
    assert {slug: status for slug, (status, _line) in checks(device).items()} == {
        "backup": "paused", "nightly-copy": "new",
    }  # fmt: skip
    clients.change_device(device=device, kind="server", by=BY, at=STARTED_AT)
    drain()
    assert checks(device)["backup"][0] == "new"
    assert checks(device)["nightly-copy"][0] == "paused"


def test_what_a_person_paused_or_made_otherwise_stays(alpha, drain) -> None:
    keep()
    client = make.client("Keel Boats")
    device, other = (make.device(client, name, "server") for name in ("a", "b"))
    drain()
    actions.pause_check(check=Check.objects.get(device=device), by=BY, at=STARTED_AT)
    theirs = Definition("cron", grace=60, schedule=Schedule("cron", "30 3 * * *", "UTC"))
    actions.redefine_check(
        check=Check.objects.get(device=other), definition=theirs, by=BY, at=STARTED_AT
    )
    keep(LATER)
    follow()
    assert checks(device) == {"backup": ("paused", "0 4 * * *")}
    assert checks(other) == {"backup": ("new", "30 3 * * *")}


def test_a_changed_template_says_what_it_will_change_and_then_does(
    alpha, drain, monkeypatch
) -> None:
    client = make.client("Keel Boats")
    device = make.device(client, "k-1", "server")
    Series.objects.create(device=device, name="cpu")
    drain()
    row = templating.typed(device_class="server", name="CPU", definition=CPU, at=STARTED_AT)
    with CaptureQueriesContext(connection) as asked:
        seen = templating.preview(row, STARTED_AT)
    assert len(asked) == 4  # devices, templates, checks and values, once each
    assert (seen.devices, seen.made, seen.names) == (1, 1, (("k-1", "CPU is added"),))
    monkeypatch.setattr(templating, "MOST_LOOKED_AT", 1)
    make.device(make.client("Quill Papers"), "q-1", "server")
    assert templating.preview(row, STARTED_AT).beyond == 1
    keep(CPU, "CPU")
    follow()
    (check,) = Check.objects.filter(device=device)
    assert (check.slug, check.template_id) == ("=cpu", CheckTemplate.objects.get().pk)
    stricter = Definition("threshold", series="cpu", limits=Limits(Level(70, 60)))
    typed = templating.typed(device_class="server", name="CPU", definition=stricter, at=STARTED_AT)
    seen = templating.preview(typed, STARTED_AT)
    assert (seen.changed, seen.made, seen.paused) == (1, 0, 0)
    keep(stricter, "CPU")
    keep(stricter, "CPU")
    follow()
    check.refresh_from_db()
    assert check.limits["warning"][0] == 70
    assert not templating.preview(typed, STARTED_AT).any


def test_the_checks_of_a_tier_begin_and_end_with_the_agreement(alpha, drain, complete) -> None:
    keep(offer=complete)
    client, other = make.client("Keel Boats"), make.client("Quill Papers")
    device, bare = (make.device(one, f"{one.slug}-1", "server") for one in (client, other))
    drain()
    assert checks(device) == checks(bare) == {}
    made = looked_after(client, complete)
    looked_after(other, None)
    drain()
    tasks.follow_client(client.pk)
    tasks.follow_client(other.pk)
    assert (checks(device), checks(bare)) == ({"backup": ("new", "0 2 * * *")}, {})
    at = STARTED_AT + timedelta(days=3)
    contracts.end_agreement(agreement=made, ends_on=date(2026, 1, 5), by=BY, at=at)
    drain()
    tasks.follow_offers()  # today the agreement is long over
    assert checks(device)["backup"][0] == "paused"


def test_the_template_of_a_tier_goes_before_the_one_for_all(alpha, drain, complete) -> None:
    keep()
    keep(LATER, offer=complete)
    client = make.client("Keel Boats")
    device = make.device(client, "k-1", "server")
    drain()
    assert checks(device) == {"backup": ("new", "0 2 * * *")}
    looked_after(client, complete)
    drain()
    tasks.follow_client(client.pk)
    assert checks(device) == {"backup": ("new", "0 4 * * *")}


def test_what_a_person_takes_up_again_no_template_takes_away(alpha, drain, complete) -> None:
    """Nor their failure words and longest run, and no check they made themselves."""
    keep()
    client = make.client("Keel Boats")
    device, other = (make.device(client, name, "server") for name in ("a", "b"))
    drain()
    clients.change_device(device=device, kind="laptop", by=BY, at=STARTED_AT)
    drain()
    check = Check.objects.get(device=device)
    assert (check.status, check.let_go_at) == ("paused", STARTED_AT)
    actions.resume_check(check=check, by=BY, at=STARTED_AT)
    theirs = Definition(
        "cron", grace=600, schedule=NIGHTLY.schedule, max_run=300, words=Words(fail=("bad",))
    )
    actions.redefine_check(
        check=Check.objects.get(device=other), definition=theirs, by=BY, at=STARTED_AT
    )
    Check.objects.filter(device=other).update(template=CheckTemplate.objects.get())
    mine = actions.define_check(
        device=device, name="Copy", definition=NIGHTLY, by=BY, at=STARTED_AT
    )
    keep(LATER)
    keep(name="Copy", of="laptop")
    tasks.follow_offers()  # nobody was told of it
    check.refresh_from_db()
    assert (check.status, check.template_id, check.schedule) == ("new", None, "0 2 * * *")
    mine.refresh_from_db()
    assert mine.template_id is None
    kept = Check.objects.get(device=other)
    assert (kept.schedule, kept.max_run_seconds) == ("0 4 * * *", 300)
    assert kept.words["fail"] == ["bad"]


def test_following_holds_the_checks_then_the_counter_and_survives_what_is_refused(
    alpha, drain
) -> None:
    """The order of the drain and the sweep: none waits for another that waits for it."""
    for name in ("Backup", "Copy"):
        keep(name=name)
    device = make.device(make.client("Keel Boats"), "k-1", "server")
    drain()
    CheckTemplate.objects.update(device_class="laptop")
    CheckTemplate.objects.create(
        device_class="server", slug="never", name="Never", kind="cron", schedule="0 0 30 2 *",
        zone="UTC", period_seconds=60, grace_seconds=60,
    )  # fmt: skip
    with CaptureQueriesContext(connection) as seen:
        assert actions.follow_templates(device=device, by=BY, at=STARTED_AT)
    held = [one["sql"] for one in seen if "FOR UPDATE" in one["sql"]]
    assert '"monitoring_check"' in held[0]
    assert "ORDER BY" in held[0]
    assert '"monitoring_incidentnumber"' in held[1]
    assert {status for status, _line in checks(device).values()} == {"paused"}


def test_a_line_of_a_tier_keeps_it_through_versions(alpha, complete) -> None:
    made = looked_after(make.client("Keel Boats"), complete)
    version = contracts.amend(agreement=made, effective_on=date(2099, 1, 1), by=BY, at=STARTED_AT)
    assert [line.offer for line in version.lines.all()] == [complete]


def typed(**more) -> dict[str, str]:
    return {
        "name": "CPU", "device_class": "server", "offer": "", "series": "cpu", "side": "above",
        "warning": "90", **more,
    }  # fmt: skip


def test_the_page_shows_what_follows_before_it_keeps_anything(alpha, ben, guy) -> None:
    device = make.device(make.client("Keel Boats"), "k-1", "server")
    Series.objects.create(device=device, name="cpu")
    new = "/monitors/templates/new?kind=threshold"
    assert guy.get(new).status_code == 403
    assert ben.get(new).status_code == 200
    looked = ben.post("/monitors/templates/new/look?kind=threshold", typed()).content.decode()
    assert "It changes 1 device:" in looked
    assert "CPU is added" in looked
    assert ben.post(new, typed()).status_code == 422  # not before it was seen
    assert not CheckTemplate.objects.exists()
    assert ben.post(new, typed(seen="on")).status_code == 303
    follow()
    row = CheckTemplate.objects.get()
    assert checks(device) == {"=cpu": ("new", "")}
    here = f"/monitors/templates/{row.pk}"
    assert "CPU of each server" in ben.get(here).content.decode()
    change = {"name": "CPU", "series": "cpu", "side": "above", "warning": "70"}
    assert "CPU is changed" in ben.post(f"{here}/look", change).content.decode()
    assert guy.post(f"{here}/look", change).status_code == 403
    assert ben.post(here, change | {"seen": "on"}).status_code == 303
    follow()
    assert Check.objects.get(device=device).limits["warning"][0] == 70
    assert ben.post(new, typed(warning="", seen="on")).status_code == 422
    assert ben.get("/monitors/templates").status_code == 200
