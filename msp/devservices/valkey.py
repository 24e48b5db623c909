"""One embedded Valkey: on a Unix socket, with a log of every write, never dropping a key."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from msp.devservices.folders import Account, ServiceTrouble, private_folder, valkey_binary
from msp.devservices.processes import Server, is_running, plain_environment, tail, wait_gone

PATIENCE = 30.0


@dataclass
class Valkey:
    """The server of one folder. Callers hold the lock of `Servers` while they start or stop it."""

    folder: Path
    sockets: Path
    log: Path
    account: Account
    durable: bool = True
    databases: int = 16
    process: Server | None = None

    @property
    def socket(self) -> Path:
        return self.sockets / "valkey.sock"

    def url(self, database: int = 0) -> str:
        """As redis-py wants it."""
        return f"unix://{self.socket}?db={database}"

    def broker_url(self, database: int = 0) -> str:
        """As kombu wants it: another scheme and another word for the database."""
        return f"redis+socket://{self.socket}?virtual_host={database}"

    def client(self, database: int = 0) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), db=database, socket_timeout=5)

    def answers(self) -> bool:
        once = Retry(NoBackoff(), 0)  # the client's own waiting would cost four seconds a start
        client = redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5, retry=once)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()

    def start(self) -> None:
        if self.answers():
            return
        if not self.folder.exists():
            private_folder(self.account, self.folder)
        config = self._configure()
        with self.log.open("ab") as log:
            self.process = Server(
                [str(valkey_binary(self.account)), str(config)],
                cwd="/",
                env=plain_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a Ctrl-C in the terminal is for us, not for the servers
                **self.account.popen,  # type: ignore[call-overload]
            )
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise ServiceTrouble(
                    f"Valkey does not start. The end of {self.log}:\n{tail(self.log)}"
                )
            time.sleep(0.03)

    def stop(self) -> None:
        """SIGTERM makes it write what is open and leave."""
        try:
            pid = int((self.folder / "valkey.pid").read_text())
        except (FileNotFoundError, ValueError):
            return
        if not is_running(pid, "valkey"):
            return
        os.kill(pid, signal.SIGTERM)
        wait_gone(pid, "valkey", self.process, 10.0)

    def _configure(self) -> Path:
        settings = {
            "port": "0",
            "unixsocket": _quoted(self.socket),
            "unixsocketperm": "700",
            "dir": _quoted(self.folder),
            "pidfile": _quoted(self.folder / "valkey.pid"),
            "daemonize": "no",
            "databases": str(self.databases),
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "aof-load-truncated": "yes",
            "save": '""',
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
        }
        config = self.folder / "valkey.conf"
        config.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self.account.own(config)
        return config


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
