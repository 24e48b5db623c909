"""What a quote says, what it comes to, and what may become of it."""

from contracts.rules.quoting.content import (
    MOST_LINES,
    MOST_OPTIONS,
    MOST_UNITS,
    BlockAhead,
    Content,
    Included,
    Once,
    Option,
    QuotedLine,
    net_facts,
    read_content,
    write_content,
)
from contracts.rules.quoting.figures import Figure, Sums, chosen, figures, starting, sums
from contracts.rules.quoting.findings import findings
from contracts.rules.quoting.sealing import canonical, digest_of
from contracts.rules.quoting.states import CLOSED, OPEN, State, closed_because

__all__ = [
    "CLOSED",
    "MOST_LINES",
    "MOST_OPTIONS",
    "MOST_UNITS",
    "OPEN",
    "BlockAhead",
    "Content",
    "Figure",
    "Included",
    "Once",
    "Option",
    "QuotedLine",
    "State",
    "Sums",
    "canonical",
    "chosen",
    "closed_because",
    "digest_of",
    "figures",
    "findings",
    "net_facts",
    "read_content",
    "starting",
    "sums",
    "write_content",
]
