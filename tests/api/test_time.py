"""Time on tickets, for programs."""

from tests.api.conftest import Program
from tests.tickets.conftest import build_scene, ny


def test_programs_log_list_and_correct_time(api: Program) -> None:
    scene = build_scene()
    ticket = scene.open(at=ny(2026, 1, 12, 9))
    body = {
        "ticket_id": ticket.pk, "person_id": scene.ben.pk, "started_at": "2026-01-12T15:00:00Z",
        "ended_at": "2026-01-12T15:30:00Z",
    }  # fmt: skip
    made = api.post("time-entries", body)
    assert made.status_code == 201, made.content
    row = made.json()
    assert (row["parts"][0]["verdict"], row["client_id"]) == ("included", scene.harbor.pk)
    assert [one["id"] for one in api.rows(f"time-entries?ticket_id={ticket.pk}")] == [row["id"]]
    changed = api.patch(f"time-entries/{row['id']}", {"ended_at": "2026-01-12T15:20:00Z"})
    assert changed.json()["parts"][0]["seconds"] == 1200
    wrong = api.post("time-entries", body | {"ended_at": "2026-01-11T15:30:00Z"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "ended_at")
    assert api.post("time-entries", body | {"colour": "red"}).status_code == 400
    assert api.send("DELETE", f"time-entries/{row['id']}").status_code == 204
    assert api.rows("time-entries") == []
