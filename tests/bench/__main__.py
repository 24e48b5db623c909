"""Runs the benches and writes .bench/latest.json: `python -m tests.bench [NAME]`."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from msp.devservices.environment import CHECKOUT
from tests.databases import Databases

HERE = Path(__file__).parent
OUT = CHECKOUT / ".bench"


def benches(name: str = "") -> list[str]:
    """All modules here, or those whose name, or a figure of theirs, begins with the given one."""
    found = sorted(p for p in HERE.glob("*.py") if not p.stem.startswith("_"))
    named = [p.stem for p in found if p.stem.startswith(name)]
    return named or [p.stem for p in found if f'"{name}' in p.read_text()]


def role_of(bench: str) -> str:
    """Read, not imported: importing would load Django before it knows its database."""
    found = re.search(r'^ROLE = "(\w+)"', (HERE / f"{bench}.py").read_text(), re.MULTILINE)
    return found.group(1) if found else "test"


def take(bench: str, databases: Databases) -> list[dict[str, Any]]:
    """One bench in a process of its own; a bench that fails is a row that says so."""
    environment = databases.another()
    with closing(databases.servers.valkey.client(databases.slot)) as valkey:
        valkey.flushdb()
    with tempfile.TemporaryDirectory(prefix="steward-bench-") as data:
        own = {"STEWARD_ROLE": role_of(bench), "STEWARD_DATA": data}
        surroundings = {**os.environ, **environment, **own}
        answer = Path(data) / "rows.json"
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench", "--one", bench, str(answer)],
            cwd=CHECKOUT,
            env=surroundings,
            check=False,
        )
        databases.drop(environment)
        if done.returncode or not answer.exists():
            return [failed(bench, done.returncode)]
        rows: list[dict[str, Any]] = json.loads(answer.read_text())
        return rows


def failed(bench: str, code: int) -> dict[str, Any]:
    said = {"unit": "-", "against": "-", "theirs": None, "ratio": None, "goal": "it runs"}
    return {"name": bench, "ours": None, **said, "met": False, "note": f"failed, exit code {code}"}


def one(bench: str, answer: Path) -> None:
    """In the child: load Django, run, hand the rows back."""
    import django

    django.setup()
    rows = importlib.import_module(f"tests.bench.{bench}").run()
    answer.write_text(json.dumps(rows))


def merged(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A single bench replaces its own rows and leaves the others' last figures."""
    fresh = {row["name"] for row in now}
    return sorted([r for r in before if r["name"] not in fresh] + now, key=lambda r: r["name"])


def table(rows: list[dict[str, Any]]) -> str:
    """For people; a missed goal stands out."""
    heads = ["", "name", "ours", "unit", "theirs", "ratio", "goal", "against / note"]
    lines = [heads]
    for row in rows:
        shown = [row["ours"], row["unit"], row["theirs"], row["ratio"], row["goal"]]
        said = "; ".join(text for text in (row["against"], row["note"]) if text not in ("", "-"))
        cells = [f"{v:,}" if isinstance(v, float) else "-" if v is None else v for v in shown]
        lines.append(["ok" if row["met"] else "MISS", row["name"], *cells, said])
    widths = [max(len(line[i]) for line in lines) for i in range(len(heads) - 1)]
    return "\n".join(
        "  ".join([*(c.ljust(w) for c, w in zip(line, widths, strict=False)), line[-1]]).rstrip()
        for line in lines
    )


def main(name: str = "") -> int:
    chosen = benches(name)
    if not chosen:
        sys.stderr.write(f"No bench begins with {name!r}. There are: {', '.join(benches())}\n")
        return 2
    OUT.mkdir(exist_ok=True)
    latest = OUT / "latest.json"
    rows: list[dict[str, Any]] = []
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "msp.settings",
        "STEWARD_DATA": str(OUT / "data"),
        "SECRET_KEY": "bench-" + "x" * 50,
        "LOG_LEVEL": "WARNING",
    }
    databases = Databases(OUT / "servers", durable=True)
    try:
        databases.start()
        for bench in chosen:
            sys.stdout.write(f"{bench} ...\n")
            sys.stdout.flush()
            began = time.monotonic()
            rows += take(bench, databases)
            sys.stdout.write(f"{bench}: {time.monotonic() - began:.0f} s\n")
    finally:
        databases.stop()
    before = json.loads(latest.read_text()) if name and latest.exists() else []
    latest.write_text(json.dumps(merged(before, rows), indent=2) + "\n")
    sys.stdout.write(f"\n{table(rows)}\n\nWritten to {latest}\n")
    return 0 if all(row["ours"] is not None for row in rows) else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], Path(sys.argv[3]))
    else:
        sys.exit(main(*sys.argv[1:2]))
