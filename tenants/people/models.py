"""People who sign in: the MSP's own and their clients'. They live in the MSP's schema."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from knox.models import AbstractAuthToken


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email__iexact=username)


class Person(AbstractBaseUser):
    """Someone who can sign in. `kind` decides which half of the product they enter.

    Between `quiet_from` and `quiet_until`, by the clock of their zone, only what is urgent reaches
    them outside the product.
    """

    class Kind(models.TextChoices):
        STAFF = "staff"
        PORTAL = "portal"
        SERVICE = "service"

    email = models.EmailField()
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.STAFF)
    role = models.CharField(max_length=20)
    zone = models.CharField(max_length=64, blank=True)
    theme = models.CharField(max_length=5, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    deactivated_at = models.DateTimeField(null=True, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)

    objects = PersonManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="one_person_per_email"),
            models.CheckConstraint(
                name="inactive_people_have_a_date",
                condition=models.Q(is_active=True, deactivated_at__isnull=True)
                | models.Q(is_active=False, deactivated_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class Team(models.Model):
    """Technicians who share a queue."""

    name = models.CharField(max_length=80, unique=True)
    members = models.ManyToManyField(Person, related_name="teams", blank=True)

    def __str__(self) -> str:
        return self.name


class SignInLink(models.Model):
    """A link that signs somebody in once. Only its digest is kept."""

    class Purpose(models.TextChoices):
        INVITE = "invite"
        SIGN_IN = "sign_in"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=8, choices=Purpose)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} of {self.person_id}"


class ApiKey(AbstractAuthToken):
    """A key for the API: shown once, stored as a digest, bound to a person or service account."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    addresses = ArrayField(models.CharField(max_length=45), default=list, blank=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Replay(models.Model):
    """The answer to a POST that carried an Idempotency-Key, for when it is sent again."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["api_key", "key"], name="one_answer_per_key")
        ]
        indexes = [models.Index(fields=["at"], name="replays_by_age")]

    def __str__(self) -> str:
        return f"{self.status} for {self.key}"
