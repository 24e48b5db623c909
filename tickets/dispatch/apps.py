from typing import ClassVar

from django.apps import AppConfig

from msp.kit.slots import Nav, News


class DispatchConfig(AppConfig):
    name = "tickets.dispatch"
    label = "dispatch"
    fills: ClassVar[dict[str, list[str]]] = {"today-side": ["tickets.dispatch.pages.on_today"]}
    news: ClassVar[list[News]] = [News("dispatch", "ticket.view"), News("schedule", "ticket.view")]
    nav: ClassVar[list[Nav]] = [
        Nav(
            "Work", "oncall", "On call", "phone-call", "oncall-list", "ticket.view", order=25,
            also=("policy", "call"),
        )
    ]  # fmt: skip
