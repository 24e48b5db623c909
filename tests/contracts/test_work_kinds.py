"""The MSP's own kinds of work: added, used, retired, back again."""

import pytest

from contracts import actions, queries
from contracts.models import WorkKind
from msp.kit.refusals import Refused
from tenants import context
from tests.make import BY, STARTED_AT

WHO = {"by": BY, "at": STARTED_AT}


def test_a_kind_is_added_used_retired_and_back(alpha) -> None:
    kind = actions.add_work_kind(name="Cabling in walls", **WHO)
    assert queries.work_types()["cabling_in_walls"] == "Cabling in walls"
    actions.retire_work_kind(kind=kind, **WHO)
    assert "cabling_in_walls" not in queries.work_types()
    assert queries.work_names(["cabling_in_walls"])["cabling_in_walls"] == "Cabling in walls"
    assert actions.add_work_kind(name="cabling in walls", **WHO).pk == kind.pk
    assert "cabling_in_walls" in queries.work_types()


@pytest.mark.parametrize("name", ["", "  ", "Remote", "remote work", "Cabling", "x" * 61, "—"])
def test_a_name_that_cannot_be_is_refused(alpha, name: str) -> None:
    actions.add_work_kind(name="cabling", **WHO)
    with pytest.raises(Refused) as refused:
        actions.add_work_kind(name=name, **WHO)
    assert refused.value.field == "name"


def test_the_page_adds_and_retires(fay, ben) -> None:
    assert fay.post("/work-kinds", {"name": "Cabling"}).status_code == 303
    kind = WorkKind.objects.get()
    assert "Cabling" in fay.get("/work-kinds").content.decode()
    assert fay.post("/work-kinds", {"name": "cabling"}).status_code == 422
    assert fay.post(f"/work-kinds/{kind.pk}/retire").status_code == 303
    assert ben.get("/work-kinds").status_code == 403


def test_another_msp_has_its_own(alpha, beta) -> None:
    actions.add_work_kind(name="Cabling", **WHO)
    with context.inside(beta):
        assert "cabling" not in queries.work_types()
