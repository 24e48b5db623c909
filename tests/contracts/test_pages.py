"""The staff's pages about promises, by the cast; forms that refuse by field."""

from datetime import date, timedelta

import pytest

from contracts.models import Agreement, Service, ServiceLevel
from tenants import context
from tests import make

FUTURE = date.today() + timedelta(days=40)  # noqa: DTZ011 - the pages use the real clock


@pytest.fixture
def plan(cast):
    make.device(cast.harbor, "ws", "workstation")
    hours = make.calendar("Office")
    plan = make.agreement(
        cast.harbor, make.per_device("62.00", ["workstation"], description="Workstations"),
        level=make.level("Standard", calendar=hours),
    )  # fmt: skip
    plan.hours, plan.service = hours, make.service("Backup")
    plan.level = ServiceLevel.objects.get()
    return plan


def pages_of(plan):
    return [
        "/agreements", "/agreements?q=manag", "/agreements?state=draft", "/agreements?state=ended",
        f"/agreements/{plan.pk}", f"/clients/{plan.client.slug}/agreements", "/levels",
        f"/levels/{plan.level.pk}", "/calendars", f"/calendars/{plan.hours.pk}", "/services",
        "/services?q=back&state=retired",
    ]  # fmt: skip


def forms_of(plan):
    return [
        "/agreements/new", f"/agreements/new?client={plan.client.slug}", "/levels/new",
        f"/levels/{plan.level.pk}/revise", "/calendars/new", f"/calendars/{plan.hours.pk}/edit",
        "/services/new", f"/services/{plan.service.pk}/edit",
    ]  # fmt: skip


def test_who_may_look_and_who_may_write(plan, ada, fay, ben, guy, cleo, nobody):
    for address in pages_of(plan):
        assert guy.get(address).status_code == 200, address
        assert cleo.get(address).status_code == 403, address
        assert nobody.get(address).status_code == 302, address
    for address in forms_of(plan):
        assert ada.get(address).status_code == 200, address
        assert fay.get(address).status_code == 200, address
        assert ben.get(address).status_code == 403, address


def test_an_agreement_of_another_msp_does_not_exist_here(plan, ada, beta):
    with context.inside(beta):
        quill = make.client("Quill Accounting")
        foreign = make.agreement(quill, make.flat(), name="Plan 0")
        while foreign.pk <= plan.pk:
            foreign = make.agreement(quill, make.flat(), name="Plan", published=False)
    assert ada.get(f"/agreements/{foreign.pk}").status_code == 404
    assert ada.post(f"/agreements/{foreign.pk}/end", {"last_on": "2099-01-01"}).status_code == 404
    assert "Plan 0" not in ada.get("/agreements").content.decode()


def lines(*rows, **head):
    """A posted draft; each row is the fields of one line."""
    posted = {
        "name": "Managed Complete", "effective_on": FUTURE.isoformat(), "last_on": "",
        "level": "", "note": "", "line-TOTAL_FORMS": len(rows), "line-INITIAL_FORMS": 0,
    } | head  # fmt: skip
    for at, row in enumerate(rows):
        for name, value in row.items():
            posted[f"line-{at}-{name}"] = value
    return posted


WORKSTATIONS = {
    "description": "Workstations", "kind": "per_device", "device_classes": ["workstation"],
    "price": "68.00", "counting": "daily",
}  # fmt: skip
FEE = {"description": "Fee", "kind": "flat", "price": "100", "prorate": "on"}


def test_an_agreement_is_written_from_nothing_to_published(cast, fay):
    answer = fay.post(
        "/agreements/new?client=quill-accounting",
        {"name": "Plan", "starts_on": FUTURE.isoformat(), "last_on": "", "currency": "usd"},
    )
    plan = Agreement.objects.get(name="Plan")
    edit = f"/agreements/{plan.pk}/edit"
    assert (answer.status_code, answer["Location"]) == (303, edit)
    assert fay.get(edit).status_code == 200

    saved = fay.post(edit, lines(WORKSTATIONS, FEE, do="save", name="Plan A"))
    assert (saved.status_code, saved["Location"]) == (303, edit)
    version = plan.versions.get()
    assert [(line.description, line.kind) for line in version.lines.all()] == [
        ("Workstations", "per_device"), ("Fee", "flat"),
    ]  # fmt: skip
    assert version.lines.first().facts["device_classes"] == ["workstation"]
    assert version.published_at is None

    published = fay.post(edit, lines(FEE, do="publish", name="Plan A"))
    assert (published.status_code, published["Location"]) == (303, f"/agreements/{plan.pk}")
    plan.refresh_from_db()
    assert (plan.state, plan.name, plan.currency) == ("active", "Plan A", "USD")
    assert "Plan A" in fay.get(f"/agreements/{plan.pk}").content.decode()


@pytest.fixture
def draft(plan, fay):
    answer = fay.post(f"/agreements/{plan.pk}/amend", {"effective_on": FUTURE.isoformat()})
    assert answer.status_code == 303
    return f"/agreements/{plan.pk}/edit"


def test_a_past_date_stops_publishing_at_its_field(draft, plan, fay):
    answer = fay.post(draft, lines(FEE, do="publish", effective_on="2026-02-01"))

    assert answer.status_code == 422
    assert "is past" in str(answer.context["terms"].errors["effective_on"])
    assert plan.versions.filter(published_at=None).count() == 1


def test_devices_on_no_line_stop_publishing_until_they_are_meant_to(draft, fay):
    servers = WORKSTATIONS | {"description": "Servers", "device_classes": ["server"]}

    answer = fay.post(draft, lines(servers, do="publish"))
    assert answer.status_code == 422
    assert "would be on no line, 1 in all: ws." in str(answer.context["terms"].errors)

    assert fay.post(draft, lines(servers, do="publish", gaps="on")).status_code == 303


def test_double_cover_stops_publishing_at_its_line(draft, fay):
    twice = WORKSTATIONS | {"description": "Again"}

    answer = fay.post(draft, lines(WORKSTATIONS, FEE, twice, do="publish"))

    assert answer.status_code == 422
    form = answer.context["lines"].forms[2]
    assert "It would charge twice: each workstation" in str(form.errors["kind"])


def test_a_removed_line_is_gone_and_errors_still_find_their_line(draft, plan, fay):
    removed = FEE | {"DELETE": "on"}
    twice = WORKSTATIONS | {"description": "Again"}

    answer = fay.post(draft, lines(removed, WORKSTATIONS, twice, do="publish"))
    assert "charge twice" in str(answer.context["lines"].forms[2].errors["kind"])

    fay.post(draft, lines(removed, WORKSTATIONS, do="save"))
    version = plan.versions.get(published_at=None)
    assert [line.description for line in version.lines.all()] == ["Workstations"]


def test_a_changed_field_is_answered_with_what_it_would_bill(draft, fay):
    answer = fay.post(draft, lines(WORKSTATIONS, FEE, do="look"), headers={"HX-Request": "true"})

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "<form" not in text
    assert "$168.00" in text
    assert "+$106.00" in text


def test_unfinished_lines_are_left_out_of_the_outlook(draft, fay):
    unfinished = {"description": "", "kind": "flat", "price": "x"}
    answer = fay.post(draft, lines(FEE, unfinished, do="look"))

    assert "Unfinished lines are left out" in answer.content.decode()
    assert "$100.00" in answer.content.decode()


def test_a_new_line_keeps_what_was_typed(draft, fay):
    answer = fay.post(draft, lines(FEE | {"price": "abc"}, do="add"))

    forms = answer.context["lines"].forms
    assert answer.status_code == 200
    assert len(forms) == 2
    assert forms[0]["price"].value() == "abc"
    assert forms[0].errors == {}
    assert forms[1]["kind"].value() == "per_device"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": "-1"}, "price"),
        ({"price": ""}, "price"),
        ({"kind": "per_moon"}, "kind"),
        ({"description": ""}, "description"),
        ({"device_classes": ["spaceship"]}, "device_classes"),
    ],
)
def test_a_wrong_line_comes_back_with_its_field(draft, fay, change, field):
    answer = fay.post(draft, lines(WORKSTATIONS | change, do="save"))

    assert answer.status_code == 422
    assert field in answer.context["lines"].forms[0].errors


def test_a_broken_post_is_no_server_error(draft, fay):
    nonsense = {"line-TOTAL_FORMS": "9999999", "line-INITIAL_FORMS": "x"}
    for posted in ({}, {"do": "publish"}, nonsense):
        assert fay.post(draft, posted).status_code == 422


def test_an_amendment_is_a_new_version_with_readable_differences(draft, plan, fay):
    line = plan.versions.get(number=1).lines.get()
    fay.post(draft, lines(WORKSTATIONS | {"line_key": str(line.line_key)}, do="publish"))

    text = fay.get(f"/agreements/{plan.pk}").content.decode()

    told = "a month for each workstation, counted by the day"
    assert f"<del>Workstations: $62.00 {told}</del>" in text
    assert f"<ins>Workstations: $68.00 {told}</ins>" in text


def test_a_draft_is_discarded_and_without_one_there_is_no_editor(draft, plan, fay):
    assert fay.post(f"/agreements/{plan.pk}/discard").status_code == 303
    assert fay.get(draft).status_code == 404
    assert plan.versions.count() == 1


def test_an_end_is_refused_in_the_past_and_set_in_the_future(plan, fay):
    end = f"/agreements/{plan.pk}/end"
    refused = fay.post(end, {"last_on": "2026-02-01"})
    assert refused.status_code == 422
    assert "before today" in str(refused.context["end_form"].errors["last_on"])

    assert fay.post(end, {"last_on": FUTURE.isoformat()}).status_code == 303
    plan.refresh_from_db()
    assert plan.ends_on == FUTURE + timedelta(days=1)


# -- services, hours, levels ---------------------------------------------------------------------


BACKUP = {"name": "Backup", "code": "backup", "domain": "backup", "nature": "service"}


def test_a_service_is_added_changed_and_retired(alpha, fay):
    assert fay.post("/services/new", BACKUP).status_code == 303
    again = fay.post("/services/new", BACKUP | {"name": "Other"})
    assert "code" in again.context["form"].errors
    service = Service.objects.get()
    fay.post(f"/services/{service.pk}/edit", BACKUP | {"name": "Cloud backup"})
    fay.post(f"/services/{service.pk}/retire")
    service.refresh_from_db()
    assert (service.name, service.retired_at is None) == ("Cloud backup", False)


def test_a_client_with_an_agreement_in_effect_is_not_archived(plan, ada, fay):
    device = plan.client.devices.get()
    ada.post(f"/devices/{device.pk}/retire", {"on": "2026-06-01"})

    refused = ada.post(f"/clients/{plan.client.slug}/archive")

    assert refused.status_code == 422
    assert "Managed Complete is in effect" in refused.content.decode()
