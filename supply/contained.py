"""Runs the bot the way its container does where no engine can: as root on Linux, about ten seconds.

python -m supply.contained

In a mount namespace of its own the whole tree of this machine is read-only; /data and /tmp alone can be written, as
small file systems in memory. The bot runs there as user 10001, without a capability and without a way to gain one,
against the stand-in of Discord. It has to connect, answer a check-in and its health check, and end on SIGTERM; what the
kernel says of the process is printed.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path

import aiohttp

from benchmarks.standin import StandIn

ROOT = Path(__file__).resolve().parent.parent
USER = 10_001
WRITABLE = ("/data", "/tmp")
# Every mount becomes read-only first; then the two places are put over it. exec: signals reach the bot itself.
CELL = f"""
set -e
mount --make-rprivate /
mkdir -p /data
mount -t tmpfs -o size=64m,mode=0700,uid={USER},gid={USER},nosuid,nodev tmpfs /data
mount -t tmpfs -o size=256m,mode=1777,nosuid,nodev tmpfs /tmp
awk '$2 !~ "^/(proc|sys|dev|data|tmp)" {{print $2}}' /proc/self/mounts | sort -u |
    while read -r at; do mount -o remount,bind,ro "$at" 2>/dev/null || mount -o remount,ro "$at"; done
cd /data
exec setpriv --reuid {USER} --regid {USER} --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs "$@"
"""
FACTS = ("Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs")


def facts(pid: int) -> dict[str, str]:
    """What the kernel says of a process."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    found = dict(line.split(":", 1) for line in lines)
    return {name: " ".join(found[name].split()) for name in FACTS}


def writable(pid: int) -> list[str]:
    """The places of its tree that are not mounted read-only, but for the kernel's own."""
    mounts = [line.split() for line in Path(f"/proc/{pid}/mounts").read_text("utf-8").splitlines()]
    return sorted(
        {at for _, at, kind, options, *_ in mounts if "ro" not in options.split(",") and kind not in _KERNELS}
    )


_KERNELS = {"proc", "sysfs", "devtmpfs", "devpts", "mqueue", "cgroup", "cgroup2"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def healthy(port: int, *, patience: float = 30.0) -> str:
    """Wait until the health check is content; what it says."""
    async with asyncio.timeout(patience), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
                    if answer.status == 200:
                        return await answer.text()
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


async def contained(log: Path) -> int:
    """Run it; the exit code is 1 where anything of the cell does not hold."""
    port = free_port()
    async with StandIn() as discord_:
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "SECONDWIND_DISCORD__TOKEN": discord_.token,
            "SECONDWIND_DISCORD__API_BASE": discord_.api_base,
            "SECONDWIND_STORAGE__URL": "sqlite:////data/second-wind.db",
            "SECONDWIND_MONITORING__PORT": str(port),
            "SECONDWIND_LOG__FORMAT": "json",
        }
        with log.open("wb") as out:
            bot = await asyncio.create_subprocess_exec(
                *("unshare", "--mount", "sh", "-c", CELL, "cell", sys.executable, "-m", "bot", "run"),
                env=environment,
                stdout=out,
                stderr=out,
            )
        try:
            await discord_.wait_connected()
            await discord_.wait_commands()
            answer = await discord_.slash("run log", options={"distance": "5k", "time": "26:41"})
            said, known, places = await healthy(port), facts(bot.pid), writable(bot.pid)
        finally:
            if bot.returncode is None:
                bot.send_signal(signal.SIGTERM)
            code = await asyncio.wait_for(bot.wait(), 15)
    wrong = [
        *(f"{name} is {known[name]}" for name in FACTS if name.startswith("Cap") and int(known[name], 16)),
        *(f"{name} is {known[name]}" for name in ("Uid", "Gid") if set(known[name].split()) != {str(USER)}),
        *([] if known["NoNewPrivs"] == "1" else ["it could gain privileges"]),
        *(
            f"{place} can be written"
            for place in places
            if not place.startswith((*WRITABLE, "/dev", "/proc", "/sys"))
        ),
        *([] if answer.callback and answer.callback["type"] == 4 else ["/run log got no answer"]),
        *([] if code == 0 else [f"it ended with {code}"]),
    ]
    for name, value in known.items():
        print(f"{name:<12} {value}")
    print(
        f"writable     {', '.join(places)}\n/run log     answered\n/healthz     {said}\nSIGTERM      ended with {code}"
    )
    print("\n".join(f"WRONG: {each}" for each in wrong) or "the cell holds")
    return 1 if wrong else 0


def main() -> int:
    missing = [program for program in ("unshare", "setpriv", "mount", "awk") if shutil.which(program) is None]
    if os.geteuid() != 0 or missing:
        print(f"needs root on Linux{' and ' + ', '.join(missing) if missing else ''}", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="second-wind-cell-", dir="/var/tmp") as folder:
        log = Path(folder) / "bot.log"
        try:
            return asyncio.run(contained(log))
        except (TimeoutError, AssertionError):
            print(log.read_text(errors="replace")[-4000:], file=sys.stderr)
            raise


if __name__ == "__main__":
    sys.exit(main())
