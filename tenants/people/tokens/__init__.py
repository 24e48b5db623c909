"""Secrets that let somebody in: one-time links and API keys. Only digests are stored."""

from tenants.people.tokens.keys import ApiKeyAuthentication, HasScope
from tenants.people.tokens.links import digest_of, new_link, open_link
from tenants.people.tokens.once import once

__all__ = ["ApiKeyAuthentication", "HasScope", "digest_of", "new_link", "once", "open_link"]
