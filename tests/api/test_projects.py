"""Projects through the API: planned, started, done."""

from tests.api.conftest import Program
from tests.cast import Cast


def test_programs_plan_and_read(cast: Cast, api: Program) -> None:
    given = {
        "client_id": cast.harbor.pk, "name": "Move", "starts_on": "2026-06-01",
        "due_on": "2026-07-01",
        "milestones": [{"phase": "A", "title": "One", "amount": "99.95"}],
    }  # fmt: skip
    made = api.post("projects", given).json()
    assert (made["amount"]["amount"], made["state"]) == ("99.9500", "planned")
    assert api.post(f"projects/{made['id']}/start", {}).status_code == 200
    whole = api.get(f"projects/{made['id']}").json()
    step_id = whole["milestones"][0]["id"]
    done = api.post(f"projects/{made['id']}/milestones/{step_id}/done", {})
    assert done.json()["milestones"][0]["done_at"]
    assert api.post("projects", given | {"color": "red"}).status_code == 400
    assert api.post("projects/999999/start", {}).status_code == 404
    assert len(api.rows(f"projects?client_id={cast.harbor.pk}")) == 1
