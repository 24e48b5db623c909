"""What becomes of an agreement at its last day, and until when somebody can still say no."""

from dataclasses import dataclass
from datetime import date, timedelta

from msp.kit.periods import anchored, long_date

REMIND = 30  # days before the last day for notice on which the client is reminded
SOON = 90  # days before the last day for notice in which a renewal is worth a look


@dataclass(frozen=True, slots=True)
class Term:
    """An agreement's time as it is agreed: `ends_on` is the first day without it."""

    starts_on: date
    ends_on: date | None
    renews_months: int | None
    notice_days: int
    notice_given_on: date | None = None

    @property
    def decide_by(self) -> date | None:
        """The last day on which notice is in time; None where it runs on without an end."""
        return None if self.ends_on is None else self.ends_on - timedelta(days=self.notice_days)

    @property
    def renewed_until(self) -> date | None:
        """The end after the next renewal, measured from the start so that it does not drift."""
        if self.ends_on is None or not self.renews_months:
            return None
        return next_end(self.starts_on, self.ends_on, self.renews_months)

    def renews_now(self, today: date) -> bool:
        """Whether the time for notice is over and nobody gave any."""
        return bool(
            self.renews_months
            and self.decide_by is not None
            and self.notice_given_on is None
            and today > self.decide_by
        )


def reminds_on(term: Term, today: date) -> bool:
    """Whether the client should hear now that the end or the next term comes: a month before it
    is too late to say no."""
    if term.ends_on is None or term.notice_given_on is not None:
        return False
    decide_by = term.decide_by or term.ends_on
    return decide_by - timedelta(days=REMIND) <= today < term.ends_on


def next_end(starts_on: date, ends_on: date, months: int) -> date:
    """So many months after an end, on the day of the month the agreement began on."""
    whole = (ends_on.year - starts_on.year) * 12 + ends_on.month - starts_on.month
    if anchored(starts_on, whole) == ends_on:
        return anchored(starts_on, whole + months)
    return anchored(ends_on, months)


def earliest_end(term: Term, today: date) -> date:
    """The first day without it if notice is given today: after the notice, not before the term."""
    after_notice = today + timedelta(days=term.notice_days + 1)
    if term.ends_on is None:
        return after_notice
    in_time = term.decide_by is not None and today <= term.decide_by
    if in_time or not term.renews_months:
        return term.ends_on
    return term.renewed_until or term.ends_on


def said(term: Term) -> str:
    """The term in words a client reads."""
    notice = f"{term.notice_days} days' notice"
    if term.ends_on is None:
        return f"It runs on until it is ended with {notice}."
    last_on = long_date(term.ends_on - timedelta(days=1))
    if term.notice_given_on is not None:
        return f"Notice was given; {last_on} is its last day."
    if term.renews_months:
        months = f"{term.renews_months} month{'s' if term.renews_months > 1 else ''}"
        return f"It runs to {last_on} and then goes on for {months} at a time, unless {notice}."
    return f"It ends with {last_on}."
