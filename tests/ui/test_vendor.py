"""Files of others are what VENDOR.toml says they are, and nothing else lies beside them."""

import hashlib
import tomllib
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "msp/static/msp/vendor"
LISTED = tomllib.loads((VENDOR / "VENDOR.toml").read_text())["package"]


def test_every_vendored_file_has_the_hash_that_was_written_down() -> None:
    for package in LISTED:
        for name, expected in package["sha256"].items():
            assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == expected, name


def test_nothing_unlisted_lies_in_the_folder() -> None:
    listed = {name for package in LISTED for name in package["sha256"]} | {"VENDOR.toml"}
    assert {path.name for path in VENDOR.iterdir()} == listed


def test_every_package_comes_with_its_licence() -> None:
    for package in LISTED:
        assert package["licence"] in {"MIT", "0BSD", "OFL-1.1"}
        assert package["licence_file"] in package["sha256"]


def test_htmx_stays_on_its_second_version() -> None:
    assert 'version:"2.' in (VENDOR / "htmx.min.js").read_text()
