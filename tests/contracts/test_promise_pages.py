"""Support hours and service levels as they are typed: looked at, refused by field, and kept."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.models import Calendar, ServiceLevel

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
    assert "Fri, Dec 25: Christmas, closed" in page
    assert "No day differs from its week." in page  # the shop is closed on Fridays anyway
    assert "Mon, Jun 1: 09:00–12:00, 13:00–17:00" in page  # its title
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
