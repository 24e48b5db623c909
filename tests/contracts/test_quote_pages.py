"""Quotes on pages: written by staff, compared and answered in the portal, closed to others."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from contracts import actions
from contracts.models import Agreement, Answer, Offer, Quote
from tests import make
from tests.api.conftest import Program, api  # noqa: F401
from tests.cast import Cast

NOW = datetime.now(UTC)
EXTRA = "4a1a4b1e-58a9-4ea0-a3d2-2f6a6f0f3b11"
VALID = NOW.date() + timedelta(days=20)


def sent(client: Any, **said: Any) -> Quote:
    made = actions.draft_quote(client=client, name="Managed care", by=make.BY, at=NOW)
    version = actions.write_quote(
        version=made.versions.get(),
        options=[actions.OptionInput("Essential"), actions.OptionInput("Complete", "All of it")],
        lines=[
            actions.QuotedInput("Desks", "per_device", {"unit_price": "62.00"}, 12),
            actions.QuotedInput("Night watch", "flat", {"amount": "90.00"}, options=("b",)),
            actions.QuotedInput("Review", "flat", {"amount": "150.00"}, optional=True, key=EXTRA),
            actions.QuotedInput("Set-up", "once", {"unit_price": "500.00"}),
        ],
        intro="<script>alert(1)</script> **bold**", valid_until_on=VALID, by=make.BY, at=NOW,
        **said,
    )  # fmt: skip
    return actions.send_quote(version=version, by=make.BY, at=NOW)


def typed(**more: str) -> dict[str, str]:
    """A draft as the editor's form has it."""
    return {
        "name": "Care", "valid_until_on": VALID.isoformat(), "becomes": "draft",
        "option-TOTAL_FORMS": "1", "option-INITIAL_FORMS": "0", "option-0-key": "a",
        "option-0-name": "All", "line-TOTAL_FORMS": "1", "line-INITIAL_FORMS": "0",
        "line-0-description": "Desks", "line-0-kind": "per_device", "line-0-price": "62.00",
        "line-0-counting": "daily", "line-0-quantity": "12", "line-0-discount": "10",
    } | more  # fmt: skip


def test_a_quote_is_written_looked_at_and_sent(fay: Browser, cast: Cast) -> None:
    begun = fay.post("/quotes/new?client=harbor-dental", {"name": "Care"})
    found = Quote.objects.get()
    assert (begun.status_code, begun["Location"]) == (303, f"/quotes/{found.pk}/edit")
    edit = f"/quotes/{found.pk}/edit"
    assert b"$669.60" in fay.post(edit, typed(do="look")).content  # 12 x 55.80
    assert b"line-1-description" in fay.post(edit, typed(do="add")).content
    assert b"option-1-name" in fay.post(edit, typed(do="option")).content
    wrong = fay.post(edit, typed(do="send", **{"line-0-price": ""}))
    assert (wrong.status_code, Quote.objects.get().state) == (422, "draft")
    assert fay.post(edit, typed(do="send")).status_code == 303
    shown = fay.get(f"/quotes/{found.pk}").content.decode()
    assert "$669.60" in shown
    assert fay.get(edit).status_code == 404
    assert fay.get(f"/quotes/{found.pk}/quote.pdf")["Content-Type"] == "application/pdf"
    assert fay.post(f"/quotes/{found.pk}/revise")["Location"] == edit
    assert fay.post(f"/quotes/{found.pk}/drop").status_code == 303
    assert fay.post(f"/quotes/{found.pk}/withdraw").status_code == 303
    assert b"Withdrawn" in fay.get("/quotes?state=withdrawn").content
    assert b"Q-0001 Care" in fay.get("/palette?q=Q-0001").content


def test_it_may_begin_with_the_tiers_priced_for_what_is_there(fay: Browser, cast: Cast) -> None:
    desks, backup = make.service("Desks"), make.service("Backup")
    prices = actions.add_price_list(name="General", currency="USD", client=None,
                                    by=make.BY, at=make.STARTED_AT)  # fmt: skip
    for service, kind, facts in (
        (desks, "per_device", {"unit_price": "62.00", "device_classes": ["workstation"]}),
        (backup, "flat", {"amount": "120.00"}),
    ):
        actions.set_price(price_list=prices, service=service, kind=kind, facts=facts,
                          starts_on=date(2026, 1, 1), by=make.BY, at=make.STARTED_AT)  # fmt: skip
    for rank, name, verdict in ((1, "Essential", "extra"), (2, "Complete", "in")):
        actions.add_offer(
            kind=Offer.Kind.TIER, name=name, code=name.lower(), rank=rank,
            parts=[actions.PartInput(desks), actions.PartInput(backup, verdict)],
            by=make.BY, at=make.STARTED_AT,
        )  # fmt: skip
    for number in range(3):
        make.device(cast.harbor, f"ws-{number}", "workstation")
    fay.post("/quotes/new?client=harbor-dental", {"name": "Care", "tiers": "on"})
    content = Quote.objects.get().versions.get().content
    assert [one["name"] for one in content["options"]] == ["Essential", "Complete"]
    assert content["options"][0]["includes"][0]["verdict"] in ("in", "extra")
    said = {(one["description"], one["quantity"], tuple(one["options"]), one["optional"])
            for one in content["lines"]}  # fmt: skip
    assert said == {
        ("Desks", "3", ("a", "b"), False), ("Backup", "1", ("b",), False),
        ("Backup", "1", ("a",), True),
    }  # fmt: skip


def test_a_client_compares_chooses_and_accepts(cleo: Browser, cast: Cast, fay: Browser) -> None:
    found = sent(cast.harbor)
    path = f"/portal/quotes/{found.number}"
    assert b"Read and decide" in cleo.get("/portal/").content
    shown = cleo.get(path).content.decode()
    assert ("&lt;script&gt;" in shown, "<strong>bold</strong>" in shown) == (True, True)
    assert Quote.objects.get().state == "viewed"
    choice = cleo.get(
        f"{path}?option=b&chosen=b&line={EXTRA}", HTTP_HX_REQUEST="true"
    ).content.decode()
    assert "$984.00" in choice  # 744 + 90 + 150
    assert "<html" not in choice
    form = {"version": "1", "option": "b", "line": [EXTRA], "chosen": "b"}
    unsigned = cleo.post(f"{path}/accept", form)
    assert (unsigned.status_code, Answer.objects.count()) == (422, 0)
    assert b"Type your name" in unsigned.content
    done = cleo.post(
        f"{path}/accept", form | {"typed_name": "Cleo Harbor"}, HTTP_USER_AGENT="Tests/2.0",
        REMOTE_ADDR="203.0.113.9",
    )  # fmt: skip
    assert done.status_code == 303
    answer = Answer.objects.get()
    assert (answer.address, answer.user_agent) == ("203.0.113.9", "Tests/2.0")
    assert answer.document["accepted"]["month"] == "984.00"
    again = cleo.post(f"{path}/accept", form | {"typed_name": "Cleo Harbor"})
    assert (again.status_code, Answer.objects.count()) == (303, 1)
    late = cleo.post(f"{path}/accept", form | {"option": "a", "typed_name": "Cleo Harbor"})
    assert (late.status_code, b"accepted already" in late.content) == (422, True)
    assert b"Signed as Cleo Harbor" in cleo.get(path).content
    assert cleo.get(f"{path}/quote.pdf").content.startswith(b"%PDF")
    assert (
        f"/agreements/{Agreement.objects.get().pk}"
        in fay.get(f"/quotes/{found.pk}").content.decode()
    )


def test_declining_needs_a_reason(cleo: Browser, cast: Cast) -> None:
    found = sent(cast.harbor)
    path = f"/portal/quotes/{found.number}/decline"
    assert cleo.post(path, {"version": "1"}).status_code == 422
    assert cleo.post(path, {"version": "1", "reason": "Too dear"}).status_code == 303
    assert Quote.objects.get().state == "declined"


def test_who_may_see_and_who_may_answer(
    cast: Cast, cleo: Browser, dan: Browser, eve: Browser, guy: Browser, ben: Browser
) -> None:
    found = sent(cast.harbor)
    path = f"/portal/quotes/{found.number}"
    assert [one.get(path).status_code for one in (cleo, dan, eve)] == [200, 403, 404]
    make.portal(cast.dan, "billing")
    assert dan.get(path).status_code == 200
    assert b"Only an administrator" in dan.get(path).content
    form = {"version": "1", "option": "a", "typed_name": "Dan"}
    assert [one.post(f"{path}/accept", form).status_code for one in (dan, eve)] == [403, 404]
    assert not Answer.objects.exists()
    assert [one.get(f"/quotes/{found.pk}").status_code for one in (guy, ben)] == [200, 200]
    assert [one.post(f"/quotes/{found.pk}/withdraw").status_code for one in (guy, ben)] == [403] * 2


def test_a_draft_is_nobodys_at_the_client(cast: Cast, cleo: Browser) -> None:
    made = actions.draft_quote(client=cast.harbor, name="Secret", by=make.BY, at=NOW)
    assert cleo.get(f"/portal/quotes/{made.number}").status_code == 404
    assert b"Secret" not in cleo.get("/portal/quotes").content


def test_programs_write_read_and_send(api: Program, cast: Cast) -> None:  # noqa: F811
    body = {
        "client_id": cast.harbor.pk, "name": "Care", "valid_until_on": VALID.isoformat(),
        "options": [{"name": "Essential"}, {"name": "Complete", "recommended": True}],
        "lines": [{"description": "Desks", "kind": "per_user", "facts": {"unit_price": "9.50"},
                   "quantity": "44", "options": ["b"]},
                  {"description": "Set-up", "kind": "once", "facts": {"unit_price": "500"}}],
    }  # fmt: skip
    made = api.post("quotes", body)
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    version = api.get(f"quotes/{pk}").json()["versions"][0]
    assert [(one["name"], one["month"], one["once"]) for one in version["sums"]] == [
        ("Essential", "0", "500.00"), ("Complete", "418.00", "500.00")
    ]  # fmt: skip
    assert api.post(f"quotes/{pk}/send", {}).json()["state"] == "sent"
    assert api.post(f"quotes/{pk}/send", {}).status_code == 422
    assert [one["number"] for one in api.rows("quotes?state=sent")] == ["Q-0001"]
    wrong = api.post(
        "quotes", body | {"lines": [{"description": "x", "kind": "once", "facts": {}}]}
    )
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "lines[0].unit_price"


@pytest.mark.parametrize("path", ["/quotes", "/quotes/new", "/clients/harbor-dental/quotes"])
def test_there_is_something_to_read_where_there_is_nothing(
    fay: Browser, cast: Cast, path: str
) -> None:
    assert fay.get(path).status_code == 200
