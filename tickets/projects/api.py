"""Projects, for programs: read with their milestones, planned, and their milestones finished."""

from datetime import UTC, datetime
from decimal import Decimal

import django_filters
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, URLResolver, path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.clients.models import Client
from contracts.models import Agreement
from msp.kit.rest.endpoints import Endpoint, ListEndpoint, OneEndpoint
from msp.kit.rest.fields import Id, Money, WriteSerializer
from tenants.people.tokens import once
from tickets.models import Ticket
from tickets.projects import actions, queries
from tickets.projects.models import Milestone, Project


class MilestoneShown(serializers.ModelSerializer):
    amount = Money(currency="project.currency")

    class Meta:
        model = Milestone
        fields = (
            "id", "position", "order", "phase", "title", "amount", "due_on", "done_at",
            "accepted_at", "accepted_name", "accepted_via",
        )  # fmt: skip


class ProjectShown(serializers.ModelSerializer):
    number = serializers.CharField(read_only=True)
    client_id = serializers.IntegerField(read_only=True)
    agreement_id = serializers.IntegerField(read_only=True, allow_null=True)
    amount = Money()

    class Meta:
        model = Project
        fields = (
            "id", "number", "client_id", "agreement_id", "name", "state", "fee", "bills_on",
            "amount", "currency", "starts_on", "due_on", "started_at", "closed_at",
        )  # fmt: skip


class ProjectWhole(ProjectShown):
    milestones = MilestoneShown(many=True, read_only=True)
    percent_complete = serializers.SerializerMethodField()
    seconds_worked = serializers.SerializerMethodField()

    class Meta(ProjectShown.Meta):
        fields = (
            *ProjectShown.Meta.fields, "scope", "percent_complete", "seconds_worked", "milestones",
        )  # fmt: skip

    def get_percent_complete(self, project: Project) -> int:
        """By amount where milestones have one, else by their number."""
        return queries.standing(project, datetime.now(UTC)).progress.percent

    def get_seconds_worked(self, project: Project) -> int:
        """What was written down on its tickets."""
        return queries.time_spent(project).seconds


class MilestoneNew(WriteSerializer):
    phase = serializers.CharField(max_length=80)
    title = serializers.CharField(max_length=120)
    amount = serializers.DecimalField(
        max_digits=14, decimal_places=4, required=False, min_value=Decimal(0)
    )
    due_on = serializers.DateField(required=False, allow_null=True)


class ProjectNew(WriteSerializer):
    client_id = serializers.PrimaryKeyRelatedField(queryset=Client.objects.all(), source="client")
    agreement_id = serializers.PrimaryKeyRelatedField(
        queryset=Agreement.objects.all(), source="agreement", required=False, allow_null=True
    )
    name = serializers.CharField(max_length=120)
    scope = serializers.CharField(max_length=20_000, required=False, allow_blank=True)
    fee = serializers.ChoiceField(choices=Project.Fee.choices, required=False)
    amount = serializers.DecimalField(
        max_digits=14, decimal_places=4, required=False, min_value=Decimal(0),
        help_text="The cap of a capped one; a fixed fee is what its milestones sum to.",
    )  # fmt: skip
    bills_on = serializers.ChoiceField(choices=Project.BillsOn.choices, required=False)
    currency = serializers.CharField(max_length=3, required=False)
    starts_on = serializers.DateField()
    due_on = serializers.DateField()
    milestones = MilestoneNew(many=True, required=False)


class ProjectTicketNew(WriteSerializer):
    ticket_id = serializers.PrimaryKeyRelatedField(queryset=Ticket.objects.all(), source="ticket")


class ProjectFilter(django_filters.FilterSet):
    client_id = Id()
    state = django_filters.ChoiceFilter(choices=Project.State.choices)


class Projects(ListEndpoint):
    scope = "agreements"
    queryset = Project.objects.all()
    serializer_class = ProjectShown
    filterset_class = ProjectFilter

    @extend_schema(
        summary="Plan a project",
        description="Nobody of the client sees it until it is started.",
        request=ProjectNew,
        responses={201: ProjectShown},
    )
    @once
    def post(self, request: Request) -> Response:
        given = self.taken(ProjectNew)
        who = {"by": request.viewer.actor, "at": datetime.now(UTC)}
        rows = given.pop("milestones", [])
        with transaction.atomic():
            project = actions.plan_project(**given, **who)
            if rows:
                project = actions.write_milestones(
                    project=project, milestones=[actions.MilestoneInput(**one) for one in rows],
                    **who,
                )  # fmt: skip
        return self.given(project, 201)


class OneProject(OneEndpoint):
    scope = "agreements"
    queryset = Project.objects.select_related("client").prefetch_related("milestones")
    serializer_class = ProjectWhole


class StartProject(Endpoint):
    scope = "agreements"
    queryset = Project.objects.all()
    serializer_class = ProjectShown

    @extend_schema(summary="Start a project", request=None, responses=ProjectShown)
    @once
    def post(self, request: Request, pk: int) -> Response:
        now = datetime.now(UTC)
        return self.given(
            actions.start_project(project=self.get_object(), by=request.viewer.actor, at=now)
        )


class FinishMilestone(Endpoint):
    scope = "agreements"
    queryset = Project.objects.select_related("client").prefetch_related("milestones")
    serializer_class = ProjectWhole

    @extend_schema(
        summary="Say that a milestone is done",
        description="The client is asked to accept it. A second time changes nothing.",
        request=None,
        responses=ProjectWhole,
    )
    @once
    def post(self, request: Request, pk: int, step: int) -> Response:
        found = get_object_or_404(Milestone, pk=step, project=self.get_object())
        now = datetime.now(UTC)
        actions.finish_milestone(milestone=found, by=request.viewer.actor, at=now)
        return self.given(found.project)


class ProjectTickets(Endpoint):
    scope = "agreements"
    queryset = Project.objects.select_related("client")
    serializer_class = ProjectShown

    @extend_schema(
        summary="Make a ticket part of a project",
        description="A fixed fee pays for work on it from then on.",
        request=ProjectTicketNew,
        responses=ProjectShown,
    )
    @once
    def post(self, request: Request, pk: int) -> Response:
        project, given = self.get_object(), self.taken(ProjectTicketNew)
        actions.add_ticket(project=project, by=request.viewer.actor, at=datetime.now(UTC), **given)
        return self.given(project)


urlpatterns: list[URLPattern | URLResolver] = [
    path("projects", Projects.as_view(), name="api-projects"),
    path("projects/<int:pk>", OneProject.as_view(), name="api-project"),
    path("projects/<int:pk>/start", StartProject.as_view(), name="api-project-start"),
    path("projects/<int:pk>/tickets", ProjectTickets.as_view(), name="api-project-tickets"),
    path("projects/<int:pk>/milestones/<int:step>/done", FinishMilestone.as_view(),
         name="api-project-done"),
]  # fmt: skip
