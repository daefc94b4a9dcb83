"""The rooms of the house: who may know whom, who may ask for the time, and that an import does nothing."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "cogs", "demo", "benchmarks")


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_is_kept() -> None:
    result = contracts(ROOT)
    assert result.returncode == 0, result.stdout[-3_000:] + result.stderr


def test_a_contract_that_is_broken_is_seen(tmp_path: Path) -> None:
    for room in ROOMS:
        shutil.copytree(
            ROOT / room,
            tmp_path / room,
            ignore=lambda _folder, names: [n for n in names if "." in n and not n.endswith(".py")],
        )
    shutil.copy(ROOT / ".importlinter", tmp_path)
    feature = tmp_path / "bot" / "extra"
    feature.mkdir()
    (feature / "__init__.py").touch()
    (feature / "rules.py").write_text("import bot.storage\n")
    (feature / "service.py").write_text("import discord\nimport bot.extra.cards\nimport demo\n")
    (feature / "cards.py").write_text("import bot.settings\nimport cogs.extra\n")
    (tmp_path / "cogs" / "extra.py").write_text("import cogs.other\nimport bot.storage\n")
    (tmp_path / "cogs" / "other.py").touch()
    result = contracts(tmp_path)
    assert result.returncode == 1, result.stderr
    kept = [line for line in result.stdout.splitlines() if line.endswith("KEPT")]
    assert kept == []


# What is shown, or sent at a time of its own, speaks Discord; the rest of a feature never does, whatever it is called.
SHOWN = (
    "cards",
    "pictures",
    "choices",
    "suggestions",
    "delivery",
    "posting",
    "sweep",
    "upkeep",
    "doorstep",
    "sync",
)


def test_what_decides_and_stores_never_reaches_discord() -> None:
    graph = grimp.build_graph(
        "bot", include_external_packages=True, exclude_type_checking_imports=True, cache_dir=None
    )
    features = {path.parent.name for path in (ROOT / "bot").glob("*/service.py")}
    assert {"checkins", "groups", "members"} <= features
    astray = []
    for module in sorted(graph.modules):
        room, *inside = module.split(".")[1:] or [""]
        if room in features and inside and not inside[0].endswith(SHOWN):
            chain = graph.find_shortest_chain(module, "discord")
            astray += [" -> ".join(chain)] if chain else []
    assert astray == []


def test_the_clock_alone_knows_what_time_it_is() -> None:
    asked = []
    for path in [*(ROOT / "bot").rglob("*.py"), *(ROOT / "cogs").rglob("*.py")]:
        if path == ROOT / "bot" / "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                call = f"{node.value.id}.{node.attr}"
                if call in {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time"}:
                    asked.append(f"{path.relative_to(ROOT)}:{node.lineno} {call}")
    assert asked == []


IMPORT_ALL = """
import importlib, pkgutil, sys
seen = []
def watch(event, arguments):
    if event in {"socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen", "os.mkdir"}:
        seen.append((event, str(arguments)[:80]))
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wa+x"):
        seen.append((event, str(arguments)[:80]))
sys.dont_write_bytecode = True
sys.addaudithook(watch)
import bot, cogs
for package in (bot, cogs):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
sys.exit("\\n".join(map(str, seen)) or None)
"""


def test_importing_everything_does_nothing(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("folder", ["bot", "cogs"])
def test_a_feature_goes_by_the_names_that_everyone_knows(folder: str) -> None:
    helpers = [
        path for path in (ROOT / folder).rglob("*.py") if path.stem in {"utils", "helpers", "misc", "common"}
    ]
    assert helpers == []
