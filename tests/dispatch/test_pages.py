"""Schedules, escalations and calls on their pages; who may change them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client as Browser

from msp.kit.refs import Actor
from msp.kit.refusals import Conflict, Refused
from tenants import context
from tenants.context import Tenant
from tenants.notices.models import Notice
from tests.conftest import NOW, person
from tests.dispatch.test_calls import BY, begin, policy, rota, step
from tickets.dispatch import actions, queries
from tickets.dispatch.models import Call, Override, Policy, Schedule

HOUR = timedelta(hours=1)


def soon(hours: float = 0) -> datetime:
    """The start of the present week's next hour, some hours on."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return now + timedelta(hours=1 + hours)


def typed(at: datetime) -> str:
    from zoneinfo import ZoneInfo

    return at.astimezone(ZoneInfo("America/New_York")).strftime("%Y-%m-%dT%H:%M")


def test_an_owner_makes_a_schedule_with_a_layer(ada: Browser, alpha: Tenant) -> None:
    ada.post("/oncall/new", {"name": "First line", "zone": "America/New_York"})
    made = Schedule.objects.get()
    layer = {
        "name": "Weeks", "every": 1, "unit": "week", "starts_on": "2026-06-01", "handover": "09:00",
        "turn1": person("Ben").pk, "turn2": person("Ada").pk,
    }  # fmt: skip
    answer = ada.post(f"/oncall/{made.pk}/layers/new", layer)
    assert answer.status_code == 303
    assert queries.on_call(Schedule.objects.get(), NOW) == person("Ben")
    shown = ada.get(f"/oncall/{made.pk}").content.decode()
    assert "Weeks" in shown
    assert "Four weeks" in shown
    again = layer | {"days": [0, 1], "start": "08:00", "end": "17:00", "turn2": ""}
    assert ada.post(f"/oncall/{made.pk}/layers/0", again).status_code == 303
    assert len(Schedule.objects.get().layers[0]["hours"]) == 1
    assert 'value="17:00' in ada.get(f"/oncall/{made.pk}/layers/0").content.decode()
    ada.post(f"/oncall/{made.pk}/layers/0", {"remove": "1"})
    assert Schedule.objects.get().layers == []


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("turn1", "", "Choose who takes turns"),
        ("every", "0", "greater than or equal to 1"),
        ("starts_on", "never", "valid date"),
        ("start", "08:00", "Give both times"),
        ("ends_on", "2026-01-01", "It ends before it begins"),
        ("ends_on", "9999-12-31", "A date from 2000"),
        ("starts_on", "0001-01-01", "A date from 2000"),
    ],
)
def test_a_layer_that_cannot_be_meant_is_said_at_its_field(
    ada: Browser, alpha: Tenant, field: str, value: str, says: str
) -> None:
    made = rota()
    values = {
        "name": "Weeks", "every": 1, "unit": "week", "starts_on": "2026-06-01", "handover": "09:00",
        "turn1": person("Ben").pk,
    }  # fmt: skip
    answer = ada.post(f"/oncall/{made.pk}/layers/new", values | {field: value})
    assert answer.status_code == 422
    assert says in answer.content.decode()


def test_a_technician_takes_over_and_puts_nobody_else(ben: Browser, alpha: Tenant) -> None:
    made = rota("Ada")
    times = {"starts": typed(soon()), "ends": typed(soon(2))}
    answer = ben.post(f"/oncall/{made.pk}/take", {"person": person("Ada").pk, **times})
    assert answer.status_code == 422
    assert "Ask others to swap" in answer.content.decode()
    assert (
        ben.post(f"/oncall/{made.pk}/take", {"person": person("Ben").pk, **times}).status_code
        == 303
    )
    assert queries.on_call(made, soon(1)) == person("Ben")
    row = Override.objects.get()
    assert ben.post(f"/oncall/stretches/{row.pk}/cancel").status_code == 303
    assert queries.on_call(made, soon(1)) == person("Ada")


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_a_stretch_at_the_end_of_time_is_refused(ada: Browser, alpha: Tenant, year: str) -> None:
    """East of Greenwich the first day begins before there are years, west of it the last ends."""
    made = actions.make_schedule(name="East", zone="Asia/Tokyo", by=BY, at=NOW)
    west = rota("Ada")
    for schedule in (made, west):
        times = {"starts": f"{year}-01-01T00:00", "ends": f"{year}-12-31T23:59",
                 "return_starts": f"{year}-01-01T00:00", "return_ends": f"{year}-12-31T23:59",
                 "person": person("Ada").pk}  # fmt: skip
        for path in ("take", "swap"):
            assert ada.post(f"/oncall/{schedule.pk}/{path}", times).status_code == 422


def test_who_may_only_look_changes_nothing(guy: Browser, ben: Browser, alpha: Tenant) -> None:
    made = rota("Ada")
    assert guy.get("/oncall").status_code == 200
    assert guy.get(f"/oncall/{made.pk}").status_code == 200
    for path in ("take", "swap"):
        assert guy.post(f"/oncall/{made.pk}/{path}", {}).status_code == 403
    for path in ("edit", "layers/new", "remove"):
        assert ben.post(f"/oncall/{made.pk}/{path}", {}).status_code == 403
    assert ben.post("/oncall/escalations/new", {}).status_code == 403


def test_the_other_msp_has_none_of_it(ada: Browser, alpha: Tenant, beta: Tenant) -> None:
    made = rota("Ben")
    with context.inside(beta):
        assert not Schedule.objects.exists()
    stranger = Browser(HTTP_HOST="beta.localhost")
    with context.inside(beta):
        stranger.force_login(
            person("Ada"), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
    assert stranger.get(f"/oncall/{made.pk}").status_code == 404


def swap(schedule: Schedule, back: bool = True) -> Override:
    """Ben asks Ada for two hours of his, for two of hers a week later."""
    start = NOW + HOUR
    theirs = NOW + timedelta(days=7, hours=1)
    return actions.ask_swap(
        schedule=schedule, asker=person("Ben"), person=person("Ada"),
        stretch=(start, start + 2 * HOUR), in_return=(theirs, theirs + 2 * HOUR) if back else None,
        by=Actor("person", person("Ben").pk, "Ben"), at=NOW,
    )  # fmt: skip


def test_a_swap_counts_when_the_other_one_agreed(alpha: Tenant, drain) -> None:  # type: ignore[no-untyped-def]
    made = rota("Ben", "Ada")
    asked = swap(made)
    drain()
    assert Notice.objects.get().reason == "Asked to take over"
    assert queries.on_call(made, NOW + 2 * HOUR) == person("Ben")
    actions.answer_swap(override=asked, agreed=True, by=BY, at=NOW)
    assert queries.on_call(made, NOW + 2 * HOUR) == person("Ada")
    assert queries.on_call(made, NOW + timedelta(days=7, hours=2)) == person("Ben")
    with pytest.raises(Conflict):
        actions.answer_swap(override=asked, agreed=False, by=BY, at=NOW)


def test_a_declined_swap_changes_nothing(alpha: Tenant) -> None:
    made = rota("Ben", "Ada")
    actions.answer_swap(override=swap(made), agreed=False, by=BY, at=NOW)
    assert queries.on_call(made, NOW + 2 * HOUR) == person("Ben")
    assert set(Override.objects.values_list("state", flat=True)) == {"declined"}


def test_nobody_gives_away_what_is_not_theirs(alpha: Tenant) -> None:
    made = rota("Ada", "Ben")
    with pytest.raises(Refused) as refused:
        swap(made, back=False)
    assert refused.value.field == "starts"


def test_only_the_one_who_is_asked_answers(ben: Browser, ada: Browser, alpha: Tenant) -> None:
    made = rota("Ben", "Ada")
    asked = swap(made, back=False)
    Override.objects.update(starts_at=soon(), ends_at=soon(2))
    assert ben.post(f"/oncall/stretches/{asked.pk}/answer", {"answer": "yes"}).status_code == 404
    assert "asks you to take over" in ada.get("/").content.decode()
    assert ada.post(f"/oncall/stretches/{asked.pk}/answer", {"answer": "yes"}).status_code == 303
    asked.refresh_from_db()
    assert asked.state == "agreed"


def test_the_asker_cannot_say_yes_to_their_own_swap(ben: Browser, alpha: Tenant) -> None:
    made = rota("Ben", "Ada")
    asked = swap(made)
    mine = Override.objects.exclude(pk=asked.pk).get()
    Override.objects.update(starts_at=soon(), ends_at=soon(2))
    assert "Take over" not in ben.get("/").content.decode()
    shown = ben.get(f"/oncall/{made.pk}").content.decode()
    assert f"/stretches/{mine.pk}/answer" not in shown
    assert f"/stretches/{mine.pk}/cancel" in shown
    assert ben.post(f"/oncall/stretches/{mine.pk}/answer", {"answer": "yes"}).status_code == 422
    for row in (asked, mine):
        with pytest.raises(Refused):
            actions.answer_swap(
                override=row, agreed=True, by=Actor("person", person("Ben").pk, "Ben"), at=NOW
            )
    assert set(Override.objects.values_list("state", flat=True)) == {"asked"}


@pytest.mark.parametrize("agreed", [False, True])
@pytest.mark.parametrize("which", [0, 1])
def test_taking_back_one_stretch_of_a_swap_takes_back_both(
    alpha: Tenant, agreed: bool, which: int
) -> None:
    made = rota("Ben", "Ada")
    asked = swap(made)
    if agreed:
        actions.answer_swap(override=asked, agreed=True, by=BY, at=NOW)
    other = actions.take_over(
        schedule=made, person=person("Ada"), starts_at=NOW + HOUR, ends_at=NOW + 2 * HOUR, by=BY,
        at=NOW,
    )  # fmt: skip
    row = Override.objects.filter(swap=asked.swap).order_by("pk")[which]
    actions.cancel_override(override=row, by=BY, at=NOW)
    states = Override.objects.filter(swap=asked.swap).values_list("state", flat=True)
    assert list(states) == ["cancelled"] * 2
    other.refresh_from_db()
    assert other.state == "agreed"


def test_a_schedule_that_is_called_is_not_removed(ada: Browser, alpha: Tenant) -> None:
    made = rota("Ben")
    used = policy((0, "schedule", made.pk))
    assert ada.post(f"/oncall/{made.pk}/remove").status_code == 422
    actions.end_policy(policy=used, by=BY, at=NOW)
    assert ada.post(f"/oncall/{made.pk}/remove").status_code == 303


def test_an_owner_writes_an_escalation(ada: Browser, alpha: Tenant) -> None:
    made = rota("Ben")
    values = {
        "name": "Nights", "rank": 1, "severities": ["critical"], "repeat": 2,
            "remind": 900, "ask": 3600,
        "targets1": [f"schedule:{made.pk}"], "after1": 0, "after3": 15,
        "targets3": [f"person:{person('Ada').pk}"], "tickets": "on",
    }  # fmt: skip
    assert ada.post("/oncall/escalations/new", values).status_code == 303
    kept = Policy.objects.get()
    assert [one["after"] for one in kept.chain["steps"]] == [0, 900]
    listed = ada.get("/oncall/escalations").content.decode()
    assert "On call: First line" in listed
    assert "15 min later" in listed
    form = ada.get(f"/oncall/escalations/{kept.pk}").content.decode()
    assert 'value="Nights"' in form
    empty = {key: value for key, value in values.items() if not key.startswith("targets")}
    assert "Step 1 calls nobody" in ada.post("/oncall/escalations/new", empty).content.decode()
    ada.post(f"/oncall/escalations/{kept.pk}/end")
    assert "Nobody is called yet" in ada.get("/oncall/escalations").content.decode()


def test_a_call_is_taken_on_from_the_list(ben: Browser, guy: Browser, alpha: Tenant) -> None:
    begin(policy((0, "person", person("Ben").pk)))
    step(0)
    shown = ben.get("/oncall/calls").content.decode()
    assert "called Ben (step 1)" in shown
    call = Call.objects.get()
    assert guy.post(f"/oncall/calls/{call.pk}/take").status_code == 403
    ben.post(f"/oncall/calls/{call.pk}/take")
    call.refresh_from_db()
    assert (call.state, call.taken_by) == ("taken", "Ben")


def test_today_says_who_is_on_call(ben: Browser, alpha: Tenant) -> None:
    assert "On call now" not in ben.get("/").content.decode()
    rota("Ben")
    shown = ben.get("/").content.decode()
    assert "On call now" in shown
    assert "(you)" in shown
