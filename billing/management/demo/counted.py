"""What the register learns: seats that grow, a spare, a shared PC, a correction that comes late."""

from datetime import datetime, timedelta
from decimal import Decimal

from billing.management.demo.setting import Story
from billing.management.demo.work import Step
from contracts.clients import actions as clients
from contracts.clients import queries
from contracts.rules.marks import Marks

ALDERMOOR, TIDEWELL = "ALA", "TWD"
# What the printer showed on the last day before each month, five months ago first.
SHOWN = (48_210, 51_388, 54_902, 1_640, 4_905, 8_022)


def chapters(story: Story) -> list[Step]:
    """In the order of time; the last of them waits for the next billing run."""
    return [
        (story.at(story.month(5), 10), lambda: hold(story)),
        (story.at(story.month(2) + timedelta(days=14), 10), lambda: grow(story)),
        (story.at(story.month(1) + timedelta(days=9), 11), lambda: mark(story)),
        (story.at(story.today - timedelta(days=1), 15), lambda: correct(story)),
        *readings(story),
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


def readings(story: Story) -> list[Step]:
    """The printer is read at the end of each month; once its board was swapped."""
    return [
        (read_at(story, number), lambda at=number, shown=value: read(story, at, shown))
        for number, value in enumerate(SHOWN)
    ]


def read_at(story: Story, number: int) -> datetime:
    """The evening before a month; the first one was told when the meter was written down."""
    first = story.month(5 - number)
    return story.at(first - timedelta(days=1), 17) if number else story.at(first, 11)


def read(story: Story, number: int, value: int) -> None:
    """A reading by hand, and why it is less than before where it is."""
    meter = story.clients[TIDEWELL].holdings.get(name="Reception pages")
    first, who = story.month(5 - number), story.by("Jonas")
    at, taken_at = read_at(story, number), story.at(first - timedelta(days=1), 16)
    row = clients.record_reading(
        meter=meter, value=Decimal(value), taken_at=taken_at, by=who, at=at
    )
    if number and value < SHOWN[number - 1]:
        clients.correct_reading(
            reading=row, value=row.value, drop="reset", reason="the main board was swapped",
            by=who, at=at + timedelta(hours=1),
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
