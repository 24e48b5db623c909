"""Settings for the type checker, which reads the models and connects to nothing."""

import os

os.environ.setdefault("SECRET_KEY", "types-only-" + "x" * 50)
os.environ.setdefault("DATABASE_URL", "postgresql://nobody@nowhere.invalid/none")
os.environ.setdefault("REDIS_URL", "redis://nowhere.invalid:6379/0")

from msp.settings import *  # noqa: F403
