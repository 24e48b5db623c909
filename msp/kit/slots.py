"""Panels that higher rooms put on lower pages, and the navigation, declared on each AppConfig.

    class TicketsConfig(AppConfig):
        fills = {"client": ["tickets.pages.on_client_page"]}
        nav = [Nav("Work", "tickets", "Tickets", "inbox", "ticket-queue", "ticket.view", order=20)]

A fill is `f(request, **context) -> dict | None`: the template to include under `template` and its
context, or None to stay away. So a room never imports what stands above it.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from django.apps import apps
from django.http import HttpRequest
from django.utils.module_loading import import_string

T = TypeVar("T")


@dataclass(frozen=True)
class Nav:
    """One entry of the sidebar (`side="staff"`) or of the portal's bar (`side="portal"`).

    `url` is a URL name, `count` a dotted path of `f(viewer) -> int | None` shown beside the label.
    `also` are first words of other URL names whose pages belong to this entry. `roles` narrows an
    entry of the portal to some portal roles.
    """

    group: str
    key: str
    label: str
    icon: str
    url: str
    permission: str = ""
    order: int = 100
    count: str = ""
    tone: str = ""
    side: str = "staff"
    also: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def shown_to(self, viewer: Any) -> bool:
        """Whether the viewer may use what this leads to."""
        if self.permission and self.permission not in viewer.permissions:
            return False
        return not self.roles or viewer.role in self.roles


@dataclass(frozen=True)
class News:
    """A name that open pages may hear when something changed: `ticket` is heard as `ticket-42`.

    Staff hear it with the permission (none: all of them), a client's people only where `portal`
    says so and only of what is their client's. What no room declares nobody hears.
    """

    name: str
    permission: str = ""
    portal: bool = False


def news() -> dict[str, News]:
    """What may be heard, by its name."""
    told = [one for config in apps.get_app_configs() for one in getattr(config, "news", [])]
    return {one.name: one for one in told}


@dataclass(frozen=True)
class Step:
    """A step of setting an MSP up, at /setup until all are done; `done` names an `f() -> bool`."""

    title: str
    hint: str
    url: str
    done: str
    order: int = 100


def setup_steps() -> list[Step]:
    steps = [step for config in apps.get_app_configs() for step in getattr(config, "setup", [])]
    return sorted(steps, key=lambda step: step.order)


def fills(slot: str) -> list[str]:
    """Dotted paths of what fills a slot, in the order of the rooms."""
    found: list[str] = []
    for config in apps.get_app_configs():
        found += getattr(config, "fills", {}).get(slot, [])
    return found


def panels(slot: str, request: HttpRequest, **context: Any) -> Iterator[dict[str, Any]]:
    """What each fill has to show."""
    for path in fills(slot):
        panel = import_string(path)(request, **context)
        if panel:
            yield panel


def once(request: HttpRequest, key: Hashable, read: Callable[[], T]) -> T:
    """What the panels of one page share, read by the first of them."""
    kept = request.__dict__.setdefault("_read_once", {})
    if key not in kept:
        kept[key] = read()
    return cast(T, kept[key])


def nav_items(side: str) -> list[Nav]:
    items = [item for config in apps.get_app_configs() for item in getattr(config, "nav", [])]
    return sorted((item for item in items if item.side == side), key=lambda item: item.order)
