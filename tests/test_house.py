"""The house is in order: what is pinned, what is written where, and what people read."""

from __future__ import annotations

import ast
import functools
import io
import re
import string
import subprocess
import tomllib
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
LOCKS = ("run", "demo", "postgresql", "test")
ALL_LOCKS = (*LOCKS, "supply")
# Put together here, so that this file does not hold what it looks for.
UNWANTED = (".." + "/shared", "pypi" + ".org", "python" + "hosted", "npm" + "js.", "deb." + "debian")
# What a kind sentence does without.
UNKIND = (
    "should|must|no excuses|lazy|only|finally|don't break|failed|cheat|cheated|burn|burnt|earn|earned"
    "|fat|weight|calories"
)
KEYWORDS = {"say": (1,), "count": (1, 2), "Refusal": (1,), "locale_str": (1,)}
METHODS, _ = parse_mapping_cfg(io.StringIO((ROOT / "babel.cfg").read_text(encoding="utf-8")))  # type: ignore[no-untyped-call]


def files(*endings: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name.endswith(endings) and (ROOT / name).is_file()]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"(?m)^([a-z0-9.-]+)(?:\[.*?\])?==(\S+)", text(f"lock/{name}.txt")))


def test_no_file_names_a_registry_or_what_lies_outside_the_repository() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {unwanted}"
        for path in files("")
        for unwanted in UNWANTED
        if unwanted.encode() in path.read_bytes()
    ]
    assert found == []


@pytest.mark.parametrize("name", ALL_LOCKS)
def test_a_lock_pins_and_hashes_everything_and_holds_no_address(name: str) -> None:
    lock = text(f"lock/{name}.txt")
    assert "://" not in lock
    entries = re.split(r"(?m)^(?=\S)", lock)[1:]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+(\[[a-z,]+\])?==", entry), entry[:60]
        assert "--hash=sha256:" in entry, entry[:60]


def test_locks_agree_and_hold_what_the_project_asks_for() -> None:
    every = pins("test")
    for name in LOCKS:
        assert pins(name).items() <= every.items()
    project = tomllib.loads(text("pyproject.toml"))
    asked = {
        "run": project["project"]["dependencies"],
        "demo": project["project"]["optional-dependencies"]["demo"],
        "postgresql": project["project"]["optional-dependencies"]["postgresql"],
        "test": project["dependency-groups"]["test"],
    }
    for name, requirements in asked.items():
        names = {re.split(r"[\[<>=;! ]", each)[0].lower().replace(".", "-") for each in requirements}
        assert names <= set(pins(name)), name


def test_no_file_has_grown_past_one_thing() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in files(".py")
        if "tests" not in path.parts and (lines := path.read_text(encoding="utf-8").count("\n")) > 350
    }
    assert long == {}


def test_no_function_has_grown_past_a_screen() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in files(".py")
        if "tests" not in path.parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno >= 60
    ]
    assert long == []


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|NotImplemented" + r"Error)\b")
    found = [
        str(path.relative_to(ROOT)) for path in files(".py", ".sql") if later.search(path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "target",
    [
        *("demo", "run", "test", "check", "bench", "kills", "feelings", "occurrences", "standings"),
        *(
            "backups",
            "processes",
            "memory",
            "faults",
            "lock",
            "update",
            "sbom",
            "audit",
            "imagesize",
            "contained",
        ),
        *("words", "clean", "help"),
    ],
)
def test_make_knows_every_target_it_promises(target: str) -> None:
    planned = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert planned.returncode == 0, planned.stderr
    assert (
        f"make {target}" in subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True).stdout
    )


def test_ci_runs_what_a_contributor_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    assert script.read_text(encoding="utf-8").rstrip().endswith("make check")
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


def test_the_image_runs_as_nobody_special_and_says_how_it_fares() -> None:
    image = text("Dockerfile")
    assert len(re.findall(r"(?m)^FROM ", image)) >= 2, "built in stages"
    assert "--require-hashes" in image
    assert "HEALTHCHECK" in image
    users = re.findall(r"(?m)^USER (\S+)", image)
    assert users
    assert users[-1] not in {"root", "0"}
    assert "read_only: true" in text("compose.yaml")


@functools.cache
def sentences() -> frozenset[str]:
    """Every sentence that people see, extracted afresh; both forms of a counted one."""
    found: set[str] = set()
    for room in ("bot", "cogs"):
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / room, METHODS, keywords=KEYWORDS
        ):
            found.update([message] if isinstance(message, str) else message)
    return frozenset(found)


def test_the_template_for_translators_holds_every_sentence() -> None:
    with (ROOT / "bot/locale/second_wind.pot").open("rb") as file:
        template: set[str] = set()
        for message in read_po(file):
            template.update([message.id] if isinstance(message.id, str) else message.id)
    fresh = sentences()
    assert template - {""} == fresh, "make words brings the template up to date"


def test_every_sentence_is_kind() -> None:
    # "Only you see this" says who sees it, and belittles nobody.
    told = {each: re.sub(r"(?i)\bonly (you|organisers)\b", "", each) for each in sorted(sentences())}
    unkind = [each for each, rest in told.items() if re.search(rf"(?i)\b({UNKIND})\b", rest)]
    assert unkind == []


def test_every_place_in_a_sentence_has_a_name() -> None:
    for sentence in sentences():
        for _text, place, form, _conversion in string.Formatter().parse(sentence):
            assert place is None or (place.isidentifier() and not form), sentence


def test_the_changelog_tells_of_what_is_not_released_yet() -> None:
    assert "## [Unreleased]" in text("CHANGELOG.md")
