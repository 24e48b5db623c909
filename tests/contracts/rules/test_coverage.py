"""Which line covers a device, and why the others do not."""

from datetime import date

import pytest

from contracts.rules.coverage import Device, Line, Offer, pick, promise

DAY = date(2026, 6, 15)
START = date(2026, 1, 1)


def line(number: int, name: str, **more) -> Line:
    return Line(number, name, "AGR-7", **({"starts_on": START} | more))


EVERYTHING = line(1, "Everything")
SERVERS = line(2, "Servers", device_classes=("server",))
MACHINES = line(3, "Machines", device_classes=("server", "workstation"))
HARBOUR = line(4, "Harbour office", site_ids=(9,))


@pytest.mark.parametrize(
    ("device", "name", "reason"),
    [
        (Device("server", 9), "Harbour office", "it names the site."),
        (Device("server", 1), "Servers", "it names the class server."),
        (Device("workstation", 1), "Machines", "it names the class workstation."),
        (Device("printer", None), "Everything", "it covers every device."),
    ],
)
def test_the_most_specific_line_covers(device, name, reason):
    found = pick([EVERYTHING, SERVERS, MACHINES, HARBOUR], device, DAY)
    assert found.line is not None
    assert found.line.name == name
    assert found.reason == f'"{name}" of AGR-7 applies: {reason}'
    assert not found.doubled


def test_each_failed_condition_is_named():
    lines = [
        line(1, "Old", ends_on=DAY, device_classes=("server", "router", "switch")),
        line(2, "Next year", starts_on=date(2027, 1, 1)),
        line(3, "People", covers_devices=False),
        line(4, "Harbour", site_ids=(9,)),
    ]
    found = pick(lines, Device("printer", 1), DAY)
    assert found.line is None
    assert [one.failed for one in found.passed_over] == [
        (
            "its last day was 2026-06-14, before 2026-06-15",
            "it covers server, router and switch, not printer",
        ),
        ("it begins on 2027-01-01, after 2026-06-15",),
        ("it does not speak of devices",),
        ("it covers other sites",),
    ]
    assert found.reason.startswith("No agreement line covers this device.")
    assert '"People" of AGR-7: it does not speak of devices' in found.reason


def test_a_line_covers_its_first_day_and_not_the_day_after_its_last():
    one = line(1, "June", starts_on=date(2026, 6, 1), ends_on=date(2026, 7, 1))
    for day, covered in (
        (date(2026, 5, 31), False),
        (date(2026, 6, 1), True),
        (date(2026, 6, 30), True),
        (date(2026, 7, 1), False),
    ):
        assert (pick([one], Device("server"), day).line is not None) is covered


def test_a_client_without_lines_is_told_so():
    assert pick([], Device("server"), DAY).reason == "No agreement line exists for this client."


def test_two_lines_of_one_kind_are_a_double_cover():
    younger = line(9, "New machines", device_classes=("server",), starts_on=date(2026, 6, 1))
    found = pick([SERVERS, younger, EVERYTHING], Device("server"), DAY)
    assert found.line == younger
    assert found.also == (SERVERS, EVERYTHING)
    assert found.doubled


def test_of_equal_lines_the_first_written_wins_in_any_order():
    twin = line(8, "Twin", device_classes=("server",))
    for lines in ([SERVERS, twin], [twin, SERVERS]):
        assert pick(lines, Device("server"), DAY).line == SERVERS


@pytest.mark.parametrize(
    ("offers", "policy", "reason"),
    [
        (
            [Offer("client", 3, "Silver"), Offer("line", 2, "Gold"), Offer("tenant", 1)],
            2,
            '"Gold" applies: the agreement line names it.',
        ),
        (
            [Offer("agreement", None), Offer("tenant", 1)],
            None,
            "No service level applies: the agreement rules it out.",
        ),
        ([Offer("tenant", 1)], 1, "The service level applies: the house names it."),
        ([], None, "No service level applies: nobody promised one."),
    ],
)
def test_the_narrowest_promise_holds(offers, policy, reason):
    found = promise(offers)
    assert (found.policy_id, found.reason) == (policy, reason)
