"""The child of test_restore_kills.py: restores again and again, killed at one step after the other.

A step is whatever the audit hook hears of the database's folder: a file opened, linked, renamed, removed, a connection
made. For each a fork restores until that step and is killed there; what it left is compared with the old and the new.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.backups.restoring import restore
from bot.erasures.ledger import Ledger

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
HEARD = {
    "open",
    "os.rename",
    "os.link",
    "os.remove",
    "os.chmod",
    "os.truncate",
    "sqlite3.connect",
    "shutil.copyfile",
}


def restored(folder: Path, kill_at: int) -> int:
    """Restore in a fork that is killed at its step number `kill_at`; its exit code, or minus the signal."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    steps = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps
        if event in HEARD and str(folder).encode() in os.fsencode(str(arguments[0])):
            steps += 1
            if steps == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    code = 1
    try:
        sys.addaudithook(hook)
        asyncio.run(restore(f"sqlite:///{folder}/second-wind.db", Ledger(folder / "backups"), NOW))
        (folder.parent / "steps").write_text(str(steps))
        code = 0
    finally:
        os._exit(code)


def state(path: Path) -> str:
    """What a bot would find at `path`: old, new, or neither."""
    if not path.exists():
        return "none"
    raw = sqlite3.connect(path)
    try:
        if raw.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            return "damaged"
        groups = [group for (group,) in raw.execute("SELECT group_id FROM groups ORDER BY 1")]
    except sqlite3.Error as error:
        return f"damaged: {error}"
    finally:
        raw.close()
    return {(1,): "new", (1, 2): "old"}.get(tuple(groups), f"other: {groups}")


def main(template: Path, work: Path, every: int) -> None:
    """`template` holds a database that a killed bot left and its backups; the outcomes go to standard output."""
    folder = work / "data"

    def fresh() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(template, folder)

    fresh()
    if restored(folder, 0) != 0:
        raise SystemExit("a restore that nobody kills did not end well")
    steps = int((work / "steps").read_text())
    outcomes = []
    for step in range(1, steps + 1):
        if step % every and step < steps - 5:
            continue
        fresh()
        code = restored(folder, step)
        outcomes.append({"step": step, "code": code, "left": state(folder / "second-wind.db")})
        again = restored(folder, 0)
        kept = [path for path in folder.glob("second-wind.db.before-*") if not path.name.endswith("-wal")]
        outcomes[-1] |= {
            "again": again,
            "then": state(folder / "second-wind.db"),
            "kept": sorted(state(path) for path in kept),
            "litter": [path.name for path in folder.iterdir() if ".restoring" in path.name],
        }
    json.dump({"steps": steps, "outcomes": outcomes}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
