"""What is left of a bill when what it costs us is taken off, as far as costs are known."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

# They follow from the other lines and cost us nothing of their own.
_FOLLOWING = ("percentage", "discount", "commitment")


@dataclass(frozen=True, slots=True)
class Sold:
    """A line of a month: how many, what they come to, and what one costs us where it is said."""

    name: str
    kind: str
    many: Decimal
    amount: Decimal
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Margin:
    """A month's amount and cost. `unknown` are the lines nobody said a cost of: without them
    there is no margin, and none is guessed."""

    amount: Decimal
    cost: Decimal
    unknown: tuple[str, ...]

    @property
    def left(self) -> Decimal:
        return self.amount - self.cost

    @property
    def percent(self) -> Decimal | None:
        """The share that is left, to a tenth of a percent; None where it is not known."""
        if self.unknown or self.amount <= 0:
            return None
        return (self.left * 100 / self.amount).quantize(Decimal("0.1"))


def margin_of(lines: Iterable[Sold]) -> Margin:
    """The lines of a month together; one that comes to nothing and has none asks for no cost."""
    amount, cost, unknown = Decimal(0), Decimal(0), []
    for line in lines:
        amount += line.amount
        if line.cost is not None:
            cost += line.many * line.cost
        elif line.kind not in _FOLLOWING and (line.amount or line.many):
            unknown.append(line.name)
    return Margin(amount, cost, tuple(unknown))
