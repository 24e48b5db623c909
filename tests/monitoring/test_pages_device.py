"""What a device's page shows of its signals: figures, charts, bars, and what is expected of it."""

from datetime import UTC, datetime, timedelta

import pytest

from monitoring.models import Check, Cursor, Reading, Rollup, Series
from monitoring.queries import charts, history
from monitoring.rules.bars import Stretch
from tests import make
from tests.monitoring import scene as scenes
from tests.monitoring.scene import Scene


@pytest.fixture
def scene(cast) -> Scene:
    return scenes.scene(cast)


@pytest.fixture
def cpu(scene) -> Series:
    """A day of readings every minute, calm but for one spike of a minute."""
    values = [14.0 + minute % 5 for minute in range(1440)]
    values[700] = 99.0
    return scenes.measured(scene.server, "cpu", "%", values, scene.at)


def series_url(scene: Scene, series: Series, span: str = "24h") -> str:
    return f"/devices/{scene.server.pk}/series/{series.pk}.json?range={span}"


def test_the_page_shows_figures_bars_and_incidents(scene, cpu, ben):
    scenes.measured(scene.server, "disk:/", "%", [91.5, 92.25], scene.at)
    html = ben.get(f"/devices/{scene.server.pk}").content.decode()
    for words in (
        "CPU", "Disk /", "92.3%", "Last 60 minutes: up 50 minutes, down 10 minutes",
        "Last 90 days: up 48 hours", "99.6", "Down", "No heartbeat from hdg-srv-01",
        "every 1m, 1m to spare", "/series/",
    ):  # fmt: skip
        assert words in html, words


def test_a_chart_has_few_points_and_keeps_its_spike(scene, cpu, ben):
    answer = ben.get(series_url(scene, cpu)).json()
    values = answer["series"][0]["v"]
    assert len(answer["t"]) == len(values) <= 400
    assert answer["t"] == sorted(answer["t"])
    assert max(values) == 99.0
    assert min(value for value in values if value is not None) == 14.0
    assert (answer["series"][0]["name"], answer["series"][0]["unit"]) == ("CPU", "%")
    assert (answer["min"], answer["max"]) == (0, 100)


def test_a_chart_is_not_sent_twice(scene, cpu, ben):
    first = ben.get(series_url(scene, cpu))
    assert "no-cache" in first["Cache-Control"]
    again = ben.get(series_url(scene, cpu), headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    Series.objects.update(last_at=scene.at + timedelta(seconds=5))
    newer = ben.get(series_url(scene, cpu), headers={"If-None-Match": first["ETag"]})
    assert newer.status_code == 200


def test_a_gap_is_a_gap(scene, ben):
    series = scenes.measured(scene.server, "memory", "%", [50.0] * 120, scene.at)
    quiet = (scene.at - timedelta(minutes=80), scene.at - timedelta(minutes=40))
    Reading.objects.filter(series=series, at__gte=quiet[0], at__lt=quiet[1]).delete()
    values = ben.get(series_url(scene, series)).json()["series"][0]["v"]
    assert values.count(None) == 1
    assert len(values) == 81


def test_a_month_is_read_from_what_was_thinned(scene, ben):
    series = scenes.measured(scene.server, "cpu", "%", [10.0] * 30, scene.at)
    rolled = scene.at - timedelta(minutes=10)
    Cursor.objects.update(rolled_until=rolled)
    Rollup.objects.bulk_create(
        [
            Rollup(
                series=series, seconds=300, at=scene.at - timedelta(hours=hours), low=5.0,
                high=95.0 if hours == 500 else 20.0, total=120.0, count=12, last=10.0,
            )
            for hours in range(1, 700)
        ]
    )  # fmt: skip
    month = ben.get(series_url(scene, series, "30d")).json()
    assert len(month["t"]) <= 400
    assert max(value for value in month["series"][0]["v"] if value is not None) == 95.0
    assert month["t"][-1] > (scene.at - timedelta(hours=8)).timestamp()
    table = ben.get(f"/devices/{scene.server.pk}/series/{series.pk}?range=30d").content.decode()
    assert "95 %" in table
    assert "Lowest" in table


def test_a_thinned_row_alone_in_its_slice_keeps_its_spike(scene, ben):
    Cursor.objects.update(rolled_until=scene.at - timedelta(minutes=10))
    series = Series.objects.create(device=scene.server, name="swap", unit="%")
    at = scene.at - timedelta(days=3)
    Rollup.objects.create(
        series=series, seconds=300, at=at, low=5.0, high=95.0, total=120.0, count=12, last=10.0
    )
    month = ben.get(series_url(scene, series, "30d")).json()
    assert month["series"][0]["v"] == [5.0, 95.0]
    assert month["t"] == [at.timestamp(), at.timestamp() + 1]


def test_nothing_measured_is_said(scene, ben):
    empty = Series.objects.create(device=scene.server, name="load")
    assert ben.get(series_url(scene, empty)).json()["t"] == []
    html = ben.get(f"/devices/{scene.server.pk}/series/{empty.pk}").content.decode()
    assert "Nothing was measured in this time" in html
    assert ben.get(series_url(scene, empty, "9y")).status_code == 200


def test_a_series_belongs_to_its_device(scene, cpu, ben, nobody, cleo):
    other = f"/devices/{scene.laptop.pk}/series/{cpu.pk}"
    assert ben.get(other).status_code == 404
    assert ben.get(f"{other}.json").status_code == 404
    assert nobody.get(series_url(scene, cpu)).status_code == 302
    assert cleo.get(series_url(scene, cpu)).status_code == 403


def test_the_edges_of_slices_stand_still():
    at = datetime(2026, 6, 1, 14, 0, 1, tzinfo=UTC)
    for span in charts.RANGES:
        frame = charts.window(span, at)
        assert frame.end - frame.start <= charts.RANGES[span]
        assert frame.end > at
        assert charts.window(span, frame.end - timedelta(seconds=1)) == frame
        assert charts.window(span, frame.end) != frame


def test_waiting_for_the_first_heartbeat(scene, cast, ben):
    device = make.device(cast.harbor, "it's new")
    html = ben.get(f"/devices/{device.pk}").content.decode()
    assert "Waiting for the first heartbeat" in html
    assert "curl -fsS -H &#x27;Authorization: Bearer KEY&#x27;" in html
    assert "&#x27;&quot;&#x27;&quot;&#x27;s new" in html, "a name is quoted for the shell"
    asked = ben.get(f"/devices/{device.pk}/waiting")
    assert (asked.status_code, asked.get("HX-Refresh")) == (204, None)
    scenes.heard(device, scene.at)
    assert ben.get(f"/devices/{device.pk}/waiting")["HX-Refresh"] == "true"


def test_changing_what_is_expected(scene, ben, guy):
    address = f"/monitors/{scene.check.pk}/edit"
    assert guy.get(address).status_code == 403
    assert guy.post(address, {"period": 300, "grace": 60}).status_code == 403
    assert ben.get(address).status_code == 200
    wrong = ben.post(address, {"period": "soon", "grace": 60}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    assert wrong["HX-Retarget"] == "#dlg"
    Check.objects.filter(pk=scene.check.pk).update(max_run_seconds=90)
    assert ben.post(address, {"period": 300, "grace": 120}).status_code == 303
    scene.check.refresh_from_db()
    assert (scene.check.period_seconds, scene.check.grace_seconds) == (300, 120)
    assert scene.check.max_run_seconds == 90


def test_setting_a_check_aside(scene, ben, guy):
    address = f"/monitors/{scene.check.pk}/pause"
    assert guy.post(address).status_code == 403
    assert ben.get(address).status_code == 405
    assert ben.post(address).status_code == 303
    scene.check.refresh_from_db()
    assert scene.check.status == "paused"
    assert "Paused" in ben.get(f"/devices/{scene.server.pk}").content.decode()
    assert ben.post(address).status_code == 303
    scene.check.refresh_from_db()
    assert scene.check.status == "up"


def test_the_device_list_knows_states(scene, ben):
    html = ben.get("/devices").content.decode()
    assert "Last seen" in html
    assert "Down" in html


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (1, "1 second"), (95, "95 seconds"), (600, "10 minutes"),
     (7199, "120 minutes"), (7200, "2 hours"), (172_000, "48 hours"), (259_200, "3 days")],
)  # fmt: skip
def test_bars_are_told_in_words(seconds, words):
    at = datetime(2026, 6, 1, tzinfo=UTC)
    stretch = Stretch("down", at, at + timedelta(seconds=seconds))
    assert history.spoken([stretch]) == f"down {words}"
