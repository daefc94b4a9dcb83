"""What is told of the supply: vulnerabilities, what was not asked about, what the workflows run."""

from __future__ import annotations

import os
import re
import stat
import tarfile
from pathlib import Path

import discord
import pytest

from supply.audit import Audit, ask, main, read
from supply.contained import facts, writable
from supply.image_size import layer

ROOT = Path(__file__).parents[1]
FINE = {"name": "aiohttp", "version": "3.14.5", "vulns": []}
BAD = {"name": "orjson", "version": "1.0", "vulns": [{"id": "GHSA-1", "fix_versions": ["1.1"]}]}
SKIPPED = {"name": "yarl", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "code"),
    [([FINE], 0), ([FINE, BAD], 1), ([FINE, SKIPPED], 2), ([BAD, SKIPPED], 1), ([], 2)],
)
def test_a_vulnerability_is_one_thing_and_not_knowing_another(
    packages: list[dict[str, object]], code: int
) -> None:
    assert read({"dependencies": packages}).exit_code == code


def test_a_vulnerability_is_named_with_what_mends_it() -> None:
    assert read({"dependencies": [BAD]}).vulnerable == ["orjson 1.0: GHSA-1, mended by 1.1"]


def program(folder: Path, script: str) -> str:
    path = folder / "pip-audit"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_an_audit_that_ends_in_a_traceback_was_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audit = ask(program(tmp_path, "echo 'no route to the advisories' >&2; exit 1"), "lock/run.txt")
    assert audit == Audit(unknown=["all of lock/run.txt (no route to the advisories)"])
    assert main(program(tmp_path, "exit 1"), ["lock/run.txt"]) == 2
    assert "no answer" in capsys.readouterr().out


def test_the_kernels_word_on_a_process_is_read() -> None:
    known = facts(os.getpid())
    assert known["Uid"].split()[0] == str(os.getuid())
    assert int(known["CapEff"], 16) >= 0
    assert all(place.startswith("/") for place in writable(os.getpid()))


def test_a_layer_weighs_what_its_archive_does(tmp_path: Path) -> None:
    (tmp_path / "tree" / "__pycache__").mkdir(parents=True)
    (tmp_path / "tree" / "noise").write_bytes(os.urandom(100_000))
    (tmp_path / "tree" / "__pycache__" / "more").write_bytes(os.urandom(100_000))
    with tarfile.open(tmp_path / "real.tgz", "w:gz", compresslevel=6) as real:
        real.add(tmp_path / "tree", filter=lambda each: None if "__pycache__" in each.name else each)
    own = layer(tmp_path / "tree", frozenset({"__pycache__"}))
    assert abs(own - (tmp_path / "real.tgz").stat().st_size) < 2_000
    assert 100_000 < own < 110_000


def test_the_invite_link_asks_for_the_permissions_that_are_explained() -> None:
    hosting = (ROOT / "docs/hosting.md").read_text("utf-8")
    asked = discord.Permissions(int(re.findall(r"permissions=(\d+)", hosting)[0]))
    table = hosting.split("| permission | why |")[1].split("\n\n")[0]
    named = {line.split("|")[1].strip().lower().replace(" ", "_") for line in table.splitlines()[2:]}
    aliases = {"view_channels": "view_channel"}
    # an unknown name raises
    assert discord.Permissions(**{aliases.get(name, name): True for name in named}) == asked
    for other in ("README.md", "SECURITY.md"):
        for number in re.findall(r"permissions=(\d+)", (ROOT / other).read_text("utf-8")):
            assert int(number) == asked.value


def test_the_image_is_built_on_a_digest() -> None:
    froms = re.findall(r"(?m)^FROM (\S+)", (ROOT / "Dockerfile").read_text("utf-8"))
    assert froms
    assert all(re.fullmatch(r"[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}", each) for each in froms)


def test_workflows_run_what_a_contributor_runs() -> None:
    ci = (ROOT / ".github/workflows/ci.yml").read_text("utf-8")
    assert ".ci/run" in ci
    for version in ("3.11", "3.12", "3.13"):
        assert f'"{version}"' in ci
    update = (ROOT / ".github/workflows/update.yml").read_text("utf-8")
    assert "schedule:" in update
    for target in re.findall(r"make ([a-z]+)", ci + update):
        assert re.search(rf"(?m)^{target}:", (ROOT / "Makefile").read_text("utf-8")), target
