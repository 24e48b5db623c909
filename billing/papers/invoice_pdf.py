"""An issued invoice as a PDF.

Made from the frozen rows alone and stamped with the moment of issue, so that making it again gives
the same bytes and the digest kept beside it stays a proof.
"""

from typing import Any

from babel.dates import format_date

from billing.models import Invoice, InvoiceLine
from billing.queries import evidence
from billing.rules.wording import days_of, price, quantity, unit_sum
from msp.kit import papers
from msp.kit.money import format_money
from msp.kit.periods import Period

_LOCALE = "en_US"


def render(invoice: Invoice) -> bytes:
    """The PDF of an issued invoice."""
    return papers.render("billing/papers/invoice.typ", document(invoice), stamp=invoice.issued_at)


def document(invoice: Invoice) -> dict[str, Any]:
    """What is printed, as plain words: the template decides nothing but the look."""
    party = invoice.party
    lines = list(invoice.lines.prefetch_related("units"))
    currency = invoice.currency
    return {
        "title": f"Invoice {invoice.number}",
        "paper": papers.sheet_of(currency),
        "seller": party["seller"],
        "number": invoice.number,
        "client": party["name"],
        "address": party["address"],
        "period": str(Period(invoice.starts_on, invoice.ends_on)) if invoice.run else invoice.title,
        "issued": _date(invoice.issued_on),
        "due": _date(invoice.due_on),
        "terms": _terms(int(party["payment_days"])),
        "lines": [_line(line, currency) for line in lines],
        "net": format_money(invoice.net, currency),
        "rates": _rates(invoice),
        "total": format_money(invoice.total, currency),
        "note": _note(invoice),
        "evidence": [
            _evidence(number, line) for number, line in enumerate(lines, 1) if line.units.all()
        ],
    }


def _date(day: Any) -> str:
    return str(format_date(day, "long", locale=_LOCALE))


def _note(invoice: Invoice) -> str:
    if invoice.run is None:
        return invoice.explanation
    return (
        f"Counted from the register as it was known on {_known(invoice)}. Every quantity"
        " opens the devices or people behind it in the portal."
    )


def _known(invoice: Invoice) -> str:
    return f"{_date(invoice.known_at.date())}, {invoice.known_at:%H:%M} UTC"


def _terms(days: int) -> str:
    return "on receipt" if not days else f"{days} day{'s' if days > 1 else ''} net"


def _rates(invoice: Invoice) -> list[dict[str, str]]:
    """Tax by rate; a client without tax is told so instead of nothing."""
    if not invoice.tax_rate:
        return [{"name": "Tax, none", "tax": format_money(invoice.tax, invoice.currency)}]
    percent = f"{invoice.tax_rate.normalize():f}"
    base = format_money(invoice.net, invoice.currency)
    return [
        {"name": f"Tax {percent} % on {base}", "tax": format_money(invoice.tax, invoice.currency)}
    ]


def _line(line: InvoiceLine, currency: str) -> dict[str, Any]:
    period = str(Period(line.starts_on, line.ends_on))
    agreement = line.trace.get("agreement", "")
    return {
        "description": line.description,
        "detail": " · ".join(part for part in (period, agreement, _basis(line)) if part),
        "quantity": quantity(line.quantity),
        "price": price(line.unit_price, currency),
        "amount": format_money(line.amount, currency),
    }


def _basis(line: InvoiceLine) -> str:
    """What was divided by what, where the quantity is not a whole one."""
    if line.kind == "time":
        return _time(line)
    if line.kind == "usage":
        return f"{line.trace['used']} {line.trace['measure']} read off meters"
    if line.kind == "once" or line.quantity == line.quantity.to_integral_value():
        return ""
    return f"{days_of(line.trace)} ÷ {line.trace['period_days']} days"


def _time(line: InvoiceLine) -> str:
    """How much work it is; each piece is opened in the portal."""
    entries = line.trace["entries"]
    return f"{entries} {'entry' if entries == 1 else 'entries'} of work, in hours"


def _evidence(number: int, line: InvoiceLine) -> dict[str, Any]:
    return {
        "number": number,
        "description": line.description,
        "sum": unit_sum(line.trace),
        "units": _meters(line)
        if line.kind == "usage"
        else [
            {
                "name": unit.name,
                "dates": str(Period(unit.starts_on, unit.ends_on)),
                "days": f"{unit.days} {'day' if unit.days == 1 else 'days'}",
            }
            for unit in line.units.all()
        ],
    }


def _meters(line: InvoiceLine) -> list[dict[str, str]]:
    """Each meter with the readings its use was reckoned from."""
    return [
        {
            "name": one.name,
            "dates": " \u2013 ".join(end for end in (one.opened, one.closed) if end),
            "days": one.used,
        }
        for one in evidence.read_on(line)
    ]
