"""What is turned away is counted, and shown to whom it concerns."""

from typing import Any

import redis
from django.test import Client as Browser

from monitoring.gateways import stream
from monitoring.ingest import discards
from tenants import context
from tenants.context import Tenant
from tests.monitoring.estate import Estate, another_key, estate
from tests.monitoring.knock import send
from tests.monitoring.test_drain import put


def test_what_is_not_taken_is_counted_by_key_and_reason(
    harbor: Estate, beta: Tenant, ben: Browser, settings: Any
) -> None:
    other = another_key(harbor)
    for body in (b"{", b'{"host": 3}', b"nothing anybody knows"):
        assert 400 <= send("/hb", body, bearer=harbor.token).status < 500
    assert send("/v1/metrics", b"?", bearer=other, CONTENT_TYPE="application/json").status == 400
    assert send("/write", b"m,host=a x=1\nnothing\nno more\n", bearer=other).status == 400
    settings.INTAKE_KEY_RATE = 0.1
    answers = [send("/hb", b'{"host": "a"}', bearer=harbor.token).status for _ in range(4)]
    assert answers.count(503) >= 2
    assert send("/hb", b"{", bearer="hb_" + "x" * 40).status == 401  # a stranger's is nobody's
    discards.send()
    since, counts = stream.discards("t_alpha")
    assert since is not None
    assert counts[harbor.key.pk, "refused"] == 3
    assert counts[harbor.key.pk, "over"] == answers.count(503)
    assert counts[harbor.key.pk + 1, "refused"] == 1
    assert counts[harbor.key.pk + 1, "part"] == 2
    with context.inside(beta):
        estate()
    assert stream.discards("t_beta") == (None, {})

    put(harbor, 60)
    whole = ben.get("/keys").content.decode()
    own = ben.get(f"/keys/{harbor.key.pk}").content.decode()
    assert "above the allowance" in whole
    assert "parts that could not be kept" in whole
    assert "above the allowance" in own
    assert "parts that could not be kept" not in own


def test_a_count_waits_while_valkey_is_away(
    harbor: Estate, valkey: redis.Redis, ben: Browser, monkeypatch: Any
) -> None:
    def away(_counts: object) -> None:
        raise redis.ConnectionError

    with monkeypatch.context() as gone:
        gone.setattr(stream, "add_discards", away)
        discards.count("t_alpha", harbor.key.pk, discards.OVER)
    discards.send()
    assert stream.discards("t_alpha")[1] == {(harbor.key.pk, "over"): 1}
    monkeypatch.setattr(stream, "discards", away)
    assert ben.get("/keys").status_code == 200
