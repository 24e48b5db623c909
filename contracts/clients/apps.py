from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "contracts.clients"
    label = "clients"
