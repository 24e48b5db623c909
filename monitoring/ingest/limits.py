"""How much one key, and one MSP, may send: so that a flood of one is nobody else's delay.

Each has an allowance that fills at its rate and holds ten seconds of it. It lies in the process, so
what a key may send in all is that times the intakes; a shared count would cost every beat a round
trip to protect from what already is refused. Above it the answer is 503 with `Retry-After`: on 429
Prometheus drops what it holds and Alertmanager does not try again.
"""

import time

from django.conf import settings

from monitoring.ingest.answers import Problem, TooMuch, later

HOLDS_SECONDS = 10.0
MSP = 0  # what stands for all its keys together

Spent = dict[int, float]  # of each key: when its allowance will be whole again


def admit(spent: Spent, key_id: int) -> None:
    """Count one request; raises Problem where the key or its MSP has used its allowance up."""
    now = time.monotonic()
    of_key, of_msp = spent.get(key_id, now), spent.get(MSP, now)
    of_key = (of_key if of_key > now else now) + 1 / settings.INTAKE_KEY_RATE
    of_msp = (of_msp if of_msp > now else now) + 1 / settings.INTAKE_MSP_RATE
    if of_key - now > HOLDS_SECONDS:
        raise _too_much("This key", of_key - now)
    if of_msp - now > HOLDS_SECONDS:
        raise _too_much("This MSP", of_msp - now)
    spent[key_id], spent[MSP] = of_key, of_msp


def _too_much(name: str, ahead: float) -> Problem:
    seconds = max(1, round(ahead - HOLDS_SECONDS + 1))
    told = later(f"{name} sends more than it may. Nothing was taken.", seconds)
    return TooMuch(told.status, told.title, code=told.code, extra=told.extra)
