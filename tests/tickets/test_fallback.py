"""Whose promise holds, from the narrowest to the widest (S5)."""

from typing import Any

from contracts import actions as contracts
from contracts.models import FallbackLevel
from tests.tickets.conftest import Scene, ny
from tickets.queries import promised

AT = ny(2026, 6, 1, 9)


def of_quill(scene: Scene) -> Any:
    return scene.open(at=AT, client=scene.quill, contact=scene.eve, device=None)


def test_the_narrowest_promise_holds_and_says_who_named_it(scene: Scene) -> None:
    who = {"by": scene.by, "at": AT}
    assert of_quill(scene).level_version_id is None
    contracts.set_fallback(client=None, level=scene.office.level, **who)
    house = of_quill(scene)
    assert house.level_version_id == scene.office.pk
    assert '"Standard" applies: the house names it.' in house.policy_reason
    contracts.set_fallback(client=scene.quill, level=scene.always.level, **who)
    own = of_quill(scene)
    assert own.level_version_id == scene.always.pk
    assert "the client names it" in own.policy_reason
    contracts.set_fallback(client=scene.quill, level=None, **who)
    none = of_quill(scene)
    assert none.level_version_id is None
    assert "the client rules it out" in none.policy_reason
    contracts.clear_fallback(client=scene.quill, **who)
    assert of_quill(scene).level_version_id == scene.office.pk
    covered = scene.open(at=AT)  # an agreement comes before all of them
    assert "the agreement names it" in covered.policy_reason
    due = promised(client_id=scene.quill.pk, device_id=None, at=AT)
    assert due.level == "Standard"
    assert not due.covered


def test_it_is_set_and_removed_on_the_page_of_levels(scene: Scene, ada: Any, ben: Any) -> None:
    level = scene.office.level
    assert ben.post("/levels/fallback", {"level": level.pk}).status_code == 403
    assert ada.post("/levels/fallback", {"level": level.pk}).status_code == 303
    assert ada.post("/levels/fallback", {"client": scene.quill.slug}).status_code == 303
    assert ada.post("/levels/fallback", {"client": "nobody"}).status_code == 422
    page = ben.get("/levels").content.decode()
    assert "Every client</b>: Standard" in page
    assert "Quill Legal</b>: nothing is promised" in page
    for row in FallbackLevel.objects.all():
        assert ada.post(f"/levels/fallback/{row.pk}/clear").status_code == 303
        assert ada.post(f"/levels/fallback/{row.pk}/clear").status_code == 303
    assert not FallbackLevel.objects.exists()
