"""What people agreed on: windows, what stands behind what, what a class of devices gets."""

from dataclasses import dataclass
from typing import ClassVar

from tenants.journal.registry import Event


@dataclass(frozen=True)
class TemplateKept(Event):
    kind: ClassVar[str] = "monitoring.template_kept"
    sentence: ClassVar[str] = "gives each new {device_class} the check {name}"

    template_id: int
    name: str
    device_class: str


@dataclass(frozen=True)
class TemplateDropped(Event):
    kind: ClassVar[str] = "monitoring.template_dropped"
    sentence: ClassVar[str] = "gives no further {device_class} the check {name}"

    template_id: int
    name: str
    device_class: str


@dataclass(frozen=True)
class WindowAgreed(Event):
    kind: ClassVar[str] = "monitoring.window_agreed"
    sentence: ClassVar[str] = "agreed on the maintenance window {name}"

    window_id: int
    client_id: int | None
    site_id: int | None
    device_id: int | None
    name: str


@dataclass(frozen=True)
class WindowCancelled(Event):
    kind: ClassVar[str] = "monitoring.window_cancelled"
    sentence: ClassVar[str] = "ended the maintenance window {name}"

    window_id: int
    client_id: int | None
    site_id: int | None
    device_id: int | None
    name: str


@dataclass(frozen=True)
class DependencyAdded(Event):
    kind: ClassVar[str] = "monitoring.dependency_added"
    sentence: ClassVar[str] = "put {what} behind {parent}"

    device_id: int | None
    site_id: int | None
    client_id: int
    parent: str
    what: str


@dataclass(frozen=True)
class DependencyRemoved(Event):
    kind: ClassVar[str] = "monitoring.dependency_removed"
    sentence: ClassVar[str] = "no longer has {what} behind {parent}"

    device_id: int | None
    site_id: int | None
    client_id: int
    parent: str
    what: str
