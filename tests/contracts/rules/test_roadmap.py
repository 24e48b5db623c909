"""Road maps: how answers weigh, what comes first, and that a moved phase moves the dates."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules import roadmap
from contracts.rules.roadmap.assessing import weight_of
from contracts.rules.roadmap.planning import HELPS
from msp.kit.facts import InvalidFact

MONDAY = date(2026, 6, 1)
SERVICES = [
    roadmap.Known(1, "security", "E-mail security"), roadmap.Known(2, "backup", "Cloud backup"),
    roadmap.Known(3, "managed", "Managed workplaces"), roadmap.Known(4, "helpdesk", "Support"),
    roadmap.Known(5, "cloud", "Cloud office"),
]  # fmt: skip
KEYS = [one.key for one in roadmap.QUESTIONS]
_ANSWERS = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(sorted(roadmap.ANSWERS)))


def signal(count: int, of: int, domain: str = "devices") -> roadmap.Signal:
    return roadmap.Signal("warranty", domain, "out of warranty", count, of)


def test_every_question_has_a_domain_a_service_can_help_in() -> None:
    assert len(set(KEYS)) == len(KEYS)
    assert {one.domain for one in roadmap.QUESTIONS} == set(roadmap.DOMAINS) == set(HELPS)
    assert all(1 <= one.weight <= 5 for one in roadmap.QUESTIONS)


@pytest.mark.parametrize(
    ("answer", "weight"), [("no", 5), ("unknown", 4), ("partly", 2), ("yes", 0), ("na", 0)]
)
def test_an_answer_weighs_by_how_bad_it_is(answer: str, weight: int) -> None:
    found = roadmap.findings({"second_factor": answer}, [])
    assert [one.weight for one in found] == ([weight] if weight else [])


@pytest.mark.parametrize(
    ("count", "of", "weight"), [(0, 9, 0), (1, 20, 2), (2, 20, 3), (5, 20, 4), (10, 20, 5)]
)
def test_a_signal_weighs_by_its_share(count: int, of: int, weight: int) -> None:
    assert weight_of(signal(count, of)) == weight


def test_a_score_holds_what_was_asked_and_seen_and_nothing_else() -> None:
    answers = {"list": "yes", "age": "na", "encryption": "no"}
    by_domain = {one.domain: one for one in roadmap.scores(answers, [signal(1, 2)])}
    assert by_domain["devices"].percent == 46  # (3 x 4 + 10) of (3 + 4 + 5) x 4
    assert by_domain["backup"].percent is None
    assert (by_domain["devices"].answered, by_domain["devices"].asked) == (3, 3)
    assert roadmap.overall(by_domain.values()) == 46
    assert roadmap.overall(roadmap.scores({}, [])) is None


def test_what_could_end_the_company_comes_first() -> None:
    found = roadmap.findings(
        {"second_factor": "no", "guests": "no", "duties": "no"}, [signal(9, 10)]
    )
    phases = roadmap.plan(found, SERVICES, MONDAY, greenfield=False)
    assert [(one.key, one.findings) for one in phases] == [
        ("urgent", ("second_factor", "warranty")), ("order", ("guests",)), ("later", ("duties",))
    ]  # fmt: skip
    assert phases[0].services == (1, 3)
    assert [one.starts_on for one in phases] == [
        MONDAY, MONDAY + timedelta(weeks=4), MONDAY + timedelta(weeks=12)
    ]  # fmt: skip


def test_who_has_nothing_begins_with_the_ground() -> None:
    found = roadmap.findings({"helpdesk": "no", "copies": "no", "mail": "no"}, [])
    phases = roadmap.plan(found, SERVICES, MONDAY, greenfield=True)
    assert [one.key for one in phases] == ["ground", "safe", "later"]
    assert [one.services for one in phases] == [(4, 3), (2,), (5,)]


def test_nothing_found_is_no_plan() -> None:
    assert roadmap.plan([], SERVICES, MONDAY, greenfield=True) == []


def test_a_moved_phase_moves_the_dates_and_not_the_beginning() -> None:
    found = roadmap.findings({"copies": "no", "guests": "no"}, [])
    phases = roadmap.plan(found, SERVICES, MONDAY, greenfield=False)
    turned = roadmap.moved(phases, "order", -1)
    assert [(one.key, one.starts_on) for one in turned] == [
        ("order", MONDAY), ("urgent", MONDAY + timedelta(weeks=8))
    ]  # fmt: skip
    assert roadmap.moved(turned, "order", -1) == turned
    with pytest.raises(InvalidFact):
        roadmap.moved(phases, "nothing", 1)


@given(answers=_ANSWERS, of=st.integers(0, 50), data=st.data())
def test_a_plan_holds_every_finding_once_and_no_service_twice(
    answers: dict, of: int, data: st.DataObject
) -> None:
    seen = [signal(data.draw(st.integers(0, of)), of)]
    found = roadmap.findings(answers, seen)
    for greenfield in (True, False):
        phases = roadmap.plan(found, SERVICES, MONDAY, greenfield=greenfield)
        assert sorted(key for one in phases for key in one.findings) == sorted(
            one.key for one in found
        )
        services = [key for one in phases for key in one.services]
        assert len(services) == len(set(services))
        assert roadmap.read_phases(roadmap.write_phases(phases)) == phases
        for before, after in pairwise(phases):
            assert before.ends_on == after.starts_on
    for score in roadmap.scores(answers, seen):
        assert score.percent is None or 0 <= score.percent <= 100


@pytest.mark.parametrize("wrong", [{"weeks": 0}, {"weeks": 105}, {"name": " "}, {"x": 1}])
def test_a_wrong_phase_is_refused(wrong: dict) -> None:
    stored = {"key": "a", "name": "A", "starts_on": "2026-06-01", "weeks": 4}
    with pytest.raises(InvalidFact):
        roadmap.read_phases([stored | wrong])


@pytest.mark.parametrize("wrong", [{"nothing": "yes"}, {"copies": "maybe"}])
def test_a_wrong_answer_is_refused(wrong: dict) -> None:
    with pytest.raises(InvalidFact):
        roadmap.clean_answers(wrong)
