"""The team, its keys, one's own account, the inbox and the journal."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client as Browser

from msp.kit.refs import Actor, system
from tenants import context
from tenants.context import Tenant
from tenants.journal import delivery
from tenants.journal.models import Delivery, Entry
from tenants.notices import actions as notices
from tenants.notices.models import Notice
from tenants.people import actions
from tenants.people.models import ApiKey, Person
from tests import make
from tests.conftest import NOW, person

BY = system("Tests")


def said(answer) -> str:  # type: ignore[no-untyped-def]
    return answer.content.decode()


def test_the_owner_invites_and_gets_a_link_to_hand_over(ada: Browser) -> None:
    given = {"name": "Tia Tech", "email": "Tia@alpha.example", "role": "technician"}
    answer = ada.post("/settings/people", given)
    assert answer.status_code == 200
    link = re.search(r"http://alpha\.localhost(/accounts/link/[\w-]+/)", said(answer))
    assert link
    tia = Person.objects.get(email="tia@alpha.example")
    assert (tia.role, tia.kind) == ("technician", "staff")
    newcomer = Browser(HTTP_HOST="alpha.localhost")
    assert newcomer.post(link[1])["Location"] == "/accounts/password/set/"
    assert link[1] not in said(ada.get("/settings/people"))  # shown once


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("email", "ben@alpha.example", "already has access"),
        ("email", "no address", "valid email"),
        ("name", "", "required"),
        ("name", "A\x00B", "Null characters"),
        ("role", "god", "valid choice"),
    ],
)
def test_a_wrong_invitation_names_the_field(ada: Browser, field: str, value: str, why: str) -> None:
    given = {"name": "Tia", "email": "tia@alpha.example", "role": "viewer", field: value}
    answer = ada.post("/settings/people", given)
    assert answer.status_code == 422
    assert why in said(answer)
    assert f'id="id_{field}_error"' in said(answer)
    assert not Person.objects.filter(email="tia@alpha.example").exists()


@pytest.mark.parametrize("path", ["/settings/people", "/settings/keys", "/settings/journal"])
def test_settings_are_not_for_a_technician(ben: Browser, path: str) -> None:
    answer = ben.get(path)
    assert answer.status_code == 403
    assert ben.post(path, {}).status_code == 403


def test_roles_change_and_access_ends(ada: Browser, alpha: Tenant) -> None:
    ben = person("Ben")
    ada.post(f"/settings/people/{ben.pk}/role", {"role": "finance"})
    ada.post(f"/settings/people/{person('Guy').pk}/end")
    ben.refresh_from_db()
    assert ben.role == "finance"
    assert person("Guy").is_active is False
    assert "Access ended" in said(ada.get("/settings/people"))


def test_the_last_owner_stays(ada: Browser, alpha: Tenant) -> None:
    owner = person("Ada")
    ada.post(f"/settings/people/{owner.pk}/role", {"role": "viewer"})
    ada.post(f"/settings/people/{owner.pk}/end")
    owner.refresh_from_db()
    assert (owner.role, owner.is_active) == ("owner", True)
    assert "The last owner keeps the role" in said(ada.get("/settings/people"))


def test_a_person_of_a_client_is_not_on_the_team(ada: Browser, alpha: Tenant) -> None:
    dan = actions.invite(
        email="dan@client.example", name="Dan", role="user", kind="portal", by=BY, at=NOW
    )
    assert "dan@client.example" not in said(ada.get("/settings/people"))
    assert ada.post(f"/settings/people/{dan.pk}/end").status_code == 404


def test_a_key_is_shown_once_and_stored_as_a_digest(ada: Browser) -> None:
    given = {"name": "Export", "scopes": ["tickets:read", "clients:read"], "lifetime": "90"}
    answer = ada.post("/settings/keys", given)
    shown = re.search(r"stw_[0-9a-f]{48}", said(answer))
    assert shown
    key = ApiKey.objects.get()
    assert key.prefix == shown[0][:12]
    assert shown[0] not in str(ApiKey.objects.values())
    assert (key.expiry - datetime.now(UTC)).days == 89
    assert shown[0] not in said(ada.get("/settings/keys"))


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("name", "", "required"),
        ("scopes", [], "required"),
        ("scopes", ["tickets:destroy"], "valid choice"),
        ("lifetime", "9999", "valid choice"),
        ("addresses", "10.0.0.300", "valid IPv4"),
    ],
)
def test_a_wrong_key_names_the_field(ada: Browser, field: str, value: object, why: str) -> None:
    given = {"name": "Export", "scopes": ["tickets:read"], "lifetime": "", field: value}
    answer = ada.post("/settings/keys", given)
    assert answer.status_code == 422
    assert why in said(answer)
    assert ApiKey.objects.count() == 0


def test_a_revoked_key_is_listed_as_such(ada: Browser, alpha: Tenant) -> None:
    token = actions.create_key(
        person=person("Ada"), name="Old", scopes=["tickets:read"], by=BY, at=NOW
    )
    assert ada.post(f"/settings/keys/{token[:12]}/revoke").status_code == 303
    assert ada.post(f"/settings/keys/{token[:12]}/revoke").status_code == 404
    assert "Revoked" in said(ada.get("/settings/keys"))


def test_one_changes_ones_own_name_and_zone(guy: Browser, alpha: Tenant) -> None:
    assert guy.post("/me", {"name": "Guy Gray", "zone": "Europe/Berlin"}).status_code == 303
    changed = Person.objects.get(email="guy@alpha.example")
    assert (changed.name, changed.zone) == ("Guy Gray", "Europe/Berlin")
    assert guy.post("/me", {"name": "Guy", "zone": "Mars/Base"}).status_code == 422


@pytest.mark.parametrize(
    ("sent", "kept"), [("dark", "dark"), ("light", "light"), ("x", ""), ("", "")]
)
def test_the_theme_is_remembered(guy: Browser, sent: str, kept: str) -> None:
    answer = guy.post("/me/theme", {"theme": sent, "next": "/inbox"})
    assert (answer.status_code, answer["Location"]) == (302, "/inbox")
    assert person("Guy").theme == kept
    away = guy.post("/me/theme", {"theme": sent, "next": "https://evil.example/"})
    assert away["Location"] == "/"


def tell(name: str, key: str = "k", text: str = "A ticket is yours") -> None:
    notices.tell(
        person_id=person(name).pk,
        key=key,
        reason="assigned",
        text=text,
        url="/tickets/1001",
        at=NOW,
    )


def test_the_inbox_is_ones_own(ben: Browser, fay: Browser, alpha: Tenant) -> None:
    tell("Ben")
    assert "A ticket is yours" in said(ben.get("/inbox"))
    assert "A ticket is yours" not in said(fay.get("/inbox"))
    notice = Notice.objects.get()
    fay.post("/inbox/read", {"id": notice.pk})
    notice.refresh_from_db()
    assert notice.read_at is None


def test_reading_one_or_all(ben: Browser, alpha: Tenant) -> None:
    for number in range(3):
        tell("Ben", key=str(number), text=f"Number {number}")
    first = Notice.objects.order_by("pk").first()
    ben.post("/inbox/read", {"id": first.pk})
    unread = said(ben.get("/inbox?view=unread"))
    assert "Number 0" not in unread
    assert "Number 1" in unread
    ben.post("/inbox/read")
    assert "Nothing waits" in said(ben.get("/inbox?view=unread"))
    assert ben.post("/inbox/read", {"id": "one"}).status_code == 422


def test_the_journal_narrows_and_goes_back(ada: Browser, alpha: Tenant) -> None:
    for number in range(60):
        actions.create_team(name=f"Team {number}", members=[], by=Actor("person", 1, "Zoe"), at=NOW)
    first = said(ada.get("/settings/journal?who=zoe"))
    assert "Team 59" in first
    assert "Team 9<" not in first.replace("</", "<")
    older = re.search(r'rel="next" href="([^"]+)"', first)
    assert older
    second = said(ada.get("/settings/journal" + older[1].replace("&amp;", "&")))
    assert "Team 0" in second
    assert "Team 59" not in second
    assert "Nothing matches" in said(ada.get("/settings/journal?room=people&who=nobody"))
    for odd in ("?before=x", "?before=" + "9" * 40, "?room=%27", "?who=%25"):
        assert ada.get(f"/settings/journal{odd}").status_code == 200


def test_a_reaction_that_gave_up_is_tried_again_by_hand(
    ada: Browser, fay: Browser, alpha: Tenant
) -> None:
    entry = Entry.objects.order_by("-pk").first()
    failed = Delivery.objects.create(
        entry=entry, reaction="tests.gone", tries=delivery.GIVE_UP, next_at=NOW, error="Boom: why"
    )
    assert "Boom: why" in said(ada.get("/settings/journal"))
    assert "Given up" in said(fay.get("/settings/journal"))  # finance may look, not retry
    assert fay.post(f"/settings/journal/deliveries/{failed.pk}/retry").status_code == 403
    assert ada.post(f"/settings/journal/deliveries/{failed.pk}/retry").status_code == 303
    failed.refresh_from_db()
    assert failed.tries == 0
    assert failed.pk in delivery.due()
    last = Entry.objects.order_by("-pk").first()
    assert (last.kind, last.actor_name) == ("journal.retried", "Ada")
    failed.done_at = NOW
    failed.save()
    ada.post(f"/settings/journal/deliveries/{failed.pk}/retry")
    assert "done already" in said(ada.get("/settings/journal"))


def test_nobody_of_beta_is_known_here(sign_in: Callable, beta: Tenant, alpha: Tenant) -> None:
    with context.inside(beta):
        stranger = person("Ben")
    browser = sign_in(person("Ada"), host="alpha.localhost")
    cookie = browser.cookies["session"].value
    there = Browser(HTTP_HOST="beta.localhost")
    there.cookies["session"] = cookie
    assert there.get("/me").status_code == 302
    assert stranger.email not in said(browser.get("/settings/people"))


def test_a_new_owner_is_shown_what_is_left_to_set_up(ada: Browser, ben: Browser) -> None:
    text = said(ada.get("/"))
    assert "Set-up" in text
    assert '<s class="muted">Invite your team</s>' in text
    assert 'href="/clients/new">Add the first client' in text
    assert "Set-up" not in said(ben.get("/"))


def test_what_is_done_leaves_the_list(ada: Browser, alpha: Tenant) -> None:
    make.agreement(make.client(), make.flat("100.00"))
    text = said(ada.get("/"))
    assert 'href="/clients/new">Add the first client' not in text
    assert "Publish the first agreement</a>" not in text
