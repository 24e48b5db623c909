"""What the register learns: seats that grow, a spare, a shared PC, a correction that comes late."""

from datetime import timedelta

from billing.management.demo.setting import Story
from billing.management.demo.work import Step
from contracts.clients import actions as clients
from contracts.clients import queries
from contracts.rules.marks import Marks

ALDERMOOR, TIDEWELL = "ALA", "TWD"


def chapters(story: Story) -> list[Step]:
    """In the order of time; the last of them waits for the next billing run."""
    return [
        (story.at(story.month(5), 10), lambda: hold(story)),
        (story.at(story.month(2) + timedelta(days=14), 10), lambda: grow(story)),
        (story.at(story.month(1) + timedelta(days=9), 11), lambda: mark(story)),
        (story.at(story.today - timedelta(days=1), 15), lambda: correct(story)),
    ]


def hold(story: Story) -> None:
    """An architect's seats, and the pages of a dentist's printer."""
    at, since = story.at(story.month(5), 10), story.month(5)
    by = story.by("Jonas")
    clients.add_licence(
        client=story.clients[ALDERMOOR], product="Draftline Studio", seats=7,
        counts_from_on=since, vendor="Draftline", by=by, at=at,
    )  # fmt: skip
    printer = next(one for one in story.devices[TIDEWELL] if one.kind == "printer")
    clients.add_meter(
        client=story.clients[TIDEWELL], name="Reception pages", measure="pages", device=printer,
        counts_from_on=since, by=by, at=at,
    )  # fmt: skip


def grow(story: Story) -> None:
    """Two architects more, in the middle of a month."""
    on = story.month(2) + timedelta(days=14)
    licence = story.clients[ALDERMOOR].holdings.get(name="Draftline Studio")
    clients.change_seats(licence=licence, seats=9, on=on, by=story.by("Jonas"), at=story.at(on, 10))


def mark(story: Story) -> None:
    """One workstation lies in the cupboard, another is shared at reception."""
    on = story.month(1) + timedelta(days=9)
    spare, shared = [one for one in story.devices[TIDEWELL] if one.kind == "workstation"][:2]
    who = {"on": on, "by": story.by("Jonas"), "at": story.at(on, 11)}
    clients.mark_unit(unit=spare, marks=Marks(aside="spare"), reason="in the cupboard", **who)
    clients.mark_unit(unit=shared, marks=Marks(shared=True), reason="at reception", **who)


def correct(story: Story) -> None:
    """A laptop was given back two months ago, and nobody said so until yesterday."""
    laptop = [one for one in story.devices[TIDEWELL] if one.kind == "laptop"][-1]
    laptop.refresh_from_db()
    known = queries.known_intervals(unit_type="device", unit_id=laptop.pk)
    gone_on = story.month(2) + timedelta(days=20)
    if laptop.retired_on is not None or known[-1].starts_on >= gone_on:
        return
    said = clients.Stretch(known[-1].starts_on, gone_on, known[-1].unit_class, known[-1].site_id)
    clients.correct_unit(
        unit=laptop, interval_id=known[-1].interval_id, said=said,
        reason="found the receipt of its return", by=story.by("Jonas"),
        at=story.at(story.today - timedelta(days=1), 15),
    )  # fmt: skip
