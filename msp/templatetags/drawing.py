"""Pictures as SVG text: pure, quick enough for every row of a long table, and free of inline style.

Widths and heights go into SVG attributes because the Content-Security-Policy refuses style attributes.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.html import escape

Number = int | float | Decimal

_RING = '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.75"{}/>'
_DISC = '<circle cx="8" cy="8" r="6.9" fill="currentColor"/>'
_ROUND = 'stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"'

SHAPES = {
    "new": _RING.format(' stroke-dasharray="2.4 2.3"'),
    "ring": _RING.format(""),
    "half": _RING.format("") + '<path d="M8 4.4a3.6 3.6 0 0 1 0 7.2z" fill="currentColor"/>',
    "wait": _RING.format("") + '<path d="M6 5.5h1.4v5H6zm2.6 0H10v5H8.6z" fill="currentColor"/>',
    "done": _DISC + f'<path class="cut" d="m5.2 8.2 1.9 1.9 3.7-3.9" {_ROUND}/>',
    "late": _DISC + '<path class="cutfill" d="M7.2 4.2h1.6v4.6H7.2zm0 5.8h1.6v1.6H7.2z"/>',
    "minus": _DISC + f'<path class="cut" d="M5 8h6" {_ROUND}/>',
    "alert": '<path d="M8 1.9 14.6 13.6H1.4z" fill="currentColor" stroke="currentColor" '
    'stroke-width="1.2" stroke-linejoin="round"/>'
    '<path class="cutfill" d="M7.25 5.9h1.5v4h-1.5zm0 4.9h1.5v1.5h-1.5z"/>',
    "down": '<path d="M5 1.1h6L14.9 5v6L11 14.9H5L1.1 11V5z" fill="currentColor"/>'
    f'<path class="cut" d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" {_ROUND}/>',
    "maintenance": '<rect x="2" y="2" width="12" height="12" rx="3" fill="currentColor"/>'
    f'<path class="cut" d="M5 8h6" {_ROUND}/>',
    "flag": '<path d="M3.5 14.5v-13" fill="none" stroke="currentColor" stroke-width="1.75" '
    'stroke-linecap="round"/><path d="M4 2.2h8.6l-2 3 2 3H4z" fill="currentColor"/>',
}
SHAPES["silent"] = SHAPES["new"]

BEAT_CLASSES = {
    "up": "u",
    "late": "w",
    "degraded": "w",
    "warn": "w",
    "down": "d",
    "maintenance": "m",
}
BEAT_WORDS = {"u": "up", "w": "degraded", "d": "down", "m": "in maintenance", "": "without data"}


def shape(name: str) -> str:
    """The glyph of a status; a wrong name must fail in the first test that renders it."""
    return f'<svg viewBox="0 0 16 16" aria-hidden="true">{SHAPES[name]}</svg>'


def priority(level: int, label: str) -> str:
    """Bars that grow with urgency; the first level is a plate with a mark, seen from across a room."""
    if level == 1:
        body = (
            '<rect class="plate" x="1" y="1" width="14" height="14" rx="3.5"/>'
            '<path class="bang" d="M7 4h2v5H7zm0 6.5h2v2H7z"/>'
        )
    else:
        bars = ((2, 10, 4), (6.5, 6, 8), (11, 2, 12))
        lit = {2: 3, 3: 2, 4: 1}.get(level, 0)
        body = "".join(
            f"<rect{' class=' + chr(34) + 'on' + chr(34) if n < lit else ''} "
            f'x="{x}" y="{y}" width="3" height="{h}" rx="1"/>'
            for n, (x, y, h) in enumerate(bars)
        )
    return (
        f'<svg class="prio" data-p="{level}" viewBox="0 0 16 16" role="img" '
        f'aria-label="{escape(label)}">{body}</svg>'
    )


def ring(percent: float) -> str:
    """How much of a promised time is used, as an arc from twelve o'clock."""
    share = min(100, max(0, round(percent)))
    return (
        '<svg class="ring" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="6"/>'
        f'<circle class="v" cx="8" cy="8" r="6" pathLength="100" stroke-dasharray="{share} 100"/></svg>'
    )


def beats(states: Sequence[str | None], label: str = "", tall: bool = False) -> str:
    """One bar per interval. The sentence in aria-label says in numbers what the bars say in colour."""
    kinds = [BEAT_CLASSES.get(state or "", "") for state in states]
    height = 32 if tall else 20
    bars = "".join(
        f'<rect{f" class={chr(34)}{kind}{chr(34)}" if kind else ""} x="{n * 4}" width="3" height="{height}"/>'
        for n, kind in enumerate(kinds)
    )
    spoken = label or beats_sentence(kinds)
    return (
        f'<svg class="beats{" beats--tall" if tall else ""}" viewBox="0 0 {max(1, len(kinds) * 4 - 1)} {height}" '
        f'preserveAspectRatio="none" role="img" aria-label="{escape(spoken)}">{bars}</svg>'
    )


def beats_sentence(kinds: Iterable[str]) -> str:
    """Counts per state, worst last, for those who hear the picture."""
    listed = list(kinds)
    counts = [f"{listed.count(kind)} {word}" for kind, word in BEAT_WORDS.items() if kind in listed]
    return f"{len(listed)} intervals: " + ", ".join(counts) if listed else "No intervals yet"


def spark(values: Sequence[Number | None]) -> str:
    """A line without axes, beside its number. A missing value is a gap, never a guess."""
    known = [float(v) for v in values if v is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    span = (high - low) or 1.0
    step = 100 / max(1, len(values) - 1)
    runs: list[list[str]] = [[]]
    for n, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            y = 10.0 if high == low else 18 - (float(value) - low) / span * 16
            runs[-1].append(f"{n * step:.1f},{y:.1f}")
    lines = "".join(f'<polyline points="{" ".join(run)}"/>' for run in runs if len(run) > 1)
    return (
        '<svg class="spark" viewBox="0 0 100 20" preserveAspectRatio="none" aria-hidden="true">'
        f"{lines}</svg>"
    )


def bars(rows: Sequence[tuple[str, Number, str]], label: str) -> str:
    """Amounts by month, value above, the last one marked as current. Always from zero."""
    top = max((float(amount) for _, amount, _ in rows), default=0.0) or 1.0
    width = 45 * len(rows)
    parts = []
    for n, (name, amount, text) in enumerate(rows):
        height = max(0.0, round(float(amount) / top * 38, 1))
        x, y = n * 45 + 6, round(52 - height, 1)
        here = n == len(rows) - 1
        parts.append(
            f'<rect{" class=" + chr(34) + "on" + chr(34) if here else ""} x="{x}" y="{y}" width="33" '
            f'height="{height}" rx="1"/><text class="v" x="{x + 16.5}" y="{round(y - 4, 1)}">{escape(text)}</text>'
            f'<text x="{x + 16.5}" y="62">{escape(name)}</text>'
        )
    return (
        f'<svg class="bars" viewBox="0 0 {max(1, width)} 64" role="img" aria-label="{escape(label)}">'
        f"{''.join(parts)}</svg>"
    )


def meter(value: Number, top: Number, tone: str = "", large: bool = False, label: str = "") -> str:
    """A share of a whole as a bar. Without a label it stands beside its number and stays silent."""
    height = 8 if large else 4
    share = min(100.0, max(0.0, round(float(value) / (float(top) or 1.0) * 100, 1)))
    return (
        f'<svg class="meter{" meter--lg" if large else ""}"{f" data-tone={chr(34)}{escape(tone)}{chr(34)}" if tone else ""} '
        f'viewBox="0 0 100 {height}" preserveAspectRatio="none" {_voice(label)}>'
        f'<rect width="{share:g}" height="{height}"/></svg>'
    )


def meter_parts(parts: Sequence[tuple[str, Number]], large: bool = False, label: str = "") -> str:
    """Several states of one whole side by side: every state that exists stays visible, however small."""
    height = 8 if large else 4
    whole = sum(float(amount) for _, amount in parts) or 1.0
    shown = [(kind, max(2.0, float(amount) / whole * 200)) for kind, amount in parts if amount]
    scale = (200 - max(0, len(shown) - 1)) / (sum(width for _, width in shown) or 1.0)
    x, drawn = 0.0, []
    for kind, width in shown:
        drawn.append(
            f'<rect class="{BEAT_CLASSES.get(kind, "x")}" x="{x:.1f}" width="{width * scale:.1f}" height="{height}"/>'
        )
        x += width * scale + 1
    return (
        f'<svg class="meter meter--parts{" meter--lg" if large else ""}" viewBox="0 0 200 {height}" '
        f'preserveAspectRatio="none" {_voice(label)}>{"".join(drawn)}</svg>'
    )


def _voice(label: str) -> str:
    return f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
