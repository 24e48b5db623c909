from django.apps import AppConfig

from msp.kit.slots import Nav, News, Step


class ClientsConfig(AppConfig):
    name = "contracts.clients"
    label = "clients"
    fills = {
        "palette": ["contracts.clients.pages.found_here"],
        "portal-viewer": ["contracts.clients.gates.contact_viewer"],
    }
    news = [
        News("client", "client.view", portal=True),
        News("clients", "client.view"),
        News("device", "device.view"),
    ]
    setup = [
        Step(
            "Add the first client",
            "With its sites, people and devices; the agreement decides what is billed.",
            "client-new",
            "contracts.clients.queries.has_clients",
            order=20,
        )
    ]
    nav = [
        Nav("Estate", "device", "Devices", "server", "device-list", "device.view", order=31),
        Nav(
            "Commercial", "client", "Clients", "building-2", "client-list", "client.view",
            order=40, also=("contact", "site", "unit", "licence", "meter"),
        ),
        Nav("", "portal-home", "Home", "house", "portal-home", side="portal", order=0),
        Nav("", "device", "Devices", "monitor", "portal-device-list", side="portal", order=20),
    ]  # fmt: skip
