"""What every page shares."""

from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from tests import make


def counts_of_notices(captured: CaptureQueriesContext) -> int:
    return sum("COUNT" in query["sql"] and "notices_notice" in query["sql"] for query in captured)


def test_the_figures_beside_the_navigation_are_counted_once_a_page(ben: Browser) -> None:
    """A page of many parts used to count them for each part."""
    client = make.client("Harbor Dental")
    with CaptureQueriesContext(connection) as captured:
        assert ben.get(f"/clients/{client.slug}").status_code == 200
    assert counts_of_notices(captured) == 1


def test_a_part_without_the_shell_counts_nothing(ben: Browser) -> None:
    with CaptureQueriesContext(connection) as captured:
        answer = ben.get("/clients", headers={"HX-Request": "true"})
    assert b"<html" not in answer.content
    assert counts_of_notices(captured) == 0
