"""Monitoring's client with a key, for calls about incidents; and somebody outside who is told."""

from tests.monitoring.conftest import fresh_intake, harbor
from tests.notices.conftest import nearby, stub

__all__ = ["fresh_intake", "harbor", "nearby", "stub"]
