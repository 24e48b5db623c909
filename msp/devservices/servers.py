"""Both servers of one folder, shared by every process that uses them.

Each user of the servers holds a shared lock on a file. The last one out stops them, whoever started
them; a process that was killed loses its lock by dying, so that its servers are taken over by the
next and stopped by the last.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from msp.devservices.folders import (
    Account,
    ServiceTrouble,
    account,
    data_folder,
    private_folder,
    short_folder,
)
from msp.devservices.locks import Lock, alone
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
    _users: Lock | None = None

    def __post_init__(self) -> None:
        self.folder = self.folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        home = self.home = data_folder(self.who, self.folder)
        sockets = short_folder(self.folder)
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
        with alone(self.folder / "start.lock"):
            private_folder(self.who, self.postgres.sockets)
            if self.home != self.folder:
                self.home.mkdir(parents=True, exist_ok=True)
                (self.folder / "servers-are-in.txt").write_text(f"{self.home}\n")
            if not self.durable:
                self._distrust_after_reboot()
            if postgres:
                self._start_postgres()
            if valkey:
                self.valkey.start()
        return self

    def leave(self) -> bool:
        """Leave the users; stop the servers when nobody else uses them.

        True when they were stopped.
        """
        if self._users is None:
            return False
        last = self._users.take()
        try:
            if last:
                self._stop_all()
        finally:
            self._users.leave()
            self._users = None
        return last

    def alone(self) -> bool:
        """True when no other process uses the servers; they then cannot join before we leave."""
        if self._users is None:
            return False
        if self._users.take():
            return True
        self._users.share()
        return False

    def forget(self) -> None:
        """Stop the servers and remove their data. Refuses while another process uses them."""
        users = Lock(self.folder / "users.lock")
        try:
            if not users.take():
                raise ServiceTrouble(
                    "Another process uses the servers: stop it first (Ctrl-C where it runs)."
                )
            self._stop_all()
            for folder in (self.postgres.folder, self.valkey.folder, self.postgres.sockets):
                shutil.rmtree(folder, ignore_errors=True)
            if self.home != self.folder:
                shutil.rmtree(self.home, ignore_errors=True)
        finally:
            users.leave()

    def join(self) -> None:
        """Become a user without starting anything; waits while the last user stops the servers."""
        if self._users is None:
            self._users = Lock(self.folder / "users.lock")
            self._users.share()

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
        shutil.rmtree(self.postgres.sockets, ignore_errors=True)

    def _distrust_after_reboot(self) -> None:
        """Without fsync a restart of the machine may have torn the folder: begin anew."""
        if not BOOT_ID.exists():
            return
        now, note = BOOT_ID.read_text(), self.folder / "boot_id"
        unclean = (self.postgres.folder / "postmaster.pid").exists()
        if unclean and (not note.exists() or note.read_text() != now):
            self.postgres.drop_folder()
        note.write_text(now)
