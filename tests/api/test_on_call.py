"""Who is on call, and calls, for programs."""

from tests.conftest import person
from tests.dispatch.test_calls import begin, policy, rota, step
from tickets.dispatch.models import Call


def test_programs_ask_who_is_on_call_and_take_calls_on(cast, api):
    rota("Ben")
    rota(name="Nobody")
    shown = {row["name"]: row["on_call"] for row in api.rows("on-call")}
    assert shown["Nobody"] is None
    assert shown["First line"]["name"] == "Ben"
    begin(policy((0, "person", person("Ben").pk)))
    step(0)
    (call,) = api.rows("calls?state=calling")
    assert api.post(f"calls/{call['id']}/take", {}).status_code == 200
    assert Call.objects.get().state == "taken"
    assert api.rows("calls?state=calling") == []
    assert api.get("calls?colour=red").status_code == 400
