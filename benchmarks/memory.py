"""Memory over a million events: the gateway's, and commands between them; the slope is printed with its interval.

python -m benchmarks.memory --events 1000000
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.people import Runner, everyone
from benchmarks.process import MIB, BotProcess
from benchmarks.standin import StandIn
from benchmarks.standin_world import Guild, Json

GROUPS, PEOPLE, SAMPLES, A_BATCH = 200, 20, 50, 500
A_COMMAND_EVERY = 100  # events
COMMANDS = ("run history", "checkin", "help", "goal", "settings")
Sample = tuple[int, float]  # events so far, MiB


def event(dice: random.Random, guild: Guild) -> tuple[str, Json]:
    """One of the events that a bot with the intent for guilds is sent all day."""
    created = guild.create_payload()
    kind = dice.choice(("GUILD_UPDATE", "CHANNEL_UPDATE", "GUILD_ROLE_UPDATE", "UNKNOWN_TO_US"))
    if kind == "CHANNEL_UPDATE":
        return kind, created["channels"][0] | {"guild_id": str(guild.id), "name": f"runs-{dice.randrange(9)}"}
    if kind == "GUILD_ROLE_UPDATE":
        return kind, {"guild_id": str(guild.id), "role": created["roles"][0]}
    if kind == "GUILD_UPDATE":
        light = {
            key: value for key, value in created.items() if key not in ("channels", "members", "threads")
        }
        return kind, light | {"name": f"group {dice.randrange(99)}"}
    return kind, {"guild_id": str(guild.id), "id": str(dice.randrange(2**60))}


async def measured(folder: Path, events: int, seed: int) -> tuple[list[Sample], int, float]:
    """(samples, commands answered, seconds)."""
    dice, samples, commands = random.Random(seed), list[Sample](), 0
    async with (
        StandIn(GROUPS, members=PEOPLE) as discord_,
        await BotProcess.start(discord_, folder) as bot,
    ):
        await discord_.wait_commands()
        runners = everyone(discord_, seed=seed)
        began, sent, every = time.perf_counter(), 0, max(A_BATCH, events // SAMPLES)
        while sent < events:
            for _ in range(A_BATCH):
                guild = dice.choice(discord_.guilds)
                name, data = event(dice, guild)
                await discord_.gateway.dispatch(guild.id, name, data)
            sent += A_BATCH
            # their answers also say that the process has come so far
            asked = [_command(dice, dice.choice(runners)) for _ in range(A_BATCH // A_COMMAND_EVERY)]
            await asyncio.gather(*asked)
            commands += len(asked)
            if sent % every < A_BATCH:
                samples.append((sent, bot.resident_bytes() / MIB))
        return samples, commands, time.perf_counter() - began


async def _command(dice: random.Random, runner: Runner) -> None:
    if dice.random() < 0.3:
        await runner.log_run()
    else:
        await runner.use(dice.choice(COMMANDS))


def slope(samples: list[Sample]) -> tuple[float, float]:
    """MiB per 100,000 events by least squares over the second half, and the half-width of its 95% interval."""
    half = samples[len(samples) // 2 :]
    count = len(half)
    mean_x, mean_y = sum(x for x, _ in half) / count, sum(y for _, y in half) / count
    square = sum((x - mean_x) ** 2 for x, _ in half)
    steep = sum((x - mean_x) * (y - mean_y) for x, y in half) / square
    rest = sum((y - mean_y - steep * (x - mean_x)) ** 2 for x, y in half) / max(1, count - 2)
    return steep * 100_000, 2.07 * (rest / square) ** 0.5 * 100_000  # t of 23 degrees of freedom


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.memory", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--events", type=int, default=1_000_000, help="how many (1000000)")
    parser.add_argument("--seed", type=int, default=1, help="of what comes when (1)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="second-wind-memory-") as folder:
        samples, commands, seconds = asyncio.run(measured(Path(folder), options.events, options.seed))
    for events, mib in samples[:: max(1, len(samples) // 10)]:
        print(f"{events:>9,} events  {mib:6.1f} MiB")
    steep, width = slope(samples)
    print(
        f"{samples[-1][0]:,} events of {GROUPS} groups and {commands:,} commands among them in {seconds:.0f} s: "
        f"{samples[0][1]:.1f} MiB, in the end {samples[-1][1]:.1f}; over the second half "
        f"{steep:+.3f} MiB per 100,000 events (95%: {steep - width:+.3f} to {steep + width:+.3f})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
