"""What is said by hand about a line, in place of what is counted."""

from django.db import models
from django.db.models import Q


class CountOverride(models.Model):
    """A number said by hand for a line, in place of what is counted, until a day (psa Q7).

    What was counted stays beside it on the bill. One that is withdrawn still holds for whoever
    asks what was known before.
    """

    agreement = models.ForeignKey(
        "contracts.Agreement", on_delete=models.PROTECT, related_name="overrides"
    )
    line_key = models.UUIDField(db_index=True)
    quantity = models.PositiveIntegerField()
    reason = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()
    created_by = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="override_runs_forward", condition=Q(ends_on__gt=models.F("starts_on"))
            ),
            models.CheckConstraint(name="override_has_a_reason", condition=Q(reason__gt="")),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} instead of the count, {self.starts_on} to {self.ends_on}"
