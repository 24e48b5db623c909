"""One address of the API: who may call it, which rows it sees, which parameters it knows."""

from typing import Any, ClassVar

from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import mixins
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer


class Endpoint(GenericAPIView):
    """An address that a key with the scope `<scope>:read` or `<scope>:write` may call.

    `queryset` must know `visible_to(viewer)`, so that an id of somebody else is not found.
    """

    scope: ClassVar[str] = ""
    filter_backends: Any = ()

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view: Any = super().as_view(**initkwargs)
        view.gate = f"key:{cls.scope}"  # for the test that demands a gate on every view
        return view

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        unknown = sorted(name[:60] for name in set(request.query_params) - self.known_parameters())
        if unknown:
            raise ValidationError({name: ["There is no such parameter."] for name in unknown[:20]})

    def known_parameters(self) -> set[str]:
        return set()

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows
        request: Any = self.request
        return rows.visible_to(request.viewer)

    def taken(self, serializer: type[BaseSerializer], *, partial: bool = False) -> dict[str, Any]:
        """The body, checked."""
        checked = serializer(
            data=self.request.data, partial=partial, context=self.get_serializer_context()
        )
        checked.is_valid(raise_exception=True)
        return dict(checked.validated_data)

    def given(self, row: Any, status: int = 200) -> Response:
        """The answer that shows one row, read anew so that it shows what is stored."""
        shown = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(shown).data, status=status)


class ListEndpoint(mixins.ListModelMixin, Endpoint):
    """Rows in pages; `filterset_class` is the list of parameters that narrow them."""

    filter_backends: Any = (DjangoFilterBackend,)
    filterset_class: Any = None

    def known_parameters(self) -> set[str]:
        if self.request.method != "GET":
            return set()
        filters = self.filterset_class.base_filters if self.filterset_class else {}
        return {"cursor", "limit", *filters}

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.list(request, *args, **kwargs)


class OneEndpoint(mixins.RetrieveModelMixin, Endpoint):
    """One row by its id."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.retrieve(request, *args, **kwargs)
