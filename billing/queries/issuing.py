"""How far the issuing of a run is, and what could not leave the house."""

from dataclasses import dataclass
from datetime import datetime

from billing.models import Invoice, Paper, Run
from tenants.notices.models import Mail


@dataclass(frozen=True)
class Issuing:
    """The four steps of issuing, each as done of `total`."""

    total: int
    numbered: int
    papers: int
    mailed: int
    to_mail: int
    first: str
    last: str
    asked_at: datetime | None
    asked_by: str
    seconds_left: int | None
    failed: tuple[Invoice, ...]
    unsent: tuple[Invoice, ...]

    @property
    def running(self) -> bool:
        """Whether something is still to come; a failure waits for a person, not for us."""
        return self.numbered + len(self.failed) < self.total or self.papers < self.numbered


def issuing_of(run: Run, at: datetime) -> Issuing | None:
    """The issuing of a run; None where nobody asked for one."""
    asked = Invoice.objects.filter(run=run, issue_asked_at__isnull=False).select_related("client")
    rows = list(asked.order_by("number", "client__name"))
    if not rows:
        return None
    issued = [one for one in rows if one.state in Invoice.SHOWN]
    keys = [mail_key(one) for one in issued]
    mails = dict(Mail.objects.filter(key__in=keys).values_list("key", "sent_at"))
    newest = max(rows, key=lambda one: one.issue_asked_at or at)
    return Issuing(
        total=len(rows),
        numbered=len(issued),
        papers=Paper.objects.filter(invoice__in=issued).count(),
        mailed=sum(sent is not None for sent in mails.values()),
        to_mail=len(mails),
        first=issued[0].number or "" if issued else "",
        last=issued[-1].number or "" if issued else "",
        asked_at=newest.issue_asked_at,
        asked_by=str(newest.issue_asked_by.get("name", "")),
        seconds_left=_left(rows, newest, at),
        failed=tuple(one for one in rows if one.issue_error),
        unsent=tuple(one for one in issued if mail_key(one) not in mails),
    )


def mail_key(invoice: Invoice) -> str:
    """The mail that brings an invoice, once."""
    return f"invoice:{invoice.pk}"


def mail_of(invoice: Invoice) -> Mail | None:
    """The mail that brought it, sent or still to be."""
    return Mail.objects.filter(key=mail_key(invoice)).first()


def _left(rows: list[Invoice], newest: Invoice, at: datetime) -> int | None:
    """From the pace so far; None until there is one."""
    batch = [one for one in rows if one.issue_asked_at == newest.issue_asked_at]
    done = sum(one.state in Invoice.SHOWN for one in batch)
    if not done or done == len(batch) or newest.issue_asked_at is None:
        return None
    pace = (at - newest.issue_asked_at).total_seconds() / done
    return max(1, round(pace * (len(batch) - done)))
