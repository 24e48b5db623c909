"""What a missed promise gives back, for programs."""

from datetime import UTC, date, datetime

from billing.models import InvoiceLine
from contracts import actions as contracts
from tests import make
from tests.billing.conftest import late, promised, run_of


def test_programs_write_terms_and_waive(cast, api) -> None:
    made = promised(cast.harbor, make.flat("1000.00"))
    version = api.get(f"agreements/{made.pk}").json()["versions"][0]
    assert version["credits"]["resolution"] == {"percent": "10"}
    contracts.amend(agreement=made, effective_on=date(2099, 7, 1), by=make.BY, at=datetime.now(UTC))
    draft = f"agreements/{made.pk}/draft"
    wrong = api.send("PUT", draft, {"credits": {"response": {"percent": "500"}}})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (
        422,
        "credits.response.percent",
    )
    assert api.send("PUT", draft, {"credits": {}}).json()["versions"][1]["credits"] == {}
    late(cast.harbor, 2026, 6, 3, 10)
    run_of()
    line = InvoiceLine.objects.get(kind="credit")
    shown = api.get(f"invoices/{line.invoice_id}").json()["lines"][-1]
    assert (shown["kind"], shown["missed"]["target"]) == ("credit", "resolution")
    waive = f"invoices/{line.invoice_id}/lines/{line.pk}/waive"
    assert api.post(waive, {}).status_code == 400
    assert api.post(waive, {"reason": "Agreed by phone"}).status_code == 200
    assert not InvoiceLine.objects.filter(kind="credit").exists()
    assert api.post(waive, {"reason": "Agreed by phone"}).status_code == 404
