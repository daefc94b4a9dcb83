"""A throw-away PostgreSQL server for the tests, from the binaries that are installed."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any

MISSING = "PostgreSQL tests skipped: no PostgreSQL binaries found (apt-get install postgresql)"
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "jit": "off",
    "listen_addresses": "",
}
# A role whose name is locked needs its password, every other comes in as it is.
HBA = "local all locked scram-sha-256\nlocal all all trust\n"


def binaries() -> Path | None:
    """The folder of the newest server's programs, or None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).parent if on_path else None


class Server:
    """A cluster of its own on a socket in a temporary folder, with a migrated template to copy databases from."""

    def __init__(self, programs: Path, settings: Mapping[str, str] = SETTINGS) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sw-pg-"))
        self._count = 0
        self.pid = 0
        # The server refuses to run as root: there it runs as its own user, or as nobody.
        who: dict[str, Any] = {}
        if os.geteuid() == 0:
            names = {entry.pw_name: entry for entry in pwd.getpwall()}
            entry = names.get("postgres") or names["nobody"]
            os.chown(self._folder, entry.pw_uid, entry.pw_gid)
            who = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
        data = self._folder / "data"
        subprocess.run(
            [
                programs / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
                "-A",
                "trust",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            **who,
        )
        (data / "pg_hba.conf").write_text(HBA)
        asked = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._command: list[Any] = [programs / "postgres", "-D", data, "-k", self._folder, *asked]
        self._who = who
        self._begin()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        try:
            self._admin = self._await(self._connect())
            # From 15 on it would write each block of the template to its log: four times the work.
            newer = self._admin.get_server_version().major >= 15
            self._copying = " STRATEGY FILE_COPY" if newer else ""
            self.execute("CREATE DATABASE template_second_wind")
            self._await(self._migrate())
        except BaseException:
            self.stop()
            raise

    def _begin(self) -> None:
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=subprocess.STDOUT, cwd="/", **self._who
            )
        self.pid = self._process.pid

    def restart(self, *, crash: bool, away: float = 0.0) -> None:
        """End the server and start it again after `away` seconds; every session of it ends.

        `crash`: without a goodbye, so that it recovers from its log (SIGQUIT, "immediate"); else in order, with every
        transaction under way rolled back (SIGINT, "fast").
        """
        self._process.send_signal(signal.SIGQUIT if crash else signal.SIGINT)
        self._process.wait(20)
        time.sleep(away)
        self._begin()
        self._admin = self._await(self._connect())

    def url(self, name: str, *, user: str = "postgres") -> str:
        """The address of one of the server's databases."""
        return f"postgresql://{user}@/{name}?host={self._folder}"

    def create(self, *, empty: bool = False) -> str:
        """Make a database of the newest schema, or an empty one; its name."""
        self._count += 1
        template = "template0" if empty else "template_second_wind"
        self.execute(f"CREATE DATABASE t{self._count} TEMPLATE {template}{self._copying}")
        return f"t{self._count}"

    def drop(self, name: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def execute(self, sql: str) -> None:
        """Run a statement as the server's own administrator, outside any transaction."""
        self._await(self._admin.execute(sql))

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)  # a fast shutdown, which ends every session
        self._process.wait(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _await(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    async def _connect(self) -> Any:
        import asyncpg

        deadline = time.monotonic() + 30
        while True:
            try:
                return await asyncpg.connect(self.url("postgres"))
            except (OSError, asyncpg.CannotConnectNowError):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self._folder / "log").read_text()) from None
                await asyncio.sleep(0.02)

    async def _migrate(self) -> None:
        from bot.storage import open_database

        database = await open_database(self.url("template_second_wind"))
        await database.migrate(now=0)
        await database.close()
