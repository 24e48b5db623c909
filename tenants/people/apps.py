from typing import ClassVar

from django.apps import AppConfig

from msp.kit.slots import Nav, Step


class PeopleConfig(AppConfig):
    name = "tenants.people"
    label = "people"
    fills: ClassVar[dict[str, list[str]]] = {"today": ["tenants.people.pages.home.on_today"]}
    setup: ClassVar[list[Step]] = [
        Step(
            "Invite your team",
            "Technicians, dispatchers, finance: each with what they need.",
            "people",
            "tenants.people.queries.has_team",
            order=10,
        )
    ]
    nav: ClassVar[list[Nav]] = [
        Nav("", "today", "Today", "house", "today", order=1),
        Nav("Settings", "people", "People", "users", "people", "people.edit", order=81),
        Nav("Settings", "keys", "API keys", "key-round", "keys", "settings.edit", order=82),
        Nav("", "account", "Your account", "circle-user", "account", side="me"),
    ]
