"""Locks on files: held by processes, given back by dying.

A bare descriptor, not a file object: it is meant to stay open for as long as the process lives.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Lock:
    """One process's hold on a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def share(self) -> None:
        """Hold it together with others; waits while somebody has it alone."""
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def wait(self) -> None:
        """Hold it alone, however long that takes."""
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def take(self) -> bool:
        """Hold it alone now, or not at all: a shared hold is lost when this fails."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def leave(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Run the block while no other process runs one under this file."""
    lock = Lock(path)
    try:
        lock.wait()
        yield
    finally:
        lock.leave()
