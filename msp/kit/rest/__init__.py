"""What every part of the API shares: addresses, problem details, cursors, a careful parser."""

from msp.kit.rest.endpoints import Endpoint, ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, Money, WriteSerializer, YesNo
from msp.kit.rest.paging import Cursor
from msp.kit.rest.parsing import JSONParser
from msp.kit.rest.problems import PROBLEM, problem

__all__ = [
    "PROBLEM",
    "Cursor",
    "Endpoint",
    "Id",
    "JSONParser",
    "ListEndpoint",
    "Money",
    "OneEndpoint",
    "WriteSerializer",
    "YesNo",
    "problem",
]
