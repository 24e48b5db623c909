"""Lists in pages that stay put while rows come and go."""

import base64
import binascii
import re
from typing import Any

from rest_framework import pagination
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

_MARK = re.compile(r"([ab])([0-9]{1,18})")


class Cursor(pagination.BasePagination):
    """`?cursor=&limit=`, newest first, at most 200 rows; `next` is null at the end.

    A cursor names a row and a side of it, so a row that is added or changed meanwhile moves
    nothing. Django REST's own cursor fails with a 500 on one that somebody made up.
    """

    page_size = 50
    most = 200

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        limit = self._limit(request)
        side, pk = self._mark(request)
        if side == "b":
            found = list(queryset.order_by("pk").filter(pk__gt=pk)[: limit + 1])
            rows = found[:limit][::-1]
        else:
            rows_after = queryset.order_by("-pk")
            found = list((rows_after.filter(pk__lt=pk) if side else rows_after)[: limit + 1])
            rows = found[:limit]
        more = len(found) > limit
        self._url = request.build_absolute_uri()
        self._next = f"a{rows[-1].pk}" if rows and (more if side != "b" else True) else ""
        self._previous = f"b{rows[0].pk}" if rows and (more if side == "b" else bool(side)) else ""
        return rows

    def _limit(self, request: Request) -> int:
        text = request.query_params.get("limit", str(self.page_size))
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= self.most:
            raise ValidationError({"limit": [f"A whole number from 1 to {self.most}."]})
        return int(text[:9])

    def _mark(self, request: Request) -> tuple[str, int]:
        text = request.query_params.get("cursor", "")
        if not text:
            return "", 0
        try:
            decoded = base64.urlsafe_b64decode(text.encode("ascii", "replace")).decode("ascii")
        except (binascii.Error, ValueError):
            decoded = ""
        found = _MARK.fullmatch(decoded)
        if not found:
            raise ValidationError({"cursor": ["Take it from `next` or `previous` as it is."]})
        return found[1], int(found[2])

    def _link(self, mark: str) -> str | None:
        if not mark:
            return None
        token = base64.urlsafe_b64encode(mark.encode()).decode()
        return str(replace_query_param(self._url, "cursor", token))

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {"data": data, "next": self._link(self._next), "previous": self._link(self._previous)}
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["data", "next", "previous"],
            "properties": {"data": schema, "next": link, "previous": link},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "limit",
                "in": "query",
                "description": "How many rows at most.",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": self.most,
                    "default": self.page_size,
                },
            },
            {
                "name": "cursor",
                "in": "query",
                "description": "Where to go on: taken from `next` or `previous`.",
                "schema": {"type": "string"},
            },
        ]
