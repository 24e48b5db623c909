"""Tickets, for programs."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.clients.models import Client, Contact, Device, Site
from msp.kit.refusals import Refused
from msp.kit.rest.endpoints import ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, Instant, WriteSerializer, YesNo
from tenants.people.models import Person, Team
from tenants.people.rules.roles import Permission
from tenants.people.tokens import once
from tickets import actions
from tickets.models import Message, Ticket
from tickets.rules.states import Status

STATUSES = [(status.value, status.value) for status in Status]
LONGEST_BODY = 50_000


class TicketShown(serializers.ModelSerializer):
    client_id = serializers.IntegerField(read_only=True)
    site_id = serializers.IntegerField(read_only=True, allow_null=True)
    contact_id = serializers.IntegerField(read_only=True, allow_null=True)
    device_id = serializers.IntegerField(read_only=True, allow_null=True)
    owner_id = serializers.IntegerField(read_only=True, allow_null=True)
    team_id = serializers.IntegerField(read_only=True, allow_null=True)
    agreement_id = serializers.IntegerField(read_only=True, allow_null=True)
    merged_into_id = serializers.IntegerField(read_only=True, allow_null=True)
    status = serializers.ChoiceField(STATUSES, read_only=True)

    class Meta:
        model = Ticket
        fields = (
            "id", "number", "client_id", "site_id", "contact_id", "device_id", "owner_id",
            "team_id", "agreement_id", "subject", "status", "pause_reason", "resumes_at",
            "priority", "impact", "urgency", "channel", "covered", "policy_reason", "opened_at",
            "responded_at", "resolved_at", "closed_at", "updated_at", "due_at", "merged_into_id",
        )  # fmt: skip


class TicketNew(WriteSerializer):
    client_id = serializers.PrimaryKeyRelatedField(queryset=Client.objects.all(), source="client")
    subject = serializers.CharField(max_length=200)
    body = serializers.CharField(max_length=LONGEST_BODY, required=False, allow_blank=True)
    priority = serializers.ChoiceField(
        Ticket.Priority.choices, required=False,
        help_text="Without it impact and urgency give it. A major incident (0) needs the right.",
    )  # fmt: skip
    impact = serializers.ChoiceField(Ticket.Grade.choices, required=False)
    urgency = serializers.ChoiceField(Ticket.Grade.choices, required=False)
    opened_at = serializers.DateTimeField(
        required=False, help_text="When it really began; needs the right to say so."
    )
    contact_id = serializers.PrimaryKeyRelatedField(
        queryset=Contact.objects.all(), source="contact", required=False, allow_null=True
    )
    device_id = serializers.PrimaryKeyRelatedField(
        queryset=Device.objects.all(), source="device", required=False, allow_null=True
    )
    site_id = serializers.PrimaryKeyRelatedField(
        queryset=Site.objects.all(), source="site", required=False, allow_null=True
    )


class TicketChange(WriteSerializer):
    """Every field may be left out; what is left out stays."""

    status = serializers.ChoiceField(STATUSES, required=False)
    pause_reason = serializers.CharField(
        max_length=200, required=False, allow_blank=True,
        help_text="Needed with a status that stops the clock.",
    )  # fmt: skip
    resumes_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="When the wait ends by itself."
    )
    priority = serializers.ChoiceField(Ticket.Priority.choices, required=False)
    impact = serializers.ChoiceField(Ticket.Grade.choices, required=False)
    urgency = serializers.ChoiceField(Ticket.Grade.choices, required=False)
    owner_id = serializers.PrimaryKeyRelatedField(
        queryset=Person.objects.filter(is_active=True).exclude(kind=Person.Kind.PORTAL),
        source="owner", required=False, allow_null=True,
    )  # fmt: skip
    team_id = serializers.PrimaryKeyRelatedField(
        queryset=Team.objects.all(), source="team", required=False, allow_null=True
    )


class MessageShown(serializers.ModelSerializer):
    ticket_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = Message
        fields = ("id", "ticket_id", "kind", "author_kind", "author_name", "body", "at")


class MessageNew(WriteSerializer):
    kind = serializers.ChoiceField(
        [("reply", "reply"), ("note", "note")],
        help_text="A reply reaches the client; a note stays among the MSP's people.",
    )
    body = serializers.CharField(max_length=LONGEST_BODY)


class TicketFilter(django_filters.FilterSet):
    number = Id()
    client_id = Id()
    device_id = Id()
    owner_id = Id()
    team_id = Id()
    status = django_filters.ChoiceFilter(choices=STATUSES)
    priority = django_filters.ChoiceFilter(choices=Ticket.Priority.choices)
    channel = django_filters.ChoiceFilter(choices=Ticket.Channel.choices)
    open = YesNo(field_name="resolved_at", lookup_expr="isnull")
    updated_since = Instant(field_name="updated_at", lookup_expr="gte")


class Tickets(ListEndpoint):
    scope = "tickets"
    queryset = Ticket.objects.all()
    serializer_class = TicketShown
    filterset_class = TicketFilter

    @extend_schema(summary="Open a ticket", request=TicketNew, responses={201: TicketShown})
    @once
    def post(self, request: Request) -> Response:
        given = self.taken(TicketNew)
        if "opened_at" in given and not request.viewer.may(Permission.TICKET_BACKDATE):
            raise Refused("Your role may not say when it began.", field="opened_at")
        ticket = actions.open_ticket(
            **given, channel=Ticket.Channel.API, may_major=_may_major(request),
            by=request.viewer.actor, at=datetime.now(UTC),
        )  # fmt: skip
        return self.given(ticket, 201)


def _may_major(request: Request) -> bool:
    return bool(request.viewer.may(Permission.TICKET_MAJOR))


class OneTicket(OneEndpoint):
    scope = "tickets"
    queryset = Ticket.objects.all()
    serializer_class = TicketShown

    @extend_schema(summary="Change a ticket", request=TicketChange, responses=TicketShown)
    def patch(self, request: Request, pk: int) -> Response:
        ticket, given = self.get_object(), self.taken(TicketChange, partial=True)
        self._change(ticket, given)
        return self.given(ticket)

    def _change(self, ticket: Ticket, given: dict[str, Any]) -> None:
        how: dict[str, Any] = {"by": self.request.viewer.actor, "at": datetime.now(UTC)}
        for name in ("pause_reason", "resumes_at"):
            if name in given and "status" not in given:
                raise Refused("It comes with the status it is for.", field=name)
        if "owner" in given:
            actions.assign(ticket=ticket, owner=given["owner"], **how)
        if "team" in given:
            actions.hand(ticket=ticket, team=given["team"], **how)
        self._weigh(ticket, given, how)
        if "status" in given:
            wait = {name: given[name] for name in ("pause_reason", "resumes_at") if name in given}
            actions.set_status(ticket=ticket, status=given["status"], **wait, **how)

    def _weigh(self, ticket: Ticket, given: dict[str, Any], how: dict[str, Any]) -> None:
        """Impact and urgency first; a priority named with them wins."""
        if "impact" in given or "urgency" in given:
            impact = given.get("impact") or ticket.impact
            urgency = given.get("urgency") or ticket.urgency
            if impact is None or urgency is None:
                missing = "urgency" if urgency is None else "impact"
                raise Refused("Impact and urgency are weighed together.", field=missing)
            actions.assess(ticket=ticket, impact=impact, urgency=urgency, **how)
        if "priority" in given:
            major = _may_major(self.request)
            actions.set_priority(ticket=ticket, priority=given["priority"], may_major=major, **how)


class Messages(ListEndpoint):
    scope = "tickets"
    queryset = Message.objects.all()
    serializer_class = MessageShown

    def _ticket(self) -> Ticket:
        return get_object_or_404(
            Ticket.objects.visible_to(self.request.viewer), pk=self.kwargs["pk"]
        )

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return Message.objects.filter(ticket=self._ticket())

    @extend_schema(
        summary="Reply to a ticket, or note something on it",
        request=MessageNew,
        responses={201: MessageShown},
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        ticket, given = self._ticket(), self.taken(MessageNew)
        say = actions.note if given["kind"] == "note" else actions.reply
        message = say(
            ticket=ticket, body=given["body"], by=request.viewer.actor, at=datetime.now(UTC)
        )
        return self.given(message, 201)


urlpatterns: list[URLPattern | URLResolver] = [
    path("tickets", Tickets.as_view(), name="api-tickets"),
    path("tickets/<int:pk>", OneTicket.as_view(), name="api-ticket"),
    path("tickets/<int:pk>/messages", Messages.as_view(), name="api-ticket-messages"),
]
