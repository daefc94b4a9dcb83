"""Reads a server's database into a file, in a process of its own: so many rows in Python would hold up the bot.

python -m bot.backups.server_child FILE MOMENT, the address on standard input; ends with its parent, however that ends.
On standard output: the rows of each table, or what the host has to know, as JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

from bot.backups.aside import NICENESS, Brake
from bot.backups.snapshot import LEFT_OUT
from bot.copying.files import server_into_file
from bot.errors import HostError, StorageUnavailable
from bot.storage import open_database


def read_server(url: str, file: Path, now: int, brake: Brake) -> dict[str, int]:
    """Copy the database of `url` into the empty `file`; how many rows each table has there. `now`: epoch seconds.

    Blocks until it is done. Raises HostError, Halted.
    """
    command = [sys.executable, "-m", __name__, str(file), str(now)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:  # noqa: S603
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            with brake.stopped_by(child.kill):
                child.stdin.write(url.encode() + b"\n")
                child.stdin.flush()
                said = child.stdout.read()
        except BaseException:
            child.kill()
            raise
    brake.check()
    try:
        answer = json.loads(said)
    except ValueError:
        raise HostError(
            f"No backup was made: the process that reads the server ended with {child.returncode}; look at the memory "
            "that is left."
        ) from None
    if "refused" in answer:
        raise HostError(answer["refused"], exit_code=answer.get("exit_code", 1))
    counts: dict[str, int] = answer["counts"]
    return counts


async def _copied(url: str, file: Path, now: int) -> dict[str, object]:
    try:
        database = await open_database(url)
        try:
            return {"counts": await server_into_file(database, file, now=now, without=LEFT_OUT)}
        finally:
            await database.close()
    except StorageUnavailable as error:
        return {
            "refused": f"PostgreSQL gave no answer ({error.reason}), so no backup was made: look at the server."
        }
    except sqlite3.Error as error:
        return {"refused": f"No backup was made in {file.parent} ({error}): look at the disk."}
    except HostError as error:
        return {"refused": str(error), "exit_code": error.exit_code}


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def main() -> int:
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    url = sys.stdin.readline().strip()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    print(json.dumps(asyncio.run(_copied(url, Path(sys.argv[1]), int(sys.argv[2])))), flush=True)  # noqa: T201
    os._exit(0)  # the thread that waits for the parent holds standard input


if __name__ == "__main__":
    sys.exit(main())
