"""The other party: who the client is, where, and what of theirs we look after."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Upper

from contracts.clients.models.readings import MeterReading
from tenants.people.rules.viewer import Viewer

__all__ = [
    "Client",
    "ClientQuerySet",
    "Contact",
    "Device",
    "DeviceQuerySet",
    "Holding",
    "MeterReading",
    "OfClientQuerySet",
    "Site",
    "UnitVersion",
]


class ClientQuerySet(models.QuerySet["Client"]):
    def visible_to(self, viewer: Viewer) -> "ClientQuerySet":
        """Staff see every client, portal people their own."""
        return self if viewer.is_staff else self.filter(pk=viewer.client_id)


class OfClientQuerySet(models.QuerySet):
    """Rows that belong to a client through `client`."""

    def visible_to(self, viewer: Viewer) -> "OfClientQuerySet":
        return self if viewer.is_staff else self.filter(client_id=viewer.client_id)


class DeviceQuerySet(OfClientQuerySet):
    def visible_to(self, viewer: Viewer) -> "OfClientQuerySet":
        """Of a client's people, administrators see every device and the others their own."""
        rows = super().visible_to(viewer)
        own = not viewer.is_staff and viewer.role != Contact.Portal.ADMIN
        return rows.filter(owner_id=viewer.contact_id) if own else rows


class Client(models.Model):
    """A company the MSP works for. `zone` decides its business dates.

    Where it `approves_time`, work comes on a bill only once somebody of ours has approved it.
    """

    class Segment(models.TextChoices):
        SMALL = "small", "Small, under 100 people"
        MID = "mid", "Mid-sized, 100 to 499 people"

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    zone = models.CharField(max_length=64)
    currency = models.CharField(max_length=3, default="USD")
    segment = models.CharField(max_length=5, choices=Segment, default=Segment.SMALL)
    industry = models.CharField(max_length=60, blank=True)
    billing_email = models.EmailField(blank=True)
    address = models.TextField(blank=True)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3, default=0)
    payment_days = models.PositiveSmallIntegerField(default=30)
    approves_time = models.BooleanField(default=False, db_default=False)
    warning = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="one_client_per_name")]
        indexes = [GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="client_name_search")]

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A place of a client."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="sites")
    name = models.CharField(max_length=120)
    address = models.TextField(blank=True)
    created_at = models.DateTimeField()

    objects = OfClientQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint("client", Lower("name"), name="one_site_per_name")]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A person at a client. One who `counts` is a user in the sense of the bill."""

    class Portal(models.TextChoices):
        NONE = "", "No portal access"
        USER = "user", "User"
        BILLING = "billing", "Billing"
        ADMIN = "admin", "Administrator"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="contacts")
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=80, blank=True)
    counts_from_on = models.DateField(null=True, blank=True)
    counts_until_on = models.DateField(null=True, blank=True)
    portal_role = models.CharField(max_length=8, choices=Portal, blank=True)
    person = models.OneToOneField(
        "people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = OfClientQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="one_contact_per_email"
            ),
            models.CheckConstraint(
                name="contact_counts_forward",
                condition=Q(counts_until_on__isnull=True)
                | Q(counts_until_on__gte=models.F("counts_from_on")),
            ),
        ]
        indexes = [
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="contact_name_search")
        ]

    def __str__(self) -> str:
        return self.name


class Device(models.Model):
    """Something we look after. Its class decides the agreement line it counts on."""

    class Kind(models.TextChoices):
        SERVER = "server", "Server"
        WORKSTATION = "workstation", "Workstation"
        LAPTOP = "laptop", "Laptop"
        FIREWALL = "firewall", "Firewall"
        SWITCH = "switch", "Switch"
        ACCESS_POINT = "access_point", "Access point"
        STORAGE = "storage", "Storage"
        PRINTER = "printer", "Printer"
        PHONE = "phone", "Phone"
        SENSOR = "sensor", "Sensor"
        OTHER = "other", "Other"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="devices")
    site = models.ForeignKey(
        Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="devices"
    )
    owner = models.ForeignKey(
        Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="devices"
    )
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind)
    maker = models.CharField(max_length=60, blank=True)
    model = models.CharField(max_length=80, blank=True)
    serial = models.CharField(max_length=80, blank=True)
    system = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=60, blank=True)
    warranty_until_on = models.DateField(null=True, blank=True)
    counts_from_on = models.DateField()
    retired_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = DeviceQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "client",
                Lower("name"),
                condition=Q(retired_on__isnull=True),
                name="one_device_per_name",
            )
        ]
        indexes = [GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="device_name_search")]

    def __str__(self) -> str:
        return self.name


class Holding(models.Model):
    """What a client holds beside devices and people: a licence or a meter.

    A licence is a named product of which there are so many seats over time; the register holds how
    many. A meter counts up or shows a level of what it measures, and readings hang on it. `dials`
    says what its figures mean, each with the instant since when we know that, so that what a bill
    made of them can be reckoned again. Either ends on `ended_on`, the first day without it.
    """

    class Kind(models.TextChoices):
        LICENCE = "licence", "Licence"
        METER = "meter", "Meter"

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="holdings")
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=120)
    vendor = models.CharField(max_length=80, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    measure = models.CharField(max_length=30, blank=True)
    dials = models.JSONField(
        default=list, db_default=models.Value([], output_field=models.JSONField())
    )
    device = models.ForeignKey(
        Device, null=True, blank=True, on_delete=models.PROTECT, related_name="meters"
    )
    ended_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = OfClientQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "client",
                "kind",
                Lower("name"),
                condition=Q(ended_on__isnull=True),
                name="one_holding_per_name",
            ),
            models.CheckConstraint(
                name="meters_measure_something",
                condition=Q(kind="licence", measure="", device__isnull=True)
                | Q(kind="meter", measure__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UnitVersion(models.Model):
    """The unit register: what was countable when, and since when we know it (psa Q4).

    A fact is an interval `[starts_on, ends_on)`; its end or a correction is a newer version of the
    same `interval_id`, never an update. An interval with `ends_on == starts_on` is annulled.
    An override is a number said by hand in place of what a line counts: its unit is the line, its
    name the reason. `marks` are read by `rules.marks`, together with the client that pays in place
    of the unit's own; a correction of the past has its reason in `note`.
    """

    append_only = True

    class UnitType(models.TextChoices):
        DEVICE = "device"
        USER = "user"
        LICENCE = "licence"
        METER = "meter"
        OVERRIDE = "override"

    interval_id = models.UUIDField(db_index=True)
    unit_type = models.CharField(max_length=8, choices=UnitType)
    unit_id = models.BigIntegerField()
    unit_class = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+")
    site_id = models.BigIntegerField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    quantity = models.PositiveIntegerField(default=1, db_default=1)
    marks = models.JSONField(
        default=dict, db_default=models.Value({}, output_field=models.JSONField())
    )
    payer_id = models.BigIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True, default="", db_default="")
    source = models.CharField(max_length=20)
    recorded_at = models.DateTimeField()

    objects = OfClientQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["client", "unit_type", "starts_on"], name="units_of_client"),
            models.Index(fields=["unit_type", "unit_id"], name="versions_of_unit"),
            models.Index(
                fields=["payer_id"],
                name="units_paid_elsewhere",
                condition=Q(payer_id__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="unit_interval_forward",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} from {self.starts_on}"
