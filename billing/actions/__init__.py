"""What billing writes: a month's run, its review, and bills that are final."""

from billing.actions.crediting import restore_credit, waive_credit
from billing.actions.issuing import ask_issue, issue, issue_next, keep_paper, send
from billing.actions.milestones import bill_milestone
from billing.actions.once import OnceLine, bill_once
from billing.actions.review import approve, hold, release, unapprove
from billing.actions.runs import ask_count, count_next, count_run, finish_count, open_run

__all__ = [
    "OnceLine",
    "approve",
    "ask_count",
    "ask_issue",
    "bill_milestone",
    "bill_once",
    "count_next",
    "count_run",
    "finish_count",
    "hold",
    "issue",
    "issue_next",
    "keep_paper",
    "open_run",
    "release",
    "restore_credit",
    "send",
    "unapprove",
    "waive_credit",
]
