"""The months that are billed: counted, approved and issued on the first working morning after."""

from datetime import datetime

from billing import actions as billing
from billing.management.demo.setting import Story
from billing.management.demo.work import Step
from billing.models import Invoice, Run
from msp.kit.periods import month_of


def months(story: Story) -> list[Step]:
    """One step for each full month of the story."""
    return [(story.at(story.month(ago - 1), 8), closing(story, ago)) for ago in range(6, 0, -1)]


def closing(story: Story, ago: int):  # type: ignore[no-untyped-def]
    def close() -> None:
        at: datetime = story.at(story.month(ago - 1), 8)
        by = story.by("Jonas")
        run: Run = billing.open_run(period=month_of(story.month(ago)), by=by, at=at)
        billing.count_run(run=run, by=by, at=at)
        if ago == 1:
            return  # last month waits for the person who tries it
        for invoice in Invoice.objects.filter(run=run, state="draft"):
            billing.approve(invoices=[invoice], by=by, at=at)
        for invoice in Invoice.objects.filter(run=run, state="approved"):
            billing.issue(invoice=invoice, by=by, at=at)

    return close
