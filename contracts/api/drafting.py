"""Agreements written by programs: the draft with its lines, its publishing, what follows it."""

from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts import actions
from contracts.api.agreements import AgreementWhole, OneAgreement
from contracts.models import Agreement, AgreementVersion, Offer, Service, ServiceLevelVersion
from msp.kit.refusals import Conflict
from msp.kit.rest.fields import WriteSerializer
from tenants.people.tokens import once


class AgreementLineNew(WriteSerializer):
    """One line; `line_key` follows it through versions and is taken from the version before."""

    description = serializers.CharField(max_length=120)
    kind = serializers.CharField(max_length=20, help_text="Such as per_device, per_user or flat.")
    facts = serializers.DictField(help_text="The terms of this kind, as an agreement shows them.")
    service_id = serializers.PrimaryKeyRelatedField(
        queryset=Service.objects.all(), source="service", required=False, allow_null=True
    )
    level_version_id = serializers.PrimaryKeyRelatedField(
        queryset=ServiceLevelVersion.objects.all(), source="level_version", required=False,
        allow_null=True,
    )  # fmt: skip
    line_key = serializers.UUIDField(required=False, allow_null=True)
    offer_id = serializers.PrimaryKeyRelatedField(
        queryset=Offer.objects.all(), source="offer", required=False, allow_null=True,
        help_text="The tier or bundle it is.",
    )  # fmt: skip


class Draft(WriteSerializer):
    """What is left out stays; lines that are given replace all of them."""

    name = serializers.CharField(max_length=120, required=False)
    effective_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(
        required=False, allow_null=True, help_text="The first day without it."
    )
    note = serializers.CharField(max_length=300, required=False, allow_blank=True)
    renews_months = serializers.IntegerField(
        min_value=1, max_value=120, required=False, allow_null=True
    )
    notice_days = serializers.IntegerField(min_value=0, max_value=730, required=False)
    uplift_percent = serializers.DecimalField(
        max_digits=6, decimal_places=3, required=False, allow_null=True
    )
    level_version_id = serializers.PrimaryKeyRelatedField(
        queryset=ServiceLevelVersion.objects.all(), source="level_version", required=False,
        allow_null=True,
    )  # fmt: skip
    credits = serializers.DictField(
        required=False,
        help_text=(
            "What a missed promise gives back: `response` and `resolution`, each a percent of the"
            " month's fee or an amount, `bands` of availability (below, percent), `cap_percent`."
            " Empty gives nothing."
        ),
    )
    lines = AgreementLineNew(many=True, required=False)


class Publishing(WriteSerializer):
    backdated = serializers.BooleanField(
        default=False, help_text="A first version that is running already may begin in the past."
    )


class Amending(WriteSerializer):
    effective_on = serializers.DateField(help_text="The first day of the new terms.")


class Ending(WriteSerializer):
    ends_on = serializers.DateField(help_text="The first day without it.")


class DraftOf(OneAgreement):
    http_method_names: Any = ("put",)

    @extend_schema(summary="Write the draft", request=Draft, responses=AgreementWhole)
    def put(self, request: Request, pk: int) -> Response:
        agreement, given = self.get_object(), self.taken(Draft)
        _write(agreement, given, request.viewer.actor, datetime.now(UTC))
        return self.given(agreement)


class PublishDraft(OneAgreement):
    http_method_names: Any = ("post",)

    @extend_schema(
        summary="Publish the draft",
        description="From its day it covers, promises and charges. It is never edited again.",
        request=Publishing,
        responses=AgreementWhole,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        agreement, given = self.get_object(), self.taken(Publishing)
        actions.publish(
            version=_draft(agreement), by=request.viewer.actor, at=datetime.now(UTC), **given
        )
        return self.given(agreement)


class AmendAgreement(OneAgreement):
    http_method_names: Any = ("post",)

    @extend_schema(
        summary="Begin the next version", request=Amending, responses={201: AgreementWhole}
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        agreement, given = self.get_object(), self.taken(Amending)
        actions.amend(agreement=agreement, by=request.viewer.actor, at=datetime.now(UTC), **given)
        return self.given(agreement, 201)


class EndAgreement(OneAgreement):
    http_method_names: Any = ("post",)

    @extend_schema(summary="End an agreement", request=Ending, responses=AgreementWhole)
    @once
    def post(self, request: Request, pk: int) -> Response:
        agreement, given = self.get_object(), self.taken(Ending)
        now = datetime.now(UTC)
        actions.end_agreement(agreement=agreement, by=request.viewer.actor, at=now, **given)
        return self.given(agreement)


def _draft(agreement: Agreement) -> AgreementVersion:
    version = agreement.versions.filter(published_at__isnull=True).first()
    if version is None:
        raise Conflict("There is no draft. Amend the agreement to write one.")
    version.agreement = agreement
    return version


@transaction.atomic
def _write(agreement: Agreement, given: dict[str, Any], by: Any, at: datetime) -> None:
    version = _draft(agreement)
    lines = given.pop("lines", None)
    level = given.pop("level_version", version.level_version)
    given_back = given.pop("credits", None)
    kept = {
        "name": agreement.name, "effective_on": version.effective_on,
        "ends_on": agreement.ends_on, "note": version.note,
    }  # fmt: skip
    version = actions.change_draft(version=version, by=by, at=at, **(kept | given))
    if given_back is not None:
        actions.set_credits(version=version, facts=given_back, by=by, at=at)
    if lines is None:
        lines = [
            {
                "description": one.description, "kind": one.kind, "facts": one.facts,
                "service": one.service, "level_version": one.level_version,
                "line_key": one.line_key, "offer": one.offer,
            }
            for one in version.lines.select_related("service", "level_version", "offer")
        ]  # fmt: skip
    inputs = [actions.LineInput(**one) for one in lines]
    actions.set_lines(version=version, lines=inputs, level_version=level, by=by, at=at)


urlpatterns: list[URLPattern | URLResolver] = [
    path("agreements/<int:pk>/draft", DraftOf.as_view(), name="api-agreement-draft"),
    path("agreements/<int:pk>/publish", PublishDraft.as_view(), name="api-agreement-publish"),
    path("agreements/<int:pk>/amend", AmendAgreement.as_view(), name="api-agreement-amend"),
    path("agreements/<int:pk>/end", EndAgreement.as_view(), name="api-agreement-end"),
]
