"""What ends stays ended, and what is told apart stays apart."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from msp.kit.refs import system
from msp.kit.refusals import Refused
from tenants import context
from tenants.context import Tenant
from tenants.people import actions, tokens
from tenants.people.models import ApiKey, Person
from tests.conftest import NOW, person

BY = system("Tests")


def test_links_of_the_time_before_stay_dead_when_access_is_given_again(alpha: Tenant) -> None:
    ben = person("Ben")
    invitation = tokens.new_link(person=ben, purpose="invite", at=NOW, hours=72)
    link = actions.send_link(person=ben, by=BY, at=NOW)
    actions.deactivate(person=ben, by=BY, at=NOW)
    actions.reactivate(person=ben, by=BY, at=NOW + timedelta(minutes=1))
    for token in (invitation, link):
        with pytest.raises(Refused, match="used already or has expired"):
            actions.use_link(token=token, at=NOW + timedelta(minutes=2))
    fresh = actions.send_link(person=ben, by=BY, at=NOW + timedelta(minutes=2))
    assert actions.use_link(token=fresh, at=NOW + timedelta(minutes=3)).person == ben


def put_out(tenant: Tenant, who: Person, started: threading.Barrier, ended: list[str]) -> None:
    with context.inside(tenant):
        started.wait(timeout=20)
        try:
            actions.deactivate(person=who, by=BY, at=NOW)
            ended.append("ended")
        except Refused:
            ended.append("refused")
        except Exception as error:
            ended.append(repr(error))
    connection.close()


@pytest.mark.usefixtures("committed")
def test_two_owners_cannot_put_each_other_out() -> None:
    alpha = context.ready()[0]
    for _ in range(8):
        with context.inside(alpha):
            for one in Person.objects.filter(name__in=["Ada", "Ben"]):
                actions.reactivate(person=one, by=BY, at=NOW)
                actions.change_role(person=one, role="owner", by=BY, at=NOW)
            owners = list(Person.objects.filter(role="owner"))
        ended: list[str] = []
        given = (threading.Barrier(2), ended)
        threads = [threading.Thread(target=put_out, args=(alpha, one, *given)) for one in owners]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(ended) == ["ended", "refused"]


def test_two_keys_never_look_the_same(alpha: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list names a key by how it begins, and so does the button that revokes it."""
    made = iter(["0" * 48, "0" * 8 + "1" * 40, "2" * 48])
    monkeypatch.setattr(actions.secrets, "token_hex", lambda _size: next(made))
    for name in ("first", "second"):
        actions.create_key(person=person("Ada"), name=name, scopes=["clients:read"], by=BY, at=NOW)
    assert sorted(ApiKey.objects.values_list("name", "prefix")) == [
        ("first", "stw_00000000"),
        ("second", "stw_22222222"),
    ]
