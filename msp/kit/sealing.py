"""Sealing what must be kept and is never shown: addresses with passwords in them, signing keys.

AES-GCM under a key drawn from SECRET_KEY. What a seal is about (a row and its MSP) is sealed with
it, so one that is copied into another row does not open.
"""

import base64
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_VERSION = "1"
_NONCE = 12


class BrokenSeal(ValueError):
    """It was sealed for something else, or with another SECRET_KEY."""


def seal(text: str, *, about: str) -> str:
    """The text as nobody can read it without the key."""
    nonce = os.urandom(_NONCE)
    sealed = _cipher(settings.SECRET_KEY).encrypt(nonce, text.encode(), about.encode())
    return f"{_VERSION}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"


def unseal(sealed: str, *, about: str) -> str:
    """The text again; raises BrokenSeal where it was not sealed about this."""
    version, _, packed = sealed.partition(":")
    try:
        raw = base64.urlsafe_b64decode(packed.encode())
        if version != _VERSION or len(raw) <= _NONCE:
            raise BrokenSeal("This is no seal of ours.")
        cipher = _cipher(settings.SECRET_KEY)
        return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], about.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise BrokenSeal("The seal does not open.") from error


@lru_cache(maxsize=4)
def _cipher(secret: str) -> AESGCM:
    derived = HKDF(hashes.SHA256(), 32, salt=None, info=b"steward.sealing.1")
    return AESGCM(derived.derive(secret.encode()))
