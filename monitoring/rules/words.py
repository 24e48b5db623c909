"""How a problem is named, in the words of whoever reads the ticket."""

ABOVE_CAP = "The key has enrolled its"  # how a refusal begins where only the key's cap refuses


def title_of(check: str, slug: str, device: str, *, failed: bool, running: bool) -> str:
    """What happened, in one line that fits a ticket's subject."""
    if slug == "heartbeat" and not failed:
        return f"No heartbeat from {device}"
    if slug.startswith("alert-"):
        return f"{check} on {device}"
    if failed:
        return f"{check} on {device} failed"
    if running:
        return f"{check} on {device} began and did not finish"
    return f"{check} on {device} did not report"


def over_limit(what: str, device: str, value: float, unit: str) -> str:
    """`CPU on hdg-srv-01 at 97%`."""
    return f"{what} on {device} at {value:.4g}{'' if unit in ('%', '') else ' '}{unit}"


def no_data(what: str, device: str) -> str:
    """A value that stopped coming while the device goes on."""
    return f"No values of {what} from {device}"
