"""The environment, read once and typed: a wrong or missing variable fails at start and is named.

Every variable is listed with a comment in `.env.example`.
"""

from pathlib import Path
from urllib.parse import quote, urlsplit

import environ

BASE = Path(__file__).resolve().parent.parent

read = environ.Env()
environ.Env.read_env(BASE / ".env")

ROLES = ("web", "worker", "owner", "beat", "manage", "test")


def role() -> str:
    """The part this process plays. Only `owner` may create schemas and change tables."""
    value: str = read.str("STEWARD_ROLE", default="manage")
    if value not in ROLES:
        raise RuntimeError(f"STEWARD_ROLE is {value!r}; it must be one of {', '.join(ROLES)}.")
    return value


def required(name: str) -> str:
    """A variable without a safe default."""
    value: str = read.str(name, default="")
    if not value:
        raise RuntimeError(f"{name} is not set. See .env.example for what it means.")
    return value


def database(url: str) -> dict:
    """Django's database settings for one URL, over the wall (docs/decisions/0011)."""
    config = dict(environ.Env.db_url_config(url))
    config["ENGINE"] = "tenants.wall"
    return config


def broker_url(redis_url: str) -> str:
    """Celery spells a Unix socket differently: `redis+socket://` with `virtual_host`."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = dict(p.split("=", 1) for p in parts.query.split("&") if "=" in p).get("db", "0")
    return f"redis+socket://{quote(parts.path)}?virtual_host={number}"
