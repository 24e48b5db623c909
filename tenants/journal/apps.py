from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JournalConfig(AppConfig):
    name = "tenants.journal"
    label = "journal"

    def ready(self) -> None:
        """Learn every event and reaction, so that the registry is whole from the start."""
        autodiscover_modules("events", "reactions")
