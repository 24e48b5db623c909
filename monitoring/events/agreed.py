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
class WindowBegan(Event):
    kind: ClassVar[str] = "monitoring.window_began"
    sentence: ClassVar[str] = "began the maintenance window {name} with {device}"

    window_id: int
    client_id: int | None
    site_id: int | None
    device_id: int | None
    device: str
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


@dataclass(frozen=True)
class CanaryPlaced(Event):
    kind: ClassVar[str] = "monitoring.canary_placed"
    sentence: ClassVar[str] = "placed the canary that proves that alerting works"

    check_id: int
    device_id: int
    client_id: int


@dataclass(frozen=True)
class CanaryRemoved(Event):
    kind: ClassVar[str] = "monitoring.canary_removed"
    sentence: ClassVar[str] = "took the canary away"

    device_id: int
    client_id: int


@dataclass(frozen=True)
class CanaryUnheard(Event):
    kind: ClassVar[str] = "monitoring.canary_unheard"
    sentence: ClassVar[str] = "found the canary's silence unnoticed and mailed the owners"

    check_id: int
    device_id: int
    client_id: int
