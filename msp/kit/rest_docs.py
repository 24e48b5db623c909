"""The API's description: as OpenAPI for programs, as a page for people."""

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "patch", "put", "delete")


@functools.cache
def description() -> dict[str, Any]:
    """The whole OpenAPI document; the same for every MSP, so it is made once per process."""
    generated: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return generated


def reading(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Open to the world, for GET alone; another method is a problem as everywhere in the API."""

    @functools.wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD"):
            return view(request)
        body = {"type": "about:blank", "title": "Only GET is answered here.", "status": 405}
        return JsonResponse(
            body | {"code": "method_not_allowed"},
            status=405, content_type="application/problem+json", headers={"Allow": "GET"},
        )  # fmt: skip

    answer.gate = "anyone"  # type: ignore[attr-defined] # for the test that demands one on each
    return answer


@reading
def openapi(request: HttpRequest) -> HttpResponse:
    return JsonResponse(description(), headers={"Cache-Control": "public, max-age=300"})


@dataclass(frozen=True)
class Field:
    """One line of a table: a parameter or a field."""

    name: str
    kind: str
    required: bool
    words: str


@dataclass(frozen=True)
class Operation:
    """One thing a program can ask for."""

    anchor: str
    method: str
    path: str
    summary: str
    words: str
    parameters: list[Field]
    sends: list[Field]
    gets: list[Field]
    answers: list[tuple[str, str]]


@reading
def docs(request: HttpRequest) -> HttpResponse:
    groups: dict[str, list[Operation]] = {}
    for tag, operation in operations(description()):
        groups.setdefault(tag, []).append(operation)
    return render(request, "api/docs.html", {"groups": groups, "version": "1"})


def operations(document: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    for where, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                found = item[method]
                yield found["tags"][0], _operation(document, where, method, found)


def _operation(
    document: dict[str, Any], where: str, method: str, found: dict[str, Any]
) -> Operation:
    body = found.get("requestBody", {}).get("content", {}).get("application/json", {})
    success = next(found["responses"][code] for code in found["responses"] if code < "300")
    answer = success.get("content", {}).get("application/json", {})
    return Operation(
        anchor=found["operationId"],
        method=method.upper(),
        path=where,
        summary=found.get("summary", ""),
        words=found.get("description", ""),
        parameters=[_parameter(document, one) for one in found.get("parameters", [])],
        sends=_fields(document, body.get("schema", {})),
        gets=_fields(document, _row_of(document, answer.get("schema", {}))),
        answers=[(code, one.get("description", "")) for code, one in found["responses"].items()],
    )


def _resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with its reference followed; `allOf` of one reference is that reference."""
    if len(schema.get("allOf", [])) == 1:
        return _resolved(document, schema["allOf"][0])
    if "$ref" in schema:
        found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def _row_of(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of one row, whether the answer is the row or a page of rows."""
    schema = _resolved(document, schema)
    data = schema.get("properties", {}).get("data")
    return _resolved(document, data["items"]) if data else schema


def _parameter(document: dict[str, Any], one: dict[str, Any]) -> Field:
    words = one.get("description", "")
    place = "" if one["in"] == "query" else f" in the {one['in']}"
    kind = _kind(document, one["schema"]) + place
    return Field(one["name"], kind, bool(one.get("required")), words)


def _fields(document: dict[str, Any], schema: dict[str, Any]) -> list[Field]:
    schema = _resolved(document, schema)
    required = set(schema.get("required", []))
    return [
        Field(name, _kind(document, one), name in required, one.get("description", ""))
        for name, one in schema.get("properties", {}).items()
    ]


def _kind(document: dict[str, Any], schema: dict[str, Any]) -> str:
    """A schema in a few words: `integer`, `one of new, open`, `list of Line`."""
    options = schema.get("oneOf") or schema.get("anyOf")
    if options:
        return " or ".join(dict.fromkeys(_kind(document, one) for one in options))
    whole = _resolved(document, schema)
    if "enum" in whole:
        return "one of " + ", ".join(str(one) for one in whole["enum"] if one not in ("", None))
    if whole.get("type") == "array":
        return "list of " + _kind(document, whole["items"])
    if whole.get("type") == "object":
        return _object(schema, whole)
    types = whole.get("type", "any")
    words = " or ".join(types) if isinstance(types, list) else str(types)
    return f"{words} ({whole['format']})" if "format" in whole else words


def _object(schema: dict[str, Any], whole: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    names = ", ".join(whole.get("properties", {}))
    return f"object of {names}" if names else "object"


urlpatterns: list[URLPattern | URLResolver] = [
    path("openapi.json", openapi, name="api-openapi"),
    path("docs", docs, name="api-docs"),
]
