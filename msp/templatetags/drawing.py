"""Pictures as SVG: pure, quick enough for every row of a long table, and free of inline style.

Widths and heights go into SVG attributes, because the Content-Security-Policy refuses style=.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

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

_ICONS = {"check": "M20 6 9 17l-5-5", "pause": "M6 4h4v16H6zm8 0h4v16h-4z"}

BEAT_CLASSES = {
    "up": "u",
    "late": "w",
    "degraded": "w",
    "warn": "w",
    "down": "d",
    "maintenance": "m",
}
_BEAT_ATTR = {"": ""} | {kind: f' class="{kind}"' for kind in "uwdm"}
BEAT_WORDS = {"u": "up", "w": "degraded", "d": "down", "m": "in maintenance", "": "without data"}


def el(name: str, *inside: str, **attrs: object) -> SafeString:
    """One element. Every attribute value is escaped; what stands inside must already be safe.

    `True` writes a bare attribute, None and False leave it out, `_` in a name becomes `-`.
    """
    written = []
    for key, value in attrs.items():
        if value is None or value is False:
            continue
        key = key.rstrip("_").replace("_", "-")
        written.append(f" {key}" if value is True else f' {key}="{escape(value)}"')
    body = "".join(inside)
    return mark_safe(f"<{name}{''.join(written)}>{body}</{name}>")  # noqa: S308 - escaped above


def text(value: object) -> str:
    """Words that may come from a person."""
    return str(escape(value))


def hidden(value: object) -> str:
    """Words for those who hear the page."""
    return el("span", text(value), class_="vh")


def _voice(label: str) -> dict[str, object]:
    return {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}


def shape(name: str) -> str:
    """The glyph of a status; a wrong name must fail in the first test that renders it."""
    return el("svg", SHAPES[name], viewBox="0 0 16 16", aria_hidden="true")


def line_icon(name: str) -> str:
    """The two icons a clock needs, without a look-up in the icon set for every row."""
    return el(
        "svg",
        el("path", d=_ICONS[name]),
        class_="icon",
        viewBox="0 0 24 24",
        fill="none",
        stroke="currentColor",
        stroke_width=2,
        stroke_linecap="round",
        stroke_linejoin="round",
        aria_hidden="true",
    )


def priority(level: int, label: str) -> SafeString:
    """Bars that grow with urgency; the gravest are a plate, seen from across a room."""
    if level in (0, 1):
        inside = [
            el("rect", class_="plate", x=1, y=1, width=14, height=14, rx=3.5),
            el("path", class_="bang", d="M7 4h2v5H7zm0 6.5h2v2H7z"),
        ]
    else:
        lit = {2: 3, 3: 2, 4: 1}.get(level, 0)
        inside = [
            el("rect", class_="on" if n < lit else None, x=x, y=y, width=3, height=h, rx=1)
            for n, (x, y, h) in enumerate(((2, 10, 4), (6.5, 6, 8), (11, 2, 12)))
        ]
    return el("svg", *inside, class_="prio", data_p=level, viewBox="0 0 16 16", **_voice(label))


def ring(percent: float) -> str:
    """How much of a promised time is used, as an arc from twelve o'clock."""
    share = f"{min(100, max(0, round(percent)))} 100"
    return el(
        "svg",
        el("circle", cx=8, cy=8, r=6),
        el("circle", class_="v", cx=8, cy=8, r=6, pathLength=100, stroke_dasharray=share),
        class_="ring",
        viewBox="0 0 16 16",
        aria_hidden="true",
    )


def beats(states: Sequence[str | None], label: str = "", tall: bool = False) -> SafeString:
    """One bar per interval. The label says in numbers what the bars say in colour."""
    kinds = [BEAT_CLASSES.get(state or "", "") for state in states]
    height = 32 if tall else 20
    # Hundreds per page: written directly, since nothing in them comes from outside
    drawn = [
        f'<rect{_BEAT_ATTR[kind]} x="{n * 4}" width="3" height="{height}"/>'
        for n, kind in enumerate(kinds)
    ]
    return el(
        "svg",
        *drawn,
        class_="beats beats--tall" if tall else "beats",
        viewBox=f"0 0 {max(1, len(kinds) * 4 - 1)} {height}",
        preserveAspectRatio="none",
        **_voice(label or beats_sentence(kinds)),
    )


def beats_sentence(kinds: Iterable[str]) -> str:
    """Counts per state, for those who hear the picture."""
    listed = list(kinds)
    counts = [f"{listed.count(kind)} {word}" for kind, word in BEAT_WORDS.items() if kind in listed]
    return f"{len(listed)} intervals: " + ", ".join(counts) if listed else "No intervals yet"


def spark(values: Sequence[Number | None]) -> SafeString:
    """A line without axes, beside its number. A missing value is a gap, never a guess."""
    known = [float(value) for value in values if value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    step = 100 / max(1, len(values) - 1)
    runs: list[list[str]] = [[]]
    for n, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            y = 10.0 if high == low else 18 - (float(value) - low) / (high - low) * 16
            runs[-1].append(f"{n * step:.1f},{y:.1f}")
    lines = [el("polyline", points=" ".join(run)) for run in runs if len(run) > 1]
    return el(
        "svg",
        *lines,
        class_="spark",
        viewBox="0 0 100 20",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def bars(rows: Sequence[tuple[str, Number, str]], label: str) -> SafeString:
    """Amounts by month from zero, the value above, the last one marked as current."""
    top = max((float(amount) for _, amount, _ in rows), default=0.0) or 1.0
    drawn = []
    for n, (name, amount, shown) in enumerate(rows):
        height = max(0.0, round(float(amount) / top * 38, 1))
        x, y = n * 45 + 6, round(52 - height, 1)
        here = "on" if n == len(rows) - 1 else None
        drawn += [
            el("rect", class_=here, x=x, y=y, width=33, height=height, rx=1),
            el("text", text(shown), class_="v", x=x + 16.5, y=round(y - 4, 1)),
            el("text", text(name), x=x + 16.5, y=62),
        ]
    width = max(1, 45 * len(rows))
    return el("svg", *drawn, class_="bars", viewBox=f"0 0 {width} 64", **_voice(label))


def _meter(
    inside: Sequence[str], width: int, large: bool, label: str, **attrs: object
) -> SafeString:
    kind = "meter meter--lg" if large else "meter"
    return el(
        "svg",
        *inside,
        class_=f"{kind} {attrs.pop('extra', '')}".strip(),
        viewBox=f"0 0 {width} {8 if large else 4}",
        preserveAspectRatio="none",
        **attrs,
        **_voice(label),
    )


def meter(
    value: Number, top: Number, tone: str = "", large: bool = False, label: str = ""
) -> SafeString:
    """A share of a whole as a bar. Without a label it stands beside its number and stays silent."""
    share = min(100.0, max(0.0, round(float(value) / (float(top) or 1.0) * 100, 1)))
    bar = el("rect", width=f"{share:g}", height=8 if large else 4)
    return _meter([bar], 100, large, label, data_tone=tone or None)


def meter_parts(
    parts: Sequence[tuple[str, Number]], large: bool = False, label: str = ""
) -> SafeString:
    """Several states of one whole: every state that exists stays visible, however small."""
    whole = sum(float(amount) for _, amount in parts) or 1.0
    shown = [(kind, max(2.0, float(amount) / whole * 200)) for kind, amount in parts if amount]
    scale = (200 - max(0, len(shown) - 1)) / (sum(width for _, width in shown) or 1.0)
    x, drawn = 0.0, []
    for kind, width in shown:
        drawn.append(
            el(
                "rect",
                class_=BEAT_CLASSES.get(kind, "x"),
                x=f"{x:.1f}",
                width=f"{width * scale:.1f}",
                height=8 if large else 4,
            )
        )
        x += width * scale + 1
    return _meter(drawn, 200, large, label, extra="meter--parts")
