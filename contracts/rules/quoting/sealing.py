"""The mark by which exactly what was accepted is known again."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def canonical(document: Mapping[str, Any]) -> str:
    """One way of writing a document down: the same facts give the same text."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(document: Mapping[str, Any]) -> str:
    """SHA-256 of the document's one way of being written, in hexadecimal."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()
