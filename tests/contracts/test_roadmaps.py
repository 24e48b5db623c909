"""Road maps: assessed with what the rooms show, planned, moved, shared, and made into a quote."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client as Browser

from contracts import actions
from contracts.models import PriceList, Quote, Roadmap, Service
from contracts.queries import roadmaps as queries
from contracts.rules import roadmap as rules
from msp.kit.refusals import Refused
from tests import make
from tests.cast import Cast

AT = datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
BY = {"by": make.BY, "at": AT}
JULY = date(2026, 7, 1)


@pytest.fixture
def shelf(cast: Cast) -> dict[str, Service]:
    """Support by person and a backup for one amount, with prices; a service without one."""
    prices = actions.add_price_list(name="General", currency="USD", client=None, **BY)
    found = {}
    for code, domain, kind, facts in (
        ("support", "helpdesk", "per_user", {"unit_price": "89.00"}),
        ("copies", "backup", "flat", {"amount": "120.00"}),
        ("guard", "security", "", {}),
    ):
        found[code] = actions.add_service(name=code.title(), code=code, domain=domain, **BY)
        if kind:
            actions.set_price(price_list=prices, service=found[code], kind=kind, facts=facts,
                              starts_on=date(2026, 1, 1), **BY)  # fmt: skip
    return found


def assessed(cast: Cast, **answers: str) -> Roadmap:
    made = actions.begin_roadmap(client=cast.harbor, name="Plan", **BY)
    answers = answers or {"helpdesk": "no", "copies": "no", "second_factor": "partly"}
    return actions.assess(
        roadmap=made, answers=answers, signals=queries.signals_of(cast.harbor, AT),
        starts_on=JULY, **BY,
    )  # fmt: skip


def test_the_register_says_what_is_old_uncovered_and_unserved(cast: Cast) -> None:
    old = make.device(cast.harbor, "srv-old")
    old.warranty_until_on = date(2026, 1, 1)
    old.save(update_fields=["warranty_until_on"])
    make.device(cast.harbor, "srv-new")
    make.contact(cast.harbor, "Uma", counts_from_on=date(2026, 1, 1))
    seen = {one.key: (one.count, one.of) for one in queries.signals_of(cast.harbor, AT)}
    assert seen == {"warranty": (1, 2), "uncovered": (2, 2), "unserved": (2, 3)}
    make.agreement(cast.harbor, make.per_device("10.00"))
    seen = {one.key: one.count for one in queries.signals_of(cast.harbor, AT)}
    assert seen["uncovered"] == 0


def test_who_has_nothing_begins_with_the_ground(cast: Cast, shelf: dict[str, Service]) -> None:
    made = assessed(cast)
    assert [one["key"] for one in made.phases] == ["ground", "safe"]
    told = queries.told_of(made, JULY)
    assert [[one.service.name for one in stage.services] for stage in told.stages] == [
        ["Support"], ["Copies", "Guard"]
    ]  # fmt: skip
    assert told.stages[1].services[1].line is None
    assert str(told.sums.month) == "120.00"
    make.agreement(cast.harbor, make.flat())
    again = actions.assess(roadmap=made, answers={"copies": "no"}, signals=[], starts_on=JULY, **BY)
    assert [one["key"] for one in again.phases] == ["urgent"]


def test_chosen_phases_become_a_quote_with_one_press(cast: Cast, shelf: dict[str, Service]) -> None:
    made = assessed(cast)
    make.contact(cast.harbor, "Uma", counts_from_on=date(2026, 1, 1))
    quote = actions.quote_phases(roadmap=made, keys=["ground", "safe"], **BY)
    version = quote.versions.get()
    said = {one["description"]: (one["kind"], one["quantity"]) for one in version.content["lines"]}
    assert said == {"Support": ("per_user", "1"), "Copies": ("flat", "1")}
    assert (version.starts_on, quote.roadmap) == (JULY, made)
    assert actions.send_quote(version=version, **BY).state == "sent"
    with pytest.raises(Refused):
        actions.quote_phases(roadmap=made, keys=["nothing"], **BY)


def test_what_cannot_be_planned_is_refused(cast: Cast) -> None:
    made = actions.begin_roadmap(client=cast.harbor, name="Plan", **BY)
    for said, field in (
        ({"answers": {"x": "yes"}}, "x"), ({"starts_on": date(2036, 1, 1)}, "starts_on"),
    ):  # fmt: skip
        with pytest.raises(Refused) as told:
            actions.assess(**{"roadmap": made, "answers": {}, "signals": [], "starts_on": JULY,
                              **BY, **said})  # fmt: skip
        assert told.value.field == field
    with pytest.raises(Refused):
        actions.share_roadmap(roadmap=made, shared=True, **BY)
    phase = rules.Phase("a", "A", "", JULY, 105)
    with pytest.raises(Refused):
        actions.set_phases(roadmap=made, phases=[phase], **BY)


def test_on_pages_from_the_questions_to_the_portal(
    cast: Cast, shelf: dict[str, Service], fay: Browser, guy: Browser, cleo: Browser,
    dan: Browser, eve: Browser,
) -> None:  # fmt: skip
    assert fay.post("/clients/harbor-dental/roadmaps/new", {"name": "Plan"}).status_code == 303
    found = Roadmap.objects.get()
    path, theirs = f"/roadmaps/{found.pk}", f"/portal/roadmaps/{found.pk}"
    assert b"Not assessed yet" in fay.get(path).content
    assert b"What our own rooms show" in fay.get(f"{path}/assess").content
    starts = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
    form = {"starts_on": starts, "q_helpdesk": "no", "q_copies": "unknown", "q_mail": "no"}
    assert fay.post(f"{path}/assess", form | {"q_copies": "perhaps"}).status_code == 422
    assert fay.post(f"{path}/assess", form).status_code == 303
    shown = fay.get(path).content.decode()
    assert ('class="rmap"' in shown, "The ground" in shown, "$120.00" in shown) == (True,) * 3
    assert fay.post(f"{path}/phases/safe/move", {"to": "up"}).status_code == 303
    assert [one["key"] for one in Roadmap.objects.get().phases][:2] == ["safe", "ground"]
    change = {"name": "Safe first", "weeks": "6", "services": [str(shelf["copies"].pk)]}
    assert fay.post(f"{path}/phases/safe", change).status_code == 303
    assert fay.post(f"{path}/phases/safe", change | {"weeks": "0"}).status_code == 422
    assert fay.get(f"{path}/roadmap.pdf").content.startswith(b"%PDF")
    assert cleo.get(theirs).status_code == 404
    assert guy.post(f"{path}/share", {"shared": "on"}).status_code == 403
    assert fay.post(f"{path}/share", {"shared": "on"}).status_code == 303
    assert [one.get(theirs).status_code for one in (cleo, dan, eve)] == [200, 403, 404]
    assert b"Safe first" in cleo.get(theirs).content
    assert b"Plan" in cleo.get("/portal/quotes").content
    assert cleo.get(f"{theirs}/roadmap.pdf").content.startswith(b"%PDF")
    made = fay.post(f"{path}/quote", {"phase": ["safe"]})
    assert made["Location"] == f"/quotes/{Quote.objects.get().pk}/edit"
    assert fay.post(f"{path}/quote", {}).status_code == 422
    assert PriceList.objects.count() == 1


def test_a_house_asks_its_own_questions_and_what_was_assessed_stays(
    cast: Cast, shelf: dict[str, Service], ada: Browser, ben: Browser
) -> None:
    before = assessed(cast, copies="no")
    address = "/roadmaps/questions"
    assert ben.get(address).status_code == 403
    assert "whom to call" in ada.get(address).content.decode()
    row = {"key": "", "domain": "backup", "text": "Is paper kept?", "missing": "No paper.",
           "weight": "5"}  # fmt: skip
    one = {"q-TOTAL_FORMS": "1", "q-INITIAL_FORMS": "0"} | {f"q-0-{k}": v for k, v in row.items()}
    assert 'name="q-1-text"' in ada.post(address, one | {"do": "add"}).content.decode()
    assert ada.post(address, one | {"q-0-text": ""}).status_code == 422
    assert ada.post(address, one | {"do": "save"}).status_code == 303
    assert [(one.key, one.weight) for one in queries.house_questions()] == [("q_is_paper_kept", 5)]
    with pytest.raises(Refused):
        assessed(cast, copies="no")
    made = assessed(cast, q_is_paper_kept="no")
    assert [one.text for one in queries.told_of(made, JULY).findings if one.source == "answer"] == [
        "No paper."
    ]
    before.refresh_from_db()
    assert "copies" in {one.key for one in queries.told_of(before, JULY).findings}
    page = ada.get(f"/roadmaps/{made.pk}/assess").content.decode()
    assert "Is paper kept?" in page
    assert ada.post(address, {"do": "shipped"}).status_code == 303
    assert len(queries.house_questions()) == len(rules.QUESTIONS)
