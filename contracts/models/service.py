"""The catalogue: what is sold, alone or together, and what it costs from which day on."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from contracts.clients.models import Client
from tenants.people.rules.viewer import Viewer


class StaffOnlyQuerySet(models.QuerySet):
    """Rows that only the MSP's people read as they are stored."""

    def visible_to(self, viewer: Viewer) -> "StaffOnlyQuerySet":
        return self if viewer.is_staff else self.none()


class Service(models.Model):
    """Something the MSP sells. `includes` and `excludes` hold one plain promise to a line.

    A product is handed over once; what a partner delivers under our name says so. `cost` is what
    one of what a line counts costs us in a month, in our own currency; empty where nobody said it.
    """

    class Domain(models.TextChoices):
        MANAGED = "managed", "Managed IT"
        CLOUD = "cloud", "Cloud"
        SECURITY = "security", "Security"
        HELPDESK = "helpdesk", "Help desk"
        BACKUP = "backup", "Backup and recovery"
        VOICE = "voice", "Voice"
        MOBILE = "mobile", "Mobile"
        PRINT = "print", "Print"
        BUSINESS = "business", "Business services"

    class Nature(models.TextChoices):
        SERVICE = "service", "Service"
        PRODUCT = "product", "Product"

    name = models.CharField(max_length=120)
    code = models.SlugField(max_length=40, unique=True)
    description = models.TextField(blank=True)
    domain = models.CharField(max_length=10, choices=Domain, default=Domain.MANAGED)
    nature = models.CharField(max_length=8, choices=Nature, default=Nature.SERVICE)
    partner = models.CharField(max_length=120, blank=True)
    includes = models.TextField(blank=True)
    excludes = models.TextField(blank=True)
    cost = models.DecimalField(max_digits=15, decimal_places=6, null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = StaffOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Offer(models.Model):
    """Several services under one name: a tier such as Essential, or a bundle with one price.

    Tiers are read side by side in the order of their rank.
    """

    class Kind(models.TextChoices):
        TIER = "tier", "Tier"
        BUNDLE = "bundle", "Bundle"

    kind = models.CharField(max_length=6, choices=Kind)
    name = models.CharField(max_length=120)
    code = models.SlugField(max_length=40, unique=True)
    description = models.TextField(blank=True)
    rank = models.PositiveSmallIntegerField(default=1)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = StaffOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "rank", "name"]

    def __str__(self) -> str:
        return self.name


class OfferPart(models.Model):
    """A service in an offer: in, out, or to be had for more. Its list price is its share (T7)."""

    class Verdict(models.TextChoices):
        IN = "in", "Included"
        EXTRA = "extra", "For an extra price"
        OUT = "out", "Not included"

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="parts")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="offered_in")
    verdict = models.CharField(max_length=5, choices=Verdict, default=Verdict.IN)
    quantity = models.PositiveSmallIntegerField(default=1)
    note = models.CharField(max_length=160, blank=True)

    class Meta:
        ordering = ["service__domain", "service__name"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "service"], name="one_part_per_service"),
            models.CheckConstraint(name="parts_are_some", condition=Q(quantity__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.offer}: {self.service}"


class PriceList(models.Model):
    """Prices in one currency, for everybody or for one client, whose own come first (T10)."""

    name = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    client = models.ForeignKey(
        Client, null=True, blank=True, on_delete=models.PROTECT, related_name="price_lists"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = StaffOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["client__name", "currency", "name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="one_price_list_per_name"),
            models.UniqueConstraint(
                fields=["currency"],
                condition=Q(client__isnull=True, retired_at__isnull=True),
                name="one_general_list_per_currency",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """What a service or an offer costs from a day on: `kind` and `facts` are a line's terms.

    A price is never edited: the next one says from when it holds, and this one ends on that day.
    """

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="prices")
    service = models.ForeignKey(
        Service, null=True, blank=True, on_delete=models.PROTECT, related_name="prices"
    )
    offer = models.ForeignKey(
        Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="prices"
    )
    kind = models.CharField(max_length=20)
    facts = models.JSONField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = StaffOnlyQuerySet.as_manager()

    class Meta:
        ordering = ["price_list", "starts_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="price_of_one_thing",
                condition=Q(service__isnull=False, offer__isnull=True)
                | Q(service__isnull=True, offer__isnull=False),
            ),
            models.CheckConstraint(
                name="price_runs_forward",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=models.F("starts_on")),
            ),
            *(
                ExclusionConstraint(
                    name=f"one_price_a_day_of_{of}",
                    expressions=[
                        ("price_list", "="),
                        (of, "="),
                        (models.Func("starts_on", "ends_on", function="daterange"), "&&"),
                    ],
                )
                for of in ("service", "offer")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service or self.offer} from {self.starts_on}"
