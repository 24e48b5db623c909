"""Every pair of text and ground, computed from tokens.css: the promise of the design."""

import math
import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "msp/static/msp/css/tokens.css"
PAIR = re.compile(r"--([\w-]+):\s*light-dark\((oklch\([^)]*\)),\s*(oklch\([^)]*\))\)")

TEXT = 4.5
READING = 7.0
MARK = 3.0

PAIRS = [
    *[("ink", ground, READING) for ground in ("surface", "canvas", "hover", "accent-soft")],
    *[("ink", ground, READING) for ground in ("rail-bg", "raised", "note-bg", "sunken", "press")],
    *[("ink-2", ground, TEXT) for ground in ("surface", "canvas", "sunken", "press", "rail-bg")],
    *[
        ("ink-3", ground, TEXT)
        for ground in ("surface", "canvas", "sunken", "hover", "accent-soft")
    ],
    *[("ink-3", ground, TEXT) for ground in ("rail-bg", "raised", "note-bg", "press")],
    *[("accent", ground, TEXT) for ground in ("surface", "canvas", "accent-soft", "rail-bg")],
    ("on-accent", "accent", TEXT),
    ("on-action", "action", READING),
    ("on-action", "action-hover", TEXT),
    ("edge", "surface", MARK),
    ("edge", "sunken", MARK),
    ("brand", "surface", TEXT),
    ("on-brand", "brand", TEXT),
    ("brand", "brand-soft", TEXT),
    ("idle-mark", "surface", MARK),
    ("idle-ink", "idle-soft", TEXT),
    *[(f"{tone}-mark", "surface", MARK) for tone in ("danger", "warn", "ok", "info")],
    *[(f"{tone}-mark", f"{tone}-soft", MARK) for tone in ("danger", "warn", "ok", "info")],
    *[
        (f"{tone}-ink", ground, TEXT)
        for tone in ("danger", "warn", "ok", "info")
        for ground in ("surface", "hover", f"{tone}-soft")
    ],
    *[(f"s{n}", "surface", MARK) for n in (1, 2, 3, 4)],
    ("s5", "surface", 2.0),
]


def _colour(text: str) -> tuple[float, float, float]:
    """OKLCH to linear sRGB, clipped to what a screen can show (Ottosson's matrices)."""
    lightness, chroma, hue = (float(part) for part in text[6:-1].split("/")[0].split())
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _clip(4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short),
        _clip(-1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short),
        _clip(-0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short),
    )


def _clip(part: float) -> float:
    return min(1.0, max(0.0, part))


def _luminance(text: str) -> float:
    red, green, blue = _colour(text)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TOKENS = {name: pair for name, *pair in PAIR.findall(CSS.read_text())}


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "least"), PAIRS)
def test_text_can_be_read_on_its_ground(text: str, ground: str, least: float, theme: int) -> None:
    found = _contrast(TOKENS[text][theme], TOKENS[ground][theme])
    assert found >= least, f"{text} on {ground}: {found:.2f}, needs {least}"


def test_the_figures_are_those_of_the_design() -> None:
    """Two pairs with published figures guard the conversion itself."""
    assert _contrast(TOKENS["ink"][0], TOKENS["surface"][0]) == pytest.approx(16.63, abs=0.15)
    assert _contrast(TOKENS["ink-3"][1], TOKENS["canvas"][1]) == pytest.approx(6.52, abs=0.15)


def test_every_colour_has_a_light_and_a_dark_form() -> None:
    css = CSS.read_text().split("@supports")[0]
    single = re.findall(r"--([\w-]+):\s*oklch\(", css)
    assert set(single) == {"on-plate", "plate-soft", "plate-line"}, single


def test_browsers_without_light_dark_get_every_colour_too() -> None:
    css = CSS.read_text()
    fallback = css[css.index("@supports") :]
    missing = [name for name in TOKENS if f"--{name}:" not in fallback]
    assert missing == []
