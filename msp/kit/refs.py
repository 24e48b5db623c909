"""Who did something, in a form that outlives the row it points to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Actor:
    """A person, a client's contact, an API key or the system itself.

    `kind` is one of person, contact, key, system; `name` is kept as it was at the time.
    """

    kind: str
    id: int | None
    name: str

    def __str__(self) -> str:
        return self.name


def system(name: str = "Steward") -> Actor:
    """The product acting by itself; `name` says which part, such as Monitoring."""
    return Actor("system", None, name)
