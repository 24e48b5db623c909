from typing import ClassVar

from django.apps import AppConfig

from msp.kit.slots import Nav


class PeopleConfig(AppConfig):
    name = "tenants.people"
    label = "people"
    nav: ClassVar[list[Nav]] = [
        Nav("", "today", "Today", "house", "today", order=1),
        Nav("Settings", "people", "People", "users", "people", "people.edit", order=81),
        Nav("Settings", "keys", "API keys", "key-round", "keys", "settings.edit", order=82),
    ]
