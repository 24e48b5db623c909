"""A process that is killed in the middle of its work, by a real SIGKILL."""

import os
import signal
import warnings
from collections.abc import Callable
from typing import Any

from django.db import connections


def killed(work: Callable[[], object]) -> None:
    """Do the work in a child of ours, which has to be killed by `at_the_end_of` on its way."""
    connections.close_all()  # the child must not speak on our lines
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks beside threads; ours wait
        pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(1)
    _pid, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status), "The child came to its end."
    assert os.WTERMSIG(status) == signal.SIGKILL


def at_the_end_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, and then death."""

    def deadly(*args: Any, **kwargs: Any) -> None:
        function(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    return deadly
