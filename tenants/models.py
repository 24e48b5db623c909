"""The MSPs of this installation and their hosts: the only tables in the public schema."""

import base64
import secrets

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


def new_schema_name() -> str:
    """A schema name nobody chose: `t_` and 80 random bits, so no input ever reaches DDL."""
    return "t_" + base64.b32encode(secrets.token_bytes(10)).decode().lower()


class Msp(TenantMixin):
    """One managed service provider and its schema."""

    auto_create_schema = False

    class State(models.TextChoices):
        REQUESTED = "requested"
        BUILDING = "building"
        READY = "ready"
        FAILED = "failed"
        SUSPENDED = "suspended"

    schema_name = models.CharField(max_length=63, unique=True, default=new_schema_name)
    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    zone = models.CharField(max_length=64, default="America/New_York")
    currency = models.CharField(max_length=3, default="USD")
    state = models.CharField(max_length=12, choices=State, default=State.REQUESTED)
    error = models.TextField(blank=True)
    owner_name = models.CharField(max_length=120)
    owner_email = models.EmailField()
    requested_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="schema_name_is_generated",
                condition=models.Q(schema_name__regex=r"^t_[a-z0-9]{4,60}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Domain(DomainMixin):
    """A host that belongs to an MSP; lower case, no port."""
