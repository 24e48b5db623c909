"""What people type about rotas, stretches and escalations. Times are by the schedule's clock."""

from datetime import datetime, time
from typing import Any

from django import forms

from contracts.clients.models import Client
from contracts.models import ServiceLevel
from msp.kit.periods import first_instant, zone_named
from msp.kit.refusals import Refused
from tenants.people.models import Person
from tenants.people.rules.zones import zone_choices
from tickets.dispatch import queries
from tickets.dispatch.models import Policy, Schedule
from tickets.dispatch.rules.chain import KINDS, Chain, Step, Target, rule_of
from tickets.dispatch.rules.rota import DAY, WEEK, Hours, Layer
from tickets.dispatch.rules.written import FIRST, LAST, MOST_STEPS, chain_of
from tickets.forms.new import MomentInput

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TURNS = 8  # people a layer's form has room for
STEPS = 5  # steps a policy's form has room for; more are kept and shown
SEVERITIES = (("critical", "Critical"), ("major", "Major"), ("warning", "Warning"))


class ScheduleForm(forms.Form):
    """A rota's name and the clock it is read by."""

    name = forms.CharField(max_length=80)
    zone = forms.ChoiceField(label="Time zone", choices=zone_choices)


class LayerForm(forms.Form):
    """Who takes turns, and when."""

    name = forms.CharField(max_length=80, label="Name", help_text="Such as: First line, Nights.")
    every = forms.IntegerField(min_value=1, max_value=52, initial=1, label="A turn lasts")
    unit = forms.ChoiceField(choices=[(WEEK, "weeks"), (DAY, "days")], label="of")
    starts_on = forms.DateField(
        label="First turn begins", widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Weekly turns change on this weekday.",
    )  # fmt: skip
    handover = forms.TimeField(
        label="Handover at", initial=time(9), widget=forms.TimeInput(attrs={"type": "time"})
    )
    ends_on = forms.DateField(
        label="Ends on", required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Empty: it goes on.",
    )  # fmt: skip
    days = forms.TypedMultipleChoiceField(
        coerce=int, choices=list(enumerate(WEEKDAYS)), required=False, label="Only on",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    start = forms.TimeField(
        required=False, label="from", widget=forms.TimeInput(attrs={"type": "time"})
    )
    end = forms.TimeField(
        required=False, label="until", widget=forms.TimeInput(attrs={"type": "time"}),
        help_text="Before the start: the next morning.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [("", "Nobody"), *((one.pk, one.name) for one in queries.staff())]
        for number in range(1, TURNS + 1):
            self.fields[f"turn{number}"] = forms.TypedChoiceField(
                coerce=int, empty_value=None, choices=people, required=False,
                label=f"Turn {number}",
            )  # fmt: skip

    @property
    def turns(self) -> list[forms.BoundField]:
        return [self[f"turn{number}"] for number in range(1, TURNS + 1)]

    def layer(self, values: dict[str, Any]) -> Layer:
        """The layer that was typed."""
        turns = [values[f"turn{number}"] for number in range(1, TURNS + 1)]
        people = tuple(pk for pk in turns if pk)
        if not people:
            raise Refused("Choose who takes turns.", field="turn1")
        return Layer(
            name=" ".join(values["name"].split()), people=people, starts_on=values["starts_on"],
            handover=values["handover"], unit=values["unit"], every=values["every"],
            ends_on=values["ends_on"], hours=_hours(values),
        )  # fmt: skip


def _hours(values: dict[str, Any]) -> tuple[Hours, ...]:
    days, start, end = values["days"], values["start"], values["end"]
    if not days and start is None and end is None:
        return ()
    if start is None and end is None:
        start = end = time(0)
    if start is None or end is None:
        raise Refused("Give both times, or neither.", field="start")
    return (Hours(tuple(days or range(7)), start, end),)


def layer_initial(layer: Layer) -> dict[str, Any]:
    """A layer as it is typed."""
    hours = layer.hours[0] if layer.hours else None
    whole = hours is not None and hours.start == hours.end == time(0)
    return {
        "name": layer.name, "every": layer.every, "unit": layer.unit,
        "starts_on": layer.starts_on, "handover": layer.handover, "ends_on": layer.ends_on,
        "days": list(hours.days) if hours else [],
        "start": hours.start if hours and not whole else None,
        "end": hours.end if hours and not whole else None,
        **{f"turn{number}": pk for number, pk in enumerate(layer.people[:TURNS], 1)},
    }  # fmt: skip


class StretchForm(forms.Form):
    """Somebody takes over for a while."""

    person = forms.ModelChoiceField(Person.objects.none(), label="Who", empty_label=None)
    starts = forms.DateTimeField(label="From", widget=MomentInput())
    ends = forms.DateTimeField(label="Until", widget=MomentInput())

    def __init__(self, *args: Any, schedule: Schedule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schedule = schedule
        self.fields["person"].queryset = queries.staff()

    def instant(self, values: dict[str, Any], name: str) -> datetime:
        """What was typed, by the clock on the schedule's wall."""
        return moment(values[name], self.schedule)


class SwapForm(StretchForm):
    """One's own stretch, who should take it, and perhaps one of theirs in return."""

    return_starts = forms.DateTimeField(
        required=False, label="In return you take over from", widget=MomentInput()
    )
    return_ends = forms.DateTimeField(required=False, label="until", widget=MomentInput())

    def back(self, values: dict[str, Any]) -> tuple[datetime, datetime] | None:
        """What the asker takes in return."""
        start, end = values["return_starts"], values["return_ends"]
        if start is None and end is None:
            return None
        if start is None or end is None:
            raise Refused("Give both times, or neither.", field="return_starts")
        return moment(start, self.schedule), moment(end, self.schedule)


def moment(wall: datetime, schedule: Schedule) -> datetime:
    """A time on the schedule's wall as an instant; of an hour shown twice the first."""
    if not FIRST.year <= wall.year <= LAST.year:
        raise Refused("There is no such time.", field="starts")
    return first_instant(wall.replace(tzinfo=None), zone_named(schedule.zone))


class PolicyForm(forms.Form):
    """What an escalation is for, and whom it calls in which steps."""

    name = forms.CharField(max_length=80)
    rank = forms.IntegerField(
        min_value=1, max_value=999, initial=1, label="Order",
        help_text="The first that fits is taken.",
    )  # fmt: skip
    severities = forms.MultipleChoiceField(
        choices=SEVERITIES, required=False, widget=forms.CheckboxSelectMultiple,
        label="Incidents of these severities", help_text="None chosen: all of them.",
    )  # fmt: skip
    levels = forms.ModelMultipleChoiceField(
        ServiceLevel.objects.none(), required=False, widget=forms.CheckboxSelectMultiple,
        label="Under these service levels", help_text="None chosen: under all, and under none.",
    )  # fmt: skip
    clients = forms.ModelMultipleChoiceField(
        Client.objects.none(), required=False, label="Only for these clients",
        widget=forms.SelectMultiple(attrs={"size": 5}),
    )  # fmt: skip
    tickets = forms.BooleanField(
        required=False, label="Also when a ticket's promise is about to be missed"
    )
    repeat = forms.IntegerField(
        min_value=0, max_value=9, initial=1, label="Start again",
        help_text="Times, after the last step.",
    )  # fmt: skip
    remind = forms.TypedChoiceField(
        coerce=int, initial=900, label="Remind",
        choices=[(0, "Never"), (300, "Every 5 minutes"), (600, "Every 10 minutes"),
                 (900, "Every 15 minutes"), (1800, "Every 30 minutes"), (3600, "Every hour")],
        help_text="Those told last, until somebody takes it on.",
    )  # fmt: skip
    ask = forms.TypedChoiceField(
        coerce=int, initial=3600, label="Ask whoever took it on",
        choices=[(0, "Never"), (1800, "After 30 minutes"), (3600, "After an hour"),
                 (7200, "After 2 hours"), (14400, "After 4 hours")],
        help_text="Whether they are still on it; without a word for as long again, calls anew.",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["levels"].queryset = ServiceLevel.objects.order_by("name")
        clients = Client.objects.filter(archived_at__isnull=True)
        self.fields["clients"].queryset = clients.order_by("name")
        named = queries.target_names().items()
        self.targets = [(f"{kind}:{pk}", words) for (kind, pk), words in named]
        for number in range(1, STEPS + 1):
            self.fields[f"after{number}"] = forms.IntegerField(
                min_value=0, max_value=1440, required=False, initial=0 if number == 1 else 10,
                label="Minutes later" if number > 1 else "Minutes after it began",
            )  # fmt: skip
            self.fields[f"targets{number}"] = forms.MultipleChoiceField(
                choices=self.targets, required=False, label=f"Step {number} calls",
                widget=forms.SelectMultiple(attrs={"size": 4}),
            )  # fmt: skip

    @property
    def steps(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        numbers = range(1, STEPS + 1)
        return [(self[f"targets{number}"], self[f"after{number}"]) for number in numbers]

    def chain(self, values: dict[str, Any]) -> Chain:
        """The steps that call somebody, in order."""
        steps = [
            Step((values[f"after{number}"] or 0) * 60, _targets(values[f"targets{number}"]))
            for number in range(1, STEPS + 1)
            if values[f"targets{number}"]
        ]
        if not steps:
            raise Refused("Step 1 calls nobody.", field="targets1")
        return Chain(tuple(steps[:MOST_STEPS]), values["repeat"], values["remind"], values["ask"])

    def when(self, values: dict[str, Any]) -> dict[str, Any]:
        """What it is for, as a row keeps it."""
        return {
            "severities": values["severities"],
            "levels": [one.pk for one in values["levels"]],
            "clients": [one.pk for one in values["clients"]],
            "tickets": values["tickets"],
        }


def _targets(chosen: list[str]) -> tuple[Target, ...]:
    parts = (one.partition(":") for one in chosen)
    return tuple(Target(kind, int(pk)) for kind, _, pk in parts if kind in KINDS)


def policy_initial(policy: Policy) -> dict[str, Any]:
    """An escalation as it is typed."""
    chain, rule = chain_of(policy.chain), rule_of(policy.when)
    found: dict[str, Any] = {
        "name": policy.name, "rank": policy.rank, "repeat": chain.repeat, "remind": chain.remind,
        "ask": chain.ask, "severities": list(rule.severities), "levels": list(rule.levels),
        "clients": list(rule.clients), "tickets": rule.tickets,
    }  # fmt: skip
    for number, step in enumerate(chain.steps[:STEPS], 1):
        found[f"after{number}"] = step.after // 60
        found[f"targets{number}"] = [f"{one.kind}:{one.id}" for one in step.targets]
    return found
