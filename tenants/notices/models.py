"""What people are told: an inbox entry, and mail as a row that a task sends."""

from django.db import models


class Notice(models.Model):
    """Something one person should know, once per `key`."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    reason = models.CharField(max_length=60)
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="one_notice_per_key")]
        indexes = [models.Index(fields=["person", "-at"], name="notice_of_person")]

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
