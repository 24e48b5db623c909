"""The decision table: the first row that holds, and why every other one did not."""

import itertools
import json
from dataclasses import fields
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rules.decisions import (
    HOUR_CLASSES,
    ROLES,
    VERDICTS,
    WORK_TYPES,
    Question,
    Row,
    decide,
    read_rows,
    sentence,
    write_rows,
)
from msp.kit.facts import InvalidFact

NIGHTS = Row("Nights", "billable", hour_classes=("after", "holiday"), multiplier=Decimal(2))
SERVERS = Row("Servers by day", "included", owner="client", device_classes=("server",))
PROJECTS = Row("Projects", "excluded", work_types=("project",))
REST = Row("Everything else", "included")
TABLE = (PROJECTS, NIGHTS, SERVERS, REST)


@pytest.mark.parametrize(
    ("question", "row"),
    [
        (Question(work_type="project", hour_class="after"), PROJECTS),
        (Question(hour_class="after", device_class="server"), NIGHTS),
        (Question(hour_class="business", device_class="server"), SERVERS),
        (Question(), REST),
    ],
)
def test_the_first_row_that_holds_decides(question, row):
    found = decide(TABLE, question)
    assert found.row == row
    assert row.name in found.reason
    assert [one.row for one in found.tried] == list(TABLE)


def test_each_failed_condition_is_named():
    found = decide(
        [Row("Site work", "included", work_types=("onsite",), roles=("engineer",), site_ids=(7,))],
        Question(work_type="remote", site_id=8),
        {"site_ids": {7: "Quay Street", 8: "Mill Lane"}},
    )
    assert found.row is None
    assert found.reason == "No row of the coverage table speaks of it."
    assert found.tried[0].failed == (
        "it is for work on site, and this is remote work",
        "it is for an engineer, and the role is not known",
        "it is for Quay Street, and this is Mill Lane",
    )


def test_a_row_is_one_sentence():
    assert sentence(NIGHTS) == "Nights: after hours or a holiday is billable, 2 times"
    assert sentence(SERVERS) == "Servers by day: a server is included, by the client's own IT"
    assert sentence(REST) == "Everything else: everything is included"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"name": "", "verdict": "included"}, "coverage[0].name"),
        ({"name": "A", "verdict": "maybe"}, "coverage[0].verdict"),
        ({"name": "A", "verdict": "included", "owner": "nobody"}, "coverage[0].owner"),
        ({"name": "A", "verdict": "included", "roles": ["king"]}, "coverage[0].roles"),
        ({"name": "A", "verdict": "billable", "rate": "-1"}, "coverage[0].rate"),
        ({"name": "A", "verdict": "billable", "multiplier": "0"}, "coverage[0].multiplier"),
        ({"name": "A", "verdict": "other"}, "coverage[0].agreement_id"),
        ({"name": "A", "verdict": "included", "agreement_id": 4}, "coverage[0].agreement_id"),
        ({"name": "A", "verdict": "included", "colour": "red"}, "coverage[0].colour"),
        ({"name": "A", "verdict": "included", "site_ids": ["x"]}, "coverage[0].site_ids"),
    ],
)
def test_a_row_that_says_nothing_sure_is_refused_by_field(row, field):
    with pytest.raises(InvalidFact) as refused:
        read_rows([row])
    assert refused.value.field == field


def some(values):
    return st.lists(st.sampled_from(sorted(values)), max_size=2, unique=True).map(tuple)


conditions = {
    "work_types": some(WORK_TYPES), "roles": some(ROLES), "hour_classes": some(HOUR_CLASSES),
    "device_classes": some(["server", "laptop"]), "site_ids": some([1, 2]),
    "service_ids": some([1, 2]),
}  # fmt: skip
rows = st.builds(
    Row, name=st.just("row"), verdict=st.sampled_from([v for v in VERDICTS if v != "other"]),
    owner=st.sampled_from(["msp", "client"]), **conditions,
)  # fmt: skip


@given(table=st.lists(rows, max_size=6))
def test_a_stored_table_reads_back_as_itself(table):
    assert list(read_rows(json.loads(json.dumps(write_rows(table))))) == table


ASKED = {
    "work_types": "work_type", "roles": "role", "hour_classes": "hour_class",
    "device_classes": "device_class", "site_ids": "site_id", "service_ids": "service_id",
}  # fmt: skip
questions = st.builds(
    Question, service_id=st.sampled_from([None, 1, 2]), site_id=st.sampled_from([None, 1, 2]),
    work_type=st.sampled_from(["", *WORK_TYPES]), role=st.sampled_from(["", *ROLES]),
    device_class=st.sampled_from(["", "server", "laptop"]),
    hour_class=st.sampled_from(["", *HOUR_CLASSES]),
)  # fmt: skip


@given(table=st.lists(rows, max_size=6), question=questions)
def test_a_row_holds_exactly_where_it_names_no_failure(table, question):
    found = decide(table, question)
    for one in found.tried:
        holds = all(
            not getattr(one.row, name) or getattr(question, asked) in getattr(one.row, name)
            for name, asked in ASKED.items()
        )
        assert holds == (not one.failed)
    first = next((one.row for one in found.tried if not one.failed), None)
    assert found.row == first


def test_every_condition_is_asked_for():
    named = {one.name for one in fields(Row)} - {
        "name", "verdict", "owner", "rate", "multiplier", "agreement_id",
    }  # fmt: skip
    assert named == set(ASKED)
    assert len(set(itertools.chain(ASKED.values()))) == len(fields(Question))
