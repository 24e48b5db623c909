"""The checks we suggest for classes of devices: what most would watch, with levels that hold."""

from monitoring.rules.definitions import THRESHOLD, Definition
from monitoring.rules.thresholds import Level, Limits

_BUSY = Limits(Level(90, 80), Level(98, 90), raise_for=600)
_FULL = Limits(Level(85, 80), Level(95, 90))
_EMPTY = Limits(Level(20, 30), Level(8, 15), above=False)

MACHINES = ("server", "workstation", "laptop", "storage")
SUGGESTED = (  # classes, slug, name, series, limits
    (("server", "storage"), "cpu", "CPU", "cpu", _BUSY),
    (("server", "storage"), "memory", "Memory", "memory", _BUSY),
    (MACHINES, "disk", "Disk", "disk*", _FULL),
    (("laptop",), "battery", "Battery", "battery", _EMPTY),
)


def suggested() -> list[tuple[str, str, str, Definition]]:
    """Class of devices, slug, name and definition of each."""
    return [
        (device_class, slug, name, Definition(THRESHOLD, series=series, limits=limits))
        for classes, slug, name, series, limits in SUGGESTED
        for device_class in classes
    ]
