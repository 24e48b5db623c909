"""What somebody writes to get an MSP of their own."""

import re

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator

from tenants.models import Domain, Msp
from tenants.people.rules.zones import zones

SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# Names a visitor would take for the installation's own.
RESERVED = {
    "admin", "api", "app", "auth", "billing", "blog", "cdn", "dashboard", "demo-public",
    "dev", "docs", "ext", "ftp", "help", "imap", "info", "internal", "localhost", "login",
    "mail", "metrics", "mx", "ns1", "ns2", "pop", "portal", "public", "root", "smtp",
    "static", "status", "steward", "support", "system", "test", "webmail", "www",
}  # fmt: skip
CURRENCIES = (
    ("USD", "US dollar"), ("CAD", "Canadian dollar"), ("EUR", "Euro"), ("GBP", "Pound sterling"),
    ("AUD", "Australian dollar"), ("NZD", "New Zealand dollar"), ("CHF", "Swiss franc"),
    ("SEK", "Swedish krona"), ("NOK", "Norwegian krone"), ("DKK", "Danish krone"),
    ("PLN", "Polish zloty"), ("CZK", "Czech koruna"), ("ZAR", "South African rand"),
    ("INR", "Indian rupee"), ("SGD", "Singapore dollar"), ("AED", "UAE dirham"),
    ("BRL", "Brazilian real"), ("MXN", "Mexican peso"), ("JPY", "Japanese yen"),
)  # fmt: skip


class SignUpForm(forms.Form):
    """Company, address and owner of a new MSP."""

    company = forms.CharField(label="Company", max_length=120)
    slug = forms.CharField(
        label="Address",
        max_length=40,
        help_text="Lower-case letters, digits and hyphens. Your people sign in here.",
    )
    name = forms.CharField(label="Your name", max_length=120)
    email = forms.EmailField(label="Work e-mail", max_length=254)
    zone = forms.ChoiceField(label="Time zone", choices=zones, initial="America/New_York")
    currency = forms.ChoiceField(
        label="Currency", choices=[(code, f"{name} ({code})") for code, name in CURRENCIES]
    )

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).lower()
        ProhibitNullCharactersValidator()(slug)
        if len(slug) < 3:
            raise ValidationError("Use at least 3 characters.")
        if not SLUG.fullmatch(slug):
            raise ValidationError(
                "Start with a letter and use only letters, digits and single hyphens in between."
            )
        if slug in RESERVED:
            raise ValidationError("This address is kept for the installation. Choose another.")
        if taken(slug):
            raise ValidationError("This address is taken. Choose another.")
        return slug


def taken(slug: str) -> bool:
    domain = f"{slug}.{settings.TENANT_SUFFIX}"
    return Msp.objects.filter(slug=slug).exists() or Domain.objects.filter(domain=domain).exists()
