"""`manage.py forget`: the embedded servers and everything they hold, gone, and nothing else."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from msp.devservices.environment import CHECKOUT, OURS, plan_of, read_dotenv
from msp.devservices.folders import ServiceTrouble
from msp.devservices.locks import Lock
from msp.devservices.servers import Servers


def forget() -> int:
    read_dotenv(CHECKOUT / ".env")
    plan = plan_of()
    if not plan.data.exists():
        print(f"There is nothing to forget: {plan.data} does not exist.")
        return 0
    busy = [lock.stem for lock in sorted(plan.data.glob("*.lock")) if _held(lock)]
    if busy:
        print(f"Stop Steward first (Ctrl-C): {', '.join(busy)} still runs.", file=sys.stderr)
        return 1
    if not (plan.data / OURS).exists():
        print(f"{plan.data} was not made by Steward; remove it yourself.", file=sys.stderr)
        return 1
    try:
        Servers(plan.data / "servers").forget()
    except ServiceTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    shutil.rmtree(plan.data)
    print(f"Forgotten: {plan.data}")
    if not plan.postgres:
        print("DATABASE_URL is set: that database was left alone. Drop it yourself to forget it.")
    return 0


def _held(path: Path) -> bool:
    lock = Lock(path)
    free = lock.take()
    lock.leave()
    return not free
