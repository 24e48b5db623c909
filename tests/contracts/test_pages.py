"""The staff's pages about promises, by the cast; forms that refuse by field."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.models import Agreement, Calendar, Service, ServiceLevel
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


HOURS = {"name": "Shop", "zone": "America/Chicago", "day0": "09:00-12:00, 13:00-17:00",
         "day5": "22:00-06:00", "holidays": "Christmas: 12-25", "overrides": ""}  # fmt: skip


def test_hours_are_typed_previewed_and_saved(alpha, fay):
    seen = fay.post("/calendars/new", HOURS | {"do": "look"}, headers={"HX-Request": "true"})
    assert "A ticket opened now would be due" in seen.content.decode()
    assert not Calendar.objects.exists()

    assert fay.post("/calendars/new", HOURS).status_code == 303

    stored = Calendar.objects.get().definition
    assert stored["windows"] == [
        {"weekday": 0, "start": "09:00", "end": "12:00"},
        {"weekday": 0, "start": "13:00", "end": "17:00"},
        {"weekday": 5, "start": "22:00", "end": "06:00"},
    ]
    assert stored["holidays"] == [{"name": "Christmas", "month": 12, "day": 25}]


def test_holidays_of_a_country_and_a_file_are_written_into_the_form(alpha, fay):
    year = datetime.now(UTC).year
    page = fay.post("/calendars/new", HOURS | {"do": "country", "country": "US", "part": "ca"})
    assert page.status_code == 200
    typed = page.context["form"].initial["holidays"]
    assert typed.startswith("Christmas: 12-25")
    assert f"Labor Day: {year}-09-" in typed
    assert not Calendar.objects.exists()
    wrong = fay.post("/calendars/new", HOURS | {"do": "country", "country": "DE", "part": "CA"})
    assert wrong.status_code == 422
    assert "part" in wrong.context["country_form"].errors

    file = SimpleUploadedFile(
        "closed.ics",
        f"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Founders\nDTSTART;VALUE=DATE:{year}0612\n"
        "END:VEVENT\nEND:VCALENDAR".encode(),
    )
    page = fay.post("/calendars/new", HOURS | {"do": "file", "file": file})
    assert f"Founders: {year}-06-12" in page.context["form"].initial["holidays"]
    junk = SimpleUploadedFile("closed.ics", b"\x00\xff" * 20)
    assert fay.post("/calendars/new", HOURS | {"do": "file", "file": junk}).status_code == 422
    assert fay.post("/calendars/new", HOURS | {"do": "file"}).status_code == 422
    assert fay.post("/calendars/new", HOURS | {"do": "country"}).status_code == 422


def test_the_preview_is_asked_for_another_moment_level_and_year(alpha, fay):
    fay.post("/levels/new", TARGETS | {"name": "Gold"})
    level = ServiceLevel.objects.get()
    fay.post("/calendars/new", HOURS)
    here = f"/calendars/{Calendar.objects.get().pk}"
    asked = {"at": "2026-06-01T11:50", "level": level.pk, "year": "2026"}
    page = fay.get(here, asked).content.decode()
    assert "A ticket opened then would be due" in page
    assert "Mon, Jun 1, 1:05 PM" in page  # fifteen minutes, five of them after lunch
    assert "2026-12-25" not in page
    assert "Fri, Dec 25: Christmas" not in page  # the shop is closed on Fridays anyway
    assert "Mon, Jun 1: 09:00–12:00, 13:00–17:00" in page
    assert page.count("<figcaption>") == 12
    for odd in ({"at": "yesterday"}, {"level": "99"}, {"year": "9999"}, {"year": "x"}):
        assert fay.get(here, odd).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"day0": "nine"}, "day0"),
        ({"day5": "25:00-26:00"}, "day5"),
        ({"day0": "", "day5": ""}, "day0"),
        ({"holidays": "Christmas"}, "holidays"),
        ({"holidays": "Christmas: 13-25"}, "holidays"),
        ({"overrides": "tomorrow: closed"}, "overrides"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"name": ""}, "name"),
    ],
)
def test_wrong_hours_come_back_with_their_field(alpha, fay, change, field):
    answer = fay.post("/calendars/new", HOURS | change)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    looked = fay.post("/calendars/new", HOURS | change | {"do": "look"})
    assert looked.status_code == 200


TARGETS = {
    f"{promise}{priority}": text
    for priority in "1234"
    for promise, text in (("response", "15 min"), ("resolution", "4 h"))
} | {
    **{f"matrix{r}{c}": str(1 + r + c) for r in range(3) for c in range(3)},
    "updates": "reply",
    "warn_at": "70, 90",
    "grace": "30 min",
    "reopen_days": "7",
}


def test_a_level_is_promised_and_revised(alpha, fay):
    assert fay.post("/levels/new", TARGETS | {"name": "Gold"}).status_code == 303
    level = ServiceLevel.objects.get()
    again = fay.post("/levels/new", TARGETS | {"name": "gold"})
    assert "name" in again.context["form"].errors

    assert fay.post(
        f"/levels/{level.pk}/revise", TARGETS | {"resolution1": "2 h"}
    ).status_code == 303  # fmt: skip

    assert list(level.versions.values_list("number", flat=True)) == [1, 2]
    assert "Fix, critical: 4 h → 2 h" in fay.get(f"/levels/{level.pk}").content.decode()


def test_how_a_level_is_applied_is_kept_shown_and_typed_again(alpha, fay):
    own = {
        "updates": "interval", "update1": "1 h", "response5": "8 h", "resolution5": "80 h",
        "pauses_update": "on", "warn_at": "110, 50", "grace": "", "reopen_days": "14",
        "longest_pause_days": "30", "matrix22": "4",
    }  # fmt: skip
    assert fay.post("/levels/new", TARGETS | own | {"name": "Gold"}).status_code == 303
    version = ServiceLevel.objects.get().versions.get()
    assert version.targets["1"]["update"] == 3600
    assert version.targets["5"] == {"response": 8 * 3600, "resolution": 80 * 3600}
    assert version.policy["matrix"][2] == [3, 4, 4]
    assert version.policy["warn_at"] == [50, 110]
    assert (version.policy["grace"], version.policy["longest_pause_days"]) == (0, 30)
    page = fay.get(f"/levels/{version.level_id}").content.decode()
    assert "A wait ends by itself after 30 days." in page
    assert "The owner is told when 50 % and 110 % of a target is used." in page
    form = fay.get(f"/levels/{version.level_id}/revise").content.decode()
    assert 'value="50, 110"' in form
    assert fay.post(f"/levels/{version.level_id}/revise", TARGETS).status_code == 303
    told = fay.get(f"/levels/{version.level_id}").content.decode()
    assert "A wait may last as long as its reason does." in told
    assert "Next word, critical: 1 h → not promised" in told


@pytest.mark.parametrize(
    ("change", "field"),
    [({"response1": "soon"}, "response1"), ({"warn_at": "often"}, "warn_at"),
     ({"warn_at": "70, 70"}, "warn_at"), ({"response5": "1 h"}, "resolution5"),
     ({"grace": "9000 h"}, "grace"), ({"reopen_days": "900"}, "reopen_days"),
     ({"resolution2": "5 min"}, "resolution2"),
     ({"response3": ""}, "response3"), ({"calendar": "99"}, "calendar")],
)  # fmt: skip
def test_a_wrong_target_comes_back_with_its_field(alpha, fay, change, field):
    answer = fay.post("/levels/new", TARGETS | {"name": "Gold"} | change)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_client_with_an_agreement_in_effect_is_not_archived(plan, ada, fay):
    device = plan.client.devices.get()
    ada.post(f"/devices/{device.pk}/retire", {"on": "2026-06-01"})

    refused = ada.post(f"/clients/{plan.client.slug}/archive")

    assert refused.status_code == 422
    assert "Managed Complete is in effect" in refused.content.decode()
