"""Kinds of work that an MSP has beside those everybody has."""

from django.db import models
from django.db.models.functions import Lower

from contracts.models.service import StaffOnlyQuerySet


class WorkKind(models.Model):
    """A kind of work of the MSP's own. Entries and coverage tables keep its code for ever."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=60)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = StaffOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="one_work_kind_per_name")]

    def __str__(self) -> str:
        return self.name
