"""The way into a person's inbox, whatever it is that is told."""

from typing import Any

from django.db import transaction

from msp.kit import live
from tenants.context import current_schema
from tenants.notices.models import Notice


class Inbox:
    """For the caller's transaction."""

    @staticmethod
    def put(person_id: int, key: str, *, text: str, **facts: Any) -> bool:
        """Once per key, and their open pages learn of it; True when it is new."""
        _row, created = Notice.objects.get_or_create(
            person_id=person_id, key=key, defaults={"text": text[:300], **facts}
        )
        if created:
            schema = current_schema()
            transaction.on_commit(
                lambda: live.publish(schema, ["inbox", "counts"], person_id=person_id)
            )
        return created
