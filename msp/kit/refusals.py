"""Saying no in a way that names the field and the reason."""


class Refused(Exception):
    """A request the house understands and declines; pages show it, the API answers 422 (or 409).

    `field` is the input it concerns, `code` a stable word for programs.
    """

    def __init__(self, reason: str, *, field: str | None = None, code: str = "refused") -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field
        self.code = code


class Conflict(Refused):
    """Somebody else changed it first, or the state no longer allows it."""

    def __init__(self, reason: str, *, field: str | None = None, code: str = "conflict") -> None:
        super().__init__(reason, field=field, code=code)
