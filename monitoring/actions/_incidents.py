"""Incidents that follow from a check's changes, in the transaction of the change.

One problem has one open incident: a check has one open signal (an index says so), signals of one
device that begin within minutes of each other belong to one incident, and whoever comes second
changes nothing. An incident begins at the deadline that passed, however late it was noticed, and
keeps the promise that covered the device at that instant. Whether anybody is called is decided
beside it (`_telling`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection

from monitoring import events
from monitoring.actions._opening import NEAR, Down, Numbers, Opening
from monitoring.actions._telling import Telling
from monitoring.models import Check, Flip, Incident, Signal
from monitoring.queries.definitions import severity_of
from monitoring.rules.judging import gravest, worse
from msp.kit.refs import Actor
from tenants.journal.announce import announce

__all__ = ["Down", "Incidents"]

_CLEAR = """
    UPDATE monitoring_signal AS s SET cleared_at = greatest(v.at, s.began_at)
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS v(check_id, at)
    WHERE s.check_row_id = v.check_id AND s.cleared_at IS NULL
    RETURNING s.incident_id, s.check_row_id, s.cleared_at
"""


class Incidents:
    """Opens and ends incidents for the caller's transaction."""

    def __init__(self, *, by: Actor, at: datetime) -> None:
        self.by, self.at = by, at
        self._known: dict[int, list[Incident]] | None = None

    def flip(self, changes: Iterable[tuple[int, str, datetime]]) -> None:
        """Write down what checks went through; the same change twice is one."""
        Flip.objects.bulk_create(
            [
                Flip(check_row_id=check_id, status=str(status), at=at, noticed_at=self.at)
                for check_id, status, at in changes
            ],
            ignore_conflicts=True,
        )

    # -- problems

    def open(self, downs: Sequence[Down]) -> int:
        """Let problems begin; how many incidents that made.

        1. The counter is held: whoever comes second sees what the first one opened.
        2. A check that has its signal may have got worse; one whose device has an incident that
           began just now joins it; each of the others gets its own.
        3. Those somebody is to hear of are told, which owes their tickets.
        """
        if not downs:
            return 0
        self._known = None
        opening = Opening(downs, by=self.by, at=self.at)
        telling = Telling(opening.checks.values(), opening.clock, by=self.by, at=self.at)
        left = [down for down in opening.downs if not self._joined(opening, telling, down)]
        for down in left:
            telling.begin_windows(opening.checks[down.check_id], down.at)
        quiets = {
            down.check_id: telling.around.quiet_of(opening.checks[down.check_id], down.at)
            for down in left
        }
        held = {check_id: quiet for check_id, quiet in quiets.items() if quiet}
        made = opening.insert(left, held)
        for incident in made:
            if quiet := held.get(incident.check_row_id):
                telling.hold(incident, quiet)
        telling.tell_all([one for one in made if one.check_row_id not in held])
        telling.gather(made)
        return len(made)

    def _joined(self, opening: Opening, telling: Telling, down: Down) -> bool:
        """Whether a problem belongs to an incident that is open already, which is judged then."""
        check = opening.checks[down.check_id]
        incident = self._place(self._open_ones(opening).get(check.device_id, ()), down)
        if incident is None:
            return False
        if self._attach(incident, down, check):
            telling.judge(incident, check)
        return True

    def _open_ones(self, opening: Opening) -> dict[int, list[Incident]]:
        """The open incidents of the devices concerned, by device; read once."""
        if self._known is not None:
            return self._known
        devices = [check.device_id for check in opening.checks.values()]
        rows = (
            Incident.objects.select_for_update(of=("self",))
            .filter(device_id__in=devices, resolved_at__isnull=True, site__isnull=True)
            .prefetch_related("signals")
            .order_by("pk")
        )
        found: dict[int, list[Incident]] = {}
        for row in rows:
            found.setdefault(row.device_id, []).append(row)
        self._known = found
        return found

    @staticmethod
    def _place(candidates: Sequence[Incident], down: Down) -> Incident | None:
        """The incident that has this check's signal, else one that began just now."""
        for incident in candidates:
            if incident.check_row_id == down.check_id:
                return incident
            if any(signal.check_row_id == down.check_id for signal in incident.signals.all()):
                return incident
        near = [one for one in candidates if abs(one.opened_at - down.at) <= NEAR]
        return near[0] if near else None

    def _attach(self, incident: Incident, down: Down, check: Check) -> bool:
        """Light the check's signal in the incident; False where it is lit and no graver."""
        severity = down.severity or severity_of(check)
        lit = next(
            (
                one for one in incident.signals.all()
                if one.check_row_id == down.check_id and one.cleared_at is None
            ),
            None,
        )  # fmt: skip
        if lit is not None and not worse(severity, lit.severity):
            return False
        if lit is not None:
            lit.severity = severity
            lit.save(update_fields=["severity"])
        else:
            Signal.objects.create(
                incident=incident, check_row=check, severity=severity, began_at=down.at,
                words=down.words[:300],
            )  # fmt: skip
            if all(one.check_row_id != check.pk for one in incident.signals.all()):
                self._tell_joined(incident, check, down)
        incident.severity = gravest(incident.severity, severity)
        if incident.recovered_at is not None:
            incident.recovered_at, incident.flaps = None, incident.flaps + 1
        incident.save(update_fields=["severity", "recovered_at", "flaps"])
        return True

    def _tell_joined(self, incident: Incident, check: Check, down: Down) -> None:
        announce(
            events.SignalJoined(
                incident.pk, incident.number, incident.device_id, incident.client_id, check.pk,
                check.name, down.at.isoformat(),
            ),
            by=self.by, at=self.at,
        )  # fmt: skip

    # -- recoveries

    def recover(self, check_id: int, at: datetime) -> None:
        """Let one check's problem end."""
        self.recover_all([(check_id, at)])

    def recover_all(self, ups: Sequence[tuple[int, datetime]]) -> None:
        """Let the problems of checks end; each incident that has no other signal is judged."""
        if not ups:
            return
        Numbers.hold()  # what is done to incidents is done one after the other
        with connection.cursor() as cursor:
            cursor.execute(_CLEAR, [list(column) for column in zip(*ups, strict=True)])
            cleared = cursor.fetchall()
        ended = {incident_id: at for incident_id, _check, at in cleared}
        ended |= self._without_signals(ups, ended)
        if not ended:
            return
        lit = set(
            Signal.objects.filter(incident_id__in=list(ended), cleared_at__isnull=True).values_list(
                "incident_id", flat=True
            )
        )
        rows = (
            Incident.objects.select_for_update(of=("self",))
            .filter(pk__in=set(ended) - lit, resolved_at__isnull=True)
            .order_by("pk")
        )
        self._judge_ended(list(rows), ended, dict(ups))

    def _judge_ended(
        self, incidents: list[Incident], ended: dict[int, datetime], ups: dict[int, datetime]
    ) -> None:
        if not incidents:
            return
        ids = {incident.check_row_id for incident in incidents}
        checks = Check.objects.select_related("device__client").in_bulk(ids - {None})
        telling = Telling(checks.values(), max(ups.values()), by=self.by, at=self.at)
        for incident in incidents:
            incident.recovered_at = ended[incident.pk]
            telling.judge(incident, checks.get(incident.check_row_id), bad=False)

    @staticmethod
    def _without_signals(
        ups: Sequence[tuple[int, datetime]], found: dict[int, datetime]
    ) -> dict[int, datetime]:
        """Incidents of these checks that never had a signal written: there may be some."""
        at = dict(ups)
        rows = Incident.objects.filter(
            check_row_id__in=list(at), resolved_at__isnull=True, signals__isnull=True
        ).exclude(pk__in=list(found))
        return {pk: at[check] for pk, check in rows.values_list("pk", "check_row_id")}
