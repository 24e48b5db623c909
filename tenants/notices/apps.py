from typing import ClassVar

from django.apps import AppConfig

from msp.kit.slots import Nav, News


class NoticesConfig(AppConfig):
    name = "tenants.notices"
    label = "notices"
    news: ClassVar[list[News]] = [News("inbox", portal=True), News("counts", portal=True)]
    nav: ClassVar[list[Nav]] = [
        Nav(
            "", "inbox", "Inbox", "inbox", "inbox", order=2, count="tenants.notices.queries.unread"
        ),
        Nav("Settings", "channels", "Channels", "megaphone", "channels", "settings.edit", order=83),
        Nav("Settings", "journal", "Journal", "scroll-text", "journal", "journal.view", order=85),
    ]
