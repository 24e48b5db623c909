"""The month, as staff see and work it."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from billing import actions
from billing.models import Invoice, Run
from msp.kit.periods import month
from tests import make
from tests.billing.conftest import JULY_1, issued, run_of

pytestmark = pytest.mark.django_db
RUN = "/billing/runs/2026-06"


@pytest.fixture
def draft(harbor) -> Invoice:
    return Invoice.objects.get(run=run_of(), client=harbor)


def fresh(invoice: Invoice) -> Invoice:
    return Invoice.objects.get(pk=invoice.pk)


def scope_of(browser: Browser) -> str:
    html = browser.get(RUN).content.decode()
    return html.split('name="scope" value="')[1].split('"')[0]


# -- who may ------------------------------------------------------------------------------------

SEEN = ["/billing/runs", RUN, f"{RUN}.csv", f"{RUN}/progress", "/invoices"]


@pytest.mark.parametrize("address", SEEN)
def test_finance_sees_it_and_a_technician_does_not(fay, ben, guy, nobody, draft, address):
    assert fay.get(address).status_code == 200
    assert ben.get(address).status_code == 403
    assert guy.get(address).status_code == 403
    assert nobody.get(address).status_code == 302


POSTS = ("approve", "unapprove", "hold", "release", "send")


@pytest.mark.parametrize("verb", POSTS)
def test_a_technician_decides_nothing_about_a_bill(ben, draft, verb):
    assert ben.post(f"/invoices/{draft.pk}/{verb}", {"reason": "x"}).status_code == 403
    assert fresh(draft).state == "draft"


@pytest.mark.parametrize("verb", ["count", "approve", "issue"])
def test_a_technician_decides_nothing_about_a_run(ben, draft, verb):
    assert ben.post(f"{RUN}/{verb}").status_code == 403
    assert fresh(draft).state == "draft"


@pytest.mark.parametrize(
    "word", ["2026-13", "2026-00", "26-06", "junk", "2026-6x", "9999-01", "２０２６-06"]
)
def test_an_address_that_is_no_month_is_not_found(fay, draft, word):
    assert fay.get(f"/billing/runs/{word}").status_code == 404


def test_a_month_nobody_opened_is_not_found(fay, draft):
    assert fay.get("/billing/runs/2026-05").status_code == 404


def test_the_other_msp_has_no_such_bill(fay, harbor, beta):
    from tenants import context
    from tests.conftest import person

    bill = issued(harbor)
    with context.inside(beta):
        stranger = Browser(HTTP_HOST="beta.localhost")
        stranger.force_login(
            person("Fay"), backend="allauth.account.auth_backends.AuthenticationBackend"
        )
    assert stranger.get(f"/invoices/{bill.pk}").status_code == 404
    assert stranger.get(RUN).status_code == 404


# -- the run ------------------------------------------------------------------------------------


def test_a_month_is_opened_and_counted_from_the_list(fay, harbor, monkeypatch):
    page = fay.get("/billing/runs").content.decode()
    word = page.split('<option value="')[2].split('"')[0]  # the first is the running month
    answer = fay.post("/billing/runs/start", {"month": word})
    assert answer.status_code == 303
    assert answer["Location"] == f"/billing/runs/{word}"
    run = Run.objects.get()
    assert (run.state, f"{run.starts_on:%Y-%m}") == ("counting", word)
    assert "Counting" in fay.get(f"/billing/runs/{word}").content.decode()


def test_the_month_offered_is_the_last_that_is_over(harbor):
    from billing.queries import months

    assert months.to_bill(date(2026, 7, 3)) == "2026-06"
    assert months.to_open(date(2026, 7, 3))[0] == ("2026-07", "July 2026, preview")
    run_of()
    assert months.to_bill(date(2026, 7, 3)) == "2026-07"


def test_a_month_that_cannot_be_opened_is_refused(fay, harbor):
    answer = fay.post("/billing/runs/start", {"month": "1999-01"})
    assert answer.status_code == 422
    assert not Run.objects.exists()


def test_the_review_puts_what_needs_a_look_first(fay, harbor):
    run_of(month(2026, 5), JULY_1 - timedelta(days=30))
    quill = make.client("Quill Accounting", billing_email="b@quill.example")
    make.agreement(quill, make.flat("50.00"), starts_on=date(2026, 6, 1))
    run_of()
    page = fay.get(RUN).content.decode()
    assert page.index("Need a look") < page.index("Quill Accounting")
    assert page.index("Quill Accounting") < page.rindex("Unchanged <span")
    assert "It is the first bill." in page
    assert "The same as last month." in page
    assert "$201.01" in page
    assert "+$50.00" in page


@pytest.mark.parametrize(
    ("show", "there"), [("needs_look", True), ("unchanged", False), ("held", False), ("junk", True)]
)
def test_the_filters_leave_what_they_say(fay, draft, show, there):
    page = fay.get(f"{RUN}?show={show}").content.decode()
    assert (f'id="bill-{draft.pk}"' in page) is there


def test_a_row_opens_the_bill_beside_it(fay, draft):
    headers = {"HX-Request": "true", "HX-Target": "rail"}
    page = fay.get(f"{RUN}?invoice={draft.pk}", headers=headers).content.decode()
    assert page.strip().startswith("<aside")
    assert "Service desk" in page
    assert "<html" not in page


@pytest.mark.parametrize("invoice", ["999999", "0"])
def test_a_bill_of_another_run_does_not_open_here(fay, draft, invoice):
    assert fay.get(f"{RUN}?invoice={invoice}").status_code == 404


def test_everything_ready_is_approved_at_once(fay, harbor):
    run_of(month(2026, 5), JULY_1 - timedelta(days=30))
    run_of()
    answer = fay.post(f"{RUN}/approve", {"scope": scope_of(fay)})
    assert answer.status_code == 303
    assert Invoice.objects.get(run__starts_on=date(2026, 6, 1)).state == "approved"


def test_a_list_that_changed_since_it_was_drawn_is_a_conflict(fay, harbor):
    run_of(month(2026, 5), JULY_1 - timedelta(days=30))
    run_of()
    scope = scope_of(fay)
    run_of(at=JULY_1 + timedelta(hours=1))
    answer = fay.post(f"{RUN}/approve", {"scope": scope})
    assert answer.status_code == 409
    assert "The list changed: 1 were ready then, 1 are now." in answer.content.decode()


@pytest.mark.parametrize("scope", ["junk", "WzEsMF0:x:y"])
def test_a_scope_that_was_not_ours_is_refused(fay, draft, scope):
    assert fay.post(f"{RUN}/approve", {"scope": scope}).status_code == 422
    assert fresh(draft).state == "draft"


def test_what_is_ticked_is_approved(fay, draft):
    token = f"{draft.pk}.{draft.known_at.isoformat()}"
    assert fay.post(f"{RUN}/approve", {"id": [token]}).status_code == 303
    assert (fresh(draft).state, fresh(draft).approved_by) == ("approved", "Fay")


@pytest.mark.parametrize("token", ["junk", "1.junk", ".", "x.2026-06-01", ""])
def test_a_tick_that_makes_no_sense_is_refused(fay, draft, token):
    assert fay.post(f"{RUN}/approve", {"id": [token]}).status_code == 422


def test_nothing_ticked_is_said(fay, draft):
    answer = fay.post(f"{RUN}/approve", headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "Tick the bills to approve first." in answer.content.decode()


def test_issuing_is_asked_for_and_followed(fay, draft):
    actions.approve(invoices=[draft], by=make.BY, at=JULY_1)
    assert fay.post(f"{RUN}/issue").status_code == 303
    working = fay.get(f"{RUN}/progress")
    assert "Issuing invoices" in working.content.decode()
    assert "HX-Refresh" not in working.headers
    while actions.issue_next(run_id=draft.run_id, at=JULY_1):
        continue
    page = fay.get(f"{RUN}/progress").content.decode()
    assert "INV-2026-0001" in page
    assert "1 of 1" in " ".join(page.split())


def test_a_count_under_way_shows_how_far_it_is(fay, draft):
    fay.post(f"{RUN}/count")
    page = " ".join(fay.get(f"{RUN}/progress").content.decode().split())
    assert "0 of 1 clients counted" in page
    assert 'aria-busy="true"' in fay.get(RUN).content.decode()
    while actions.count_next(run_id=draft.run_id, at=JULY_1):
        continue
    actions.finish_count(run_id=draft.run_id, at=JULY_1)
    assert fay.get(f"{RUN}/progress").headers["HX-Refresh"] == "true"


def test_the_run_as_a_file_runs_nothing(fay, alpha):
    client = make.client("=HYPERLINK(1)", billing_email="b@x.example")
    make.agreement(client, make.flat("50.00"))
    run_of()
    text = fay.get(f"{RUN}.csv").content.decode("utf-8-sig")
    assert text.splitlines()[0].startswith("Client,State,Number")
    assert "'=HYPERLINK(1),Draft,,USD,50.00,0.00,50.00,,," in text


# -- what it costs ------------------------------------------------------------------------------


def queries_of(browser: Browser, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("address", ["/billing/runs", RUN, "/invoices"])
def test_a_longer_list_asks_no_more_of_the_database(fay, harbor, address):
    run_of()
    few = queries_of(fay, address)
    for number in range(6):
        client = make.client(f"Client {number}", billing_email="b@x.example")
        make.agreement(client, make.flat("50.00"))
    run_of(month(2026, 5), JULY_1 - timedelta(days=30))
    run_of(at=JULY_1 + timedelta(hours=1))
    assert queries_of(fay, address) <= few + 1  # the bill of last month, beside the chosen one


def test_more_devices_cost_a_count_no_more_queries(harbor):
    run_of()
    with CaptureQueriesContext(connection) as few:
        run_of(at=JULY_1 + timedelta(hours=1))
    for number in range(20):
        make.device(harbor, f"more-{number}", "server")
    with CaptureQueriesContext(connection) as many:
        run_of(at=JULY_1 + timedelta(hours=2))
    assert len(many) == len(few)
