"""Monitoring's client with a key, for calls about incidents."""

from tests.monitoring.conftest import fresh_intake, harbor

__all__ = ["fresh_intake", "harbor"]
