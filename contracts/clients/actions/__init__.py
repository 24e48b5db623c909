"""Everything that changes what we know of clients."""

from contracts.clients.actions.clients import (
    add_client,
    add_site,
    archive_client,
    change_client,
    change_site,
)
from contracts.clients.actions.contacts import (
    add_contact,
    archive_contact,
    change_contact,
    close_portal,
    open_portal,
    start_counting,
    stop_counting,
)
from contracts.clients.actions.devices import (
    add_device,
    change_device,
    retire_device,
    return_device,
)
from contracts.clients.actions.holdings import add_licence, add_meter, change_seats, end_holding
from contracts.clients.actions.readings import correct_reading, record_reading, say_dial
from contracts.clients.actions.units import Stretch, correct_unit, mark_unit

__all__ = [
    "Stretch",
    "add_client",
    "add_contact",
    "add_device",
    "add_licence",
    "add_meter",
    "add_site",
    "archive_client",
    "archive_contact",
    "change_client",
    "change_contact",
    "change_device",
    "change_seats",
    "change_site",
    "close_portal",
    "correct_reading",
    "correct_unit",
    "end_holding",
    "mark_unit",
    "open_portal",
    "record_reading",
    "retire_device",
    "return_device",
    "say_dial",
    "start_counting",
    "stop_counting",
]
