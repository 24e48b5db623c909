"""What people are told: an inbox entry, and mail as a row that a task sends."""

from django.db import models
from django.db.models import Q


class Notice(models.Model):
    """Something one person should know, once per `key`.

    An alert also leaves the house: `about` names what it concerns, `kind` whether that began, is
    told again or is over, `began_at` when it began. While `send_at` is set it waits to be sent
    together with others of the person (rules/grouping); `sent_at` is when it was.
    """

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    reason = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    about = models.CharField(max_length=60, blank=True, default="", db_default="")
    kind = models.CharField(max_length=8, blank=True, default="", db_default="")
    urgent = models.BooleanField(default=False, db_default=False)
    began_at = models.DateTimeField(null=True)
    send_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="one_notice_per_key")]
        indexes = [
            models.Index(fields=["person", "-at"], name="notice_of_person"),
            models.Index(
                fields=["send_at"], name="alerts_to_send", condition=Q(send_at__isnull=False)
            ),
            models.Index(fields=["about"], name="alerts_about", condition=~Q(about="")),
        ]

    def __str__(self) -> str:
        return self.text


class Mail(models.Model):
    """An e-mail to send. The row is the truth; sending twice is prevented by its lock and stamp."""

    key = models.CharField(max_length=120, unique=True)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    secret = models.BooleanField(default=False)  # lets somebody in: the text goes once it is sent
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_at"], name="mail_due", condition=models.Q(sent_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.subject


class Channel(models.Model):
    """A way out of the house beside mail: of one person, of a team, or of the whole MSP.

    `secret` is the address with what it holds (an apprise URL), or what a webhook signs with; it is
    sealed with the row's `ident` and never shown again, `hint` is what a list shows of it. A
    webhook of the MSP gets what `kinds` lists. `broken_since` is set while sending fails.
    """

    class Kind(models.TextChoices):
        APPRISE = "apprise", "Messenger or push service"
        WEBHOOK = "webhook", "Signed webhook"

    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=80)
    ident = models.CharField(max_length=32, unique=True)
    person = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    team = models.ForeignKey(
        "people.Team", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    url = models.CharField(max_length=500, blank=True)  # a webhook's; an apprise address is secret
    secret = models.TextField()
    hint = models.CharField(max_length=80)
    kinds = models.JSONField(default=list)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    broken_since = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(team__isnull=True),
                name="a_channel_has_one_owner",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Outgoing(models.Model):
    """One message owed to a channel. Its id is what the receiver may know it again by.

    It is tried at `next_at` until it arrives (`done_at`) or is given up (`gave_up_at`). `person` is
    who is mailed instead then.
    """

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="outgoing")
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    payload = models.JSONField(null=True)
    person = models.ForeignKey(
        "people.Person", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    next_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    gave_up_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name_plural = "outgoing"
        constraints = [
            models.UniqueConstraint(fields=["channel", "key"], name="one_outgoing_per_key")
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                name="outgoing_due",
                condition=Q(done_at__isnull=True, gave_up_at__isnull=True),
            ),
            models.Index(fields=["-created_at", "-id"], name="outgoing_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.channel_id}"
