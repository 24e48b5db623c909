"""Builders for tests: plain functions with fixed values that go through the actions.

>>> from tests import make
>>> harbor = make.client(name="Harbor Dental")
>>> make.agreement(harbor, make.per_device("62.00", classes=["workstation"]))
"""

from tests.make.clients import BY, STARTED_AT, client, contact, device, portal, site
from tests.make.contracts import (
    TARGETS,
    WEEKDAYS,
    agreement,
    calendar,
    flat,
    level,
    per_device,
    per_user,
    service,
    worked,
)

__all__ = [
    "BY",
    "STARTED_AT",
    "TARGETS",
    "WEEKDAYS",
    "agreement",
    "calendar",
    "client",
    "contact",
    "device",
    "flat",
    "level",
    "per_device",
    "per_user",
    "portal",
    "service",
    "site",
    "worked",
]
