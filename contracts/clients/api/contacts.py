"""People at clients. Counting and portal access have pages of their own and stay there."""

from datetime import UTC, datetime

import django_filters
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.clients import actions
from contracts.clients.models import Client, Contact, Site
from msp.kit.rest.endpoints import ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, WriteSerializer, YesNo
from tenants.people.tokens import once


class ContactShown(serializers.ModelSerializer):
    client_id = serializers.IntegerField(read_only=True)
    site_id = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = Contact
        fields = (
            "id", "client_id", "site_id", "name", "email", "phone", "title", "counts_from_on",
            "counts_until_on", "portal_role", "created_at", "archived_at",
        )  # fmt: skip


class ContactNew(WriteSerializer):
    client_id = serializers.PrimaryKeyRelatedField(queryset=Client.objects.all(), source="client")
    site_id = serializers.PrimaryKeyRelatedField(
        queryset=Site.objects.all(), source="site", required=False, allow_null=True
    )
    name = serializers.CharField(max_length=120)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    title = serializers.CharField(max_length=80, required=False, allow_blank=True)
    counts_from_on = serializers.DateField(
        required=False, allow_null=True, help_text="From this day the person counts as a user."
    )


class ContactChange(WriteSerializer):
    site_id = serializers.PrimaryKeyRelatedField(
        queryset=Site.objects.all(), source="site", required=False, allow_null=True
    )
    name = serializers.CharField(max_length=120, required=False)
    email = serializers.EmailField(max_length=254, required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    title = serializers.CharField(max_length=80, required=False, allow_blank=True)


class ContactFilter(django_filters.FilterSet):
    client_id = Id()
    name = django_filters.CharFilter(lookup_expr="icontains", label="Part of the name")
    email = django_filters.CharFilter(lookup_expr="iexact")
    archived = YesNo(field_name="archived_at", lookup_expr="isnull", exclude=True)


class Contacts(ListEndpoint):
    scope = "contacts"
    queryset = Contact.objects.all()
    serializer_class = ContactShown
    filterset_class = ContactFilter

    @extend_schema(summary="Add a contact", request=ContactNew, responses={201: ContactShown})
    @once
    def post(self, request: Request) -> Response:
        given = self.taken(ContactNew)
        now = datetime.now(UTC)
        return self.given(actions.add_contact(**given, by=request.viewer.actor, at=now), 201)


class OneContact(OneEndpoint):
    scope = "contacts"
    queryset = Contact.objects.all()
    serializer_class = ContactShown

    @extend_schema(summary="Change a contact", request=ContactChange, responses=ContactShown)
    def patch(self, request: Request, pk: int) -> Response:
        contact, given = self.get_object(), self.taken(ContactChange, partial=True)
        now = datetime.now(UTC)
        return self.given(
            actions.change_contact(contact=contact, by=request.viewer.actor, at=now, **given)
        )


urlpatterns = [
    path("contacts", Contacts.as_view(), name="api-contacts"),
    path("contacts/<int:pk>", OneContact.as_view(), name="api-contact"),
]
