"""The OpenAPI description: what every operation shares is added here, once."""

from typing import Any

from drf_spectacular.openapi import AutoSchema

_PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "examples": ["about:blank"]},
        "title": {"type": "string", "examples": ["Some fields are not right."]},
        "status": {"type": "integer", "examples": [400]},
        "code": {"type": "string", "examples": ["invalid"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "reason"],
                "properties": {
                    "field": {"type": ["string", "null"]},
                    "reason": {"type": "string"},
                },
            },
        },
    },
}
_ALWAYS = {
    "400": "A parameter or field is not right; `errors` names it.",
    "401": "No key, or one that is unknown, revoked or expired.",
    "403": "The key lacks the scope, or its person the right.",
    "406": "Only application/json is answered.",
}
_WITH_ID = {"404": "There is no such row, or not for you."}
_WITH_BODY = {
    "409": "The state of the row does not allow it, or a request with this key is under way.",
    "413": "The body is larger than this address reads.",
    "415": "Only application/json is read.",
    "422": "Understood and refused; `errors` names the field where one is to blame.",
}
_ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "Any text of up to 255 printable ASCII characters. The same key with the same body is done"
        " once and answered the same for two days."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
}


class Schema(AutoSchema):
    """Every operation has a summary in words and says which scope it needs."""

    view: Any

    def _get_serializer_name(
        self, serializer: Any, direction: Any, bypass_extensions: bool = False
    ) -> str:
        name: str = super()._get_serializer_name(serializer, direction, bypass_extensions)
        return name.removesuffix("Shown")

    def get_summary(self) -> str | None:
        return super().get_summary() or self._summary()

    def _summary(self) -> str:
        noun = str(getattr(self.view, "scope", "")).removesuffix("s")
        one = "an" if noun[:1] in "aeiou" else "a"
        name = type(self.view).__name__
        if name.startswith("One"):
            return f"Read {one} {noun}"
        return (
            f"List {self.view.scope}" if name.lower() == self.view.scope else f"List {name.lower()}"
        )

    def get_operation(self, *args: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args)
        if operation is not None:
            verb = "read" if self.method == "GET" else "write"
            words = [
                operation.get("description", ""),
                f"Needs the scope `{self.view.scope}:{verb}`.",
            ]
            operation["description"] = "\n\n".join(filter(None, words))
        return operation

    def get_description(self) -> str:  # type: ignore[override]  # plain words, nothing lazy
        doc = type(self.view).__doc__ or ""
        inherited = {base.__doc__ for base in type(self.view).__mro__[1:]}
        return "" if doc in inherited else " ".join(doc.split())


def add_problems(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """A hook after generation: problem answers everywhere, Idempotency-Key on every POST."""
    result["components"]["schemas"]["Problem"] = _PROBLEM
    for path, item in result["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict) and "responses" in operation:
                _complete(path, method, operation)
    return result


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    known = dict(_ALWAYS)
    for answer in operation["responses"].values():
        answer["description"] = answer.get("description") or "Done."
    if "{" in path:
        known |= _WITH_ID
    if "requestBody" in operation:
        known |= _WITH_BODY
    if method == "post":
        operation.setdefault("parameters", []).append(_ONCE)
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, words in known.items():
        operation["responses"].setdefault(status, {"description": words, "content": content})
