"""Which addresses outside may be called at all."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
_NEVER = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "168.63.129.16/32",  # the host below a machine of one cloud, public in number alone
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        "::/8", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32",
        "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
_GLOBAL = IPv6Network("2000::/3")


def is_public(text: str) -> bool:
    """Whether an address is somebody's on the internet: not this machine, its network, or one that
    leads back into them."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if isinstance(found, IPv6Address) and found not in _GLOBAL:
        return False
    return not any(found in one for one in _NEVER if one.version == found.version)


def is_allowed(text: str, networks: Sequence[str]) -> bool:
    """Whether an address may be called: a public one, or one the installation's owner named."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    named = (ip_network(one) for one in networks)
    return is_public(text) or any(found in one for one in named if one.version == found.version)
