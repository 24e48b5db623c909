"""Both servers of one folder, shared by every process that uses them.

Each user of the servers holds a shared lock on a file. The last one out stops them, whoever started
them; a process that was killed loses its lock by dying, so that its servers are taken over by the
next and stopped by the last.
"""

from __future__ import annotations

import fcntl
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from msp.devservices.folders import Account, ServiceTrouble, account, data_folder, short_folder
from msp.devservices.postgres import Postgres
from msp.devservices.valkey import Valkey

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass
class Servers:
    """PostgreSQL and Valkey below one folder; start what is wanted, share it, leave it."""

    folder: Path
    durable: bool = True
    valkey_databases: int = 16
    who: Account = field(default_factory=account)
    _users: IO[str] | None = None
    _started: list[Postgres | Valkey] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder = self.folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        home = data_folder(self.who, self.folder)
        sockets = short_folder(self.who, self.folder)
        logs = self.folder / "logs"
        logs.mkdir(exist_ok=True)
        self.postgres = Postgres(
            home / "postgres", sockets, logs / "postgres.log", self.who, self.durable
        )
        self.valkey = Valkey(
            home / "valkey",
            sockets,
            logs / "valkey.log",
            self.who,
            self.durable,
            self.valkey_databases,
        )

    def use(self, *, postgres: bool = True, valkey: bool = True) -> Servers:
        """Join the users, and start what does not run yet."""
        self.join()
        with self._starting():
            if not self.durable:
                self._distrust_after_reboot()
            if postgres:
                self._start_postgres()
                self._started.append(self.postgres)
            if valkey:
                self.valkey.start()
                self._started.append(self.valkey)
        return self

    def leave(self) -> bool:
        """Leave the users; stop the servers when nobody else uses them.

        True when they were stopped.
        """
        if self._users is None:
            return False
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        else:
            self._stop_all()
            return True
        finally:
            self._users.close()
            self._users = None

    def alone(self) -> bool:
        """True when no other process uses the servers; they then cannot join before we leave."""
        if self._users is None:
            return False
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(self._users, fcntl.LOCK_SH)
            return False
        return True

    def forget(self) -> None:
        """Stop the servers and remove their data. Refuses while another process uses them."""
        self.join()
        if not self.alone():
            self._users = None
            raise ServiceTrouble(
                "Another process uses the servers: stop it first (Ctrl-C where `make demo` runs)."
            )
        self._stop_all()
        shutil.rmtree(self.postgres.folder, ignore_errors=True)
        shutil.rmtree(self.valkey.folder, ignore_errors=True)
        if self._users is not None:
            self._users.close()
            self._users = None

    def join(self) -> None:
        """Become a user without starting anything."""
        if self._users is None:
            users = (self.folder / "users.lock").open("a+")
            fcntl.flock(users, fcntl.LOCK_SH)  # waits while the last user stops the servers
            self._users = users

    def _starting(self) -> IO[str]:
        """One starter at a time; the lock ends with the file."""
        lock = (self.folder / "start.lock").open("a+")
        fcntl.flock(lock, fcntl.LOCK_EX)
        return lock

    def _start_postgres(self) -> None:
        try:
            self.postgres.start()
        except ServiceTrouble:
            if self.durable:
                raise
            self.postgres.drop_folder()  # nothing in it that cannot be made again
            self.postgres.start()

    def _stop_all(self) -> None:
        for server in (self.valkey, self.postgres):
            server.stop()
        with suppress(OSError):
            shutil.rmtree(self.postgres.sockets)
            self.postgres.sockets.mkdir(mode=0o700)
            self.who.own(self.postgres.sockets)

    def _distrust_after_reboot(self) -> None:
        """Without fsync a restart of the machine may have torn the folder: begin anew."""
        if not BOOT_ID.exists():
            return
        now, note = BOOT_ID.read_text(), self.folder / "boot_id"
        unclean = (self.postgres.folder / "postmaster.pid").exists()
        if unclean and (not note.exists() or note.read_text() != now):
            self.postgres.drop_folder()
        note.write_text(now)
