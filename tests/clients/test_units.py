"""Correcting the past, licences and meters, and what their pages answer."""

from datetime import UTC, date, datetime

import pytest
from django.db import ProgrammingError, transaction

from contracts.clients import actions, queries
from contracts.clients.actions import Stretch
from contracts.clients.models import UnitVersion
from contracts.rules import register
from contracts.rules.marks import Marks
from msp.kit.refusals import Refused
from tests import make

NOW = datetime(2026, 6, 11, 14, tzinfo=UTC)
LATER = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def harbor(alpha):
    return make.client()


@pytest.fixture
def device(harbor):
    return make.device(harbor, "hdg-ws-01", "workstation")


def known(unit, kind="device"):
    return queries.known_intervals(unit_type=kind, unit_id=unit.pk)


def correct(unit, said, interval=True, reason="the store room", kind="device"):
    actions.correct_unit(
        unit=unit, interval_id=known(unit, kind)[0].interval_id if interval else None, said=said,
        reason=reason, by=make.BY, at=NOW,
    )  # fmt: skip


def test_it_was_retired_on_3_march_and_we_learn_it_today(harbor, device):
    rows = UnitVersion.objects.count()
    correct(device, Stretch(date(2026, 1, 1), date(2026, 3, 3)))
    device.refresh_from_db()
    assert device.retired_on == date(2026, 3, 3)
    assert UnitVersion.objects.count() == rows + 1
    assert UnitVersion.objects.order_by("-pk").first().note == "the store room"
    then = queries.units_on(
        client_id=harbor.pk, unit_type="device", day=date(2026, 4, 1),
        known_at=datetime(2026, 6, 1, tzinfo=UTC),
    )  # fmt: skip
    now = queries.units_on(
        client_id=harbor.pk, unit_type="device", day=date(2026, 4, 1), known_at=NOW
    )
    assert ([one.name for one in then], now) == (["hdg-ws-01"], [])
    with pytest.raises(ProgrammingError), transaction.atomic():
        UnitVersion.objects.update(note="other")


def test_a_retirement_that_never_was_is_taken_back_and_one_that_never_was_is_gone(device):
    actions.retire_device(device=device, on=date(2026, 5, 1), by=make.BY, at=NOW)
    correct(device, Stretch(date(2026, 1, 1), None))
    device.refresh_from_db()
    assert device.retired_on is None
    correct(device, Stretch(date(2026, 1, 1), date(2026, 1, 1)))
    device.refresh_from_db()
    assert (known(device), device.retired_on) == ([], device.counts_from_on)


def test_a_correction_is_refused_where_it_cannot_be(harbor, device):
    for said, field in (
        (Stretch(date(2026, 2, 1), date(2026, 1, 1)), "ends_on"),
        (Stretch(date(2026, 1, 1), None, "toaster"), "unit_class"),
        (Stretch(date(2026, 1, 1), None, quantity=2), "quantity"),
        (Stretch(date(2026, 1, 1), None, site_id=99), "site_id"),
        (Stretch(date(2026, 1, 1), None), "ends_on"),
    ):
        with pytest.raises(Refused) as refused:
            correct(device, said)
        assert refused.value.field == field
    with pytest.raises(Refused) as refused:
        correct(device, Stretch(date(2026, 2, 1), None), interval=False)
    assert refused.value.field == "starts_on"
    with pytest.raises(Refused) as refused:
        correct(device, Stretch(date(2025, 2, 1), None), reason=" ")
    assert refused.value.field == "reason"


def test_a_name_given_again_meanwhile_stands_in_the_way(harbor, device):
    actions.retire_device(device=device, on=date(2026, 5, 1), by=make.BY, at=NOW)
    make.device(harbor, "hdg-ws-01", "workstation", counts_from_on=date(2026, 5, 1))
    with pytest.raises(Refused, match="Another one in service"):
        correct(device, Stretch(date(2026, 1, 1), None))


def test_a_users_days_follow_the_register(harbor):
    cleo = make.contact(harbor, "Cleo", counts_from_on=date(2026, 2, 1))
    correct(cleo, Stretch(date(2026, 2, 10), date(2026, 4, 1)), kind="user")
    cleo.refresh_from_db()
    assert (cleo.counts_from_on, cleo.counts_until_on) == (date(2026, 2, 10), date(2026, 4, 1))


def test_marks_hold_from_a_day_and_are_checked(harbor, device):
    cleo = make.contact(harbor, "Cleo", counts_from_on=date(2026, 1, 1))
    sister = make.client("Harbor Labs")
    day = date(2026, 6, 1)
    actions.mark_unit(unit=device, marks=Marks(shared=True), on=day, by=make.BY, at=NOW)
    seat = Marks(seat_id=device.pk)
    actions.mark_unit(unit=cleo, marks=seat, on=day, by=make.BY, at=NOW)
    assert [(one.ends_on, one.marks.seat_id) for one in known(cleo, "user")] == [
        (day, None), (None, device.pk),
    ]  # fmt: skip
    for unit, marks, field in (
        (cleo, Marks(seat_id=make.device(sister, "other").pk), "seat"),
        (cleo, Marks(payer_id=harbor.pk), "payer"),
        (cleo, Marks(payer_id=sister.pk, person_id=cleo.pk), "person"),
    ):
        with pytest.raises(Refused) as refused:
            actions.mark_unit(unit=unit, marks=marks, on=day, by=make.BY, at=NOW)
        assert refused.value.field == field


def test_a_licence_is_a_number_over_time_and_a_meter_is_there(harbor):
    since = {"counts_from_on": date(2026, 1, 1), "by": make.BY, "at": NOW}
    licence = actions.add_licence(client=harbor, product="Office Suite", seats=40, **since)
    actions.change_seats(licence=licence, seats=44, on=date(2026, 6, 16), by=make.BY, at=NOW)
    assert [(one.quantity, one.ends_on) for one in known(licence, "licence")] == [
        (40, date(2026, 6, 16)), (44, None),
    ]  # fmt: skip
    with pytest.raises(Refused, match="already"):
        actions.add_licence(client=harbor, product="office suite", seats=1, **since)
    with pytest.raises(Refused, match="correct that stretch"):
        actions.change_seats(licence=licence, seats=1, on=date(2026, 6, 1), by=make.BY, at=NOW)
    meter = actions.add_meter(client=harbor, name="Pages", measure="pages", **since)
    for holding in (licence, meter):
        actions.end_holding(holding=holding, on=date(2026, 7, 1), by=make.BY, at=NOW)
    versions = queries.unit_versions(client_id=harbor.pk, unit_type="licence")
    assert register.snapshot(register.as_known(versions, LATER), date(2026, 7, 1)) == []


# -- pages --------------------------------------------------------------------------------------


def test_a_unit_is_corrected_by_hand_and_its_picture_has_a_row_more(ada, harbor, device):
    page = ada.get(f"/units/device/{device.pk}")
    assert page.content.decode().count('class="uh__b"') == 1
    given = {
        "interval": known(device)[0].interval_id, "was_there": "on", "starts_on": "2026-01-01",
        "last_on": "2026-03-02", "unit_class": "workstation", "reason": "=cmd()",
    }  # fmt: skip
    refused = ada.post(f"/units/device/{device.pk}/correct", given | {"reason": ""})
    assert refused.status_code == 422
    assert ada.post(f"/units/device/{device.pk}/correct", given).status_code == 303
    page = ada.get(f"/units/device/{device.pk}").content.decode()
    assert page.count('class="uh__b"') == 2
    assert "Mar 2, 2026" in page
    assert ada.get("/units/toaster/1").status_code == 404


def test_two_days_of_knowledge_are_compared_found_and_saved(ada, guy, harbor, device):
    actions.change_device(device=device, name="=danger", by=make.BY, at=NOW)
    correct(device, Stretch(date(2026, 1, 1), date(2026, 3, 3)))
    url = "/clients/harbor-dental/register"
    asked = "day=2026-04-01&known_on=2026-06-01"
    assert [one.state for one in guy.get(f"{url}?{asked}").context["rows"]] == ["removed"]
    assert list(guy.get(f"{url}?{asked}&unit_class=server").context["rows"]) == []
    assert list(guy.get(f"{url}?{asked}&q=nobody").context["rows"]) == []
    text = guy.get(f"{url}.csv?day=2026-02-01&known_on=2026-06-12").content.decode()
    assert "'=danger,Workstation" in text
    assert guy.get(f"{url}.csv?day=soon").status_code == 400
    assert guy.get(f"{url}?day=0001-01-01").status_code == 422


def test_licences_and_meters_are_kept_by_hand(ada, guy, harbor):
    at = "/clients/harbor-dental"
    new = {"product": "Office Suite", "seats": "40", "counts_from_on": "2026-01-01"}
    assert guy.post(f"{at}/licences/new", new).status_code == 403
    assert ada.post(f"{at}/licences/new", new | {"seats": "0"}).status_code == 422
    assert ada.post(f"{at}/licences/new", new).status_code == 303
    meter = {"name": "Pages", "measure": "pages", "counts_from_on": "2026-01-01"}
    assert ada.post(f"{at}/meters/new", meter).status_code == 303
    pk = harbor.holdings.get(kind="licence").pk
    assert ada.post(f"/licences/{pk}/seats", {"seats": "", "on": ""}).status_code == 422
    assert ada.post(f"/licences/{pk}/seats", {"seats": "44", "on": "2026-06-16"}).status_code == 303
    assert "44 seats" in ada.get(f"{at}/holdings").content.decode()
    assert (
        ada.post(
            f"/meters/{harbor.holdings.get(kind='meter').pk}/end", {"on": "2026-07-01"}
        ).status_code
        == 303
    )
    assert ada.post(f"/licences/{pk}/end", {"on": "2025-07-01"}).status_code == 422


def test_marks_are_set_by_hand(ada, harbor):
    cleo = make.contact(harbor, "Cleo", counts_from_on=date(2026, 1, 1))
    sister = make.client("Harbor Labs")
    dora = make.contact(sister, "Dora", counts_from_on=date(2026, 1, 1))
    url = f"/units/user/{dora.pk}/mark"
    refused = ada.post(url, {"on": "2026-06-01", "person": cleo.pk, "payer": ""})
    assert refused.status_code == 303  # who the same person is says who pays
    [_before, after] = known(dora, "user")
    assert (after.marks.payer_id, after.marks.person_id) == (harbor.pk, cleo.pk)
    assert ada.post(url, {"on": "soon"}).status_code == 422
