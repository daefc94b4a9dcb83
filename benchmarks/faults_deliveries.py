"""Kills the bot at every step of its deliveries while Discord has a bad day: nothing comes twice, nothing is lost.

python -m benchmarks.faults deliveries --kills 500 --seed 1
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

from benchmarks.faults_found import Found
from benchmarks.faults_report import Report
from benchmarks.faults_round import Round
from benchmarks.faults_world import empty_database
from benchmarks.forks import ForkServer
from benchmarks.side_by_side import campaigns

KILLS_A_ROUND = 12
NONCE_WINDOWS = (0.0, 300.0)


async def campaign(folder: Path, *, kills: int, seed: int, loud: bool = False) -> Found:
    """`kills` kills in rounds of a dozen, each with a file of its own; the nonce's window is another every round."""
    found = Found()
    template = folder / "empty.db"
    await empty_database(template)
    async with ForkServer() as forks:
        for number in range(-(-kills // KILLS_A_ROUND)):
            room = folder / f"round-{number}"
            room.mkdir()
            some = min(KILLS_A_ROUND, kills - number * KILLS_A_ROUND)
            window = NONCE_WINDOWS[(seed + number) % 2]
            before = len(found.cases)
            await Round(
                room, forks, found, kills=some, seed=seed * 100_003 + number, nonce_seconds=window
            ).run(template)
            for case in found.cases[before:]:
                print(f"seed {seed}, round {number}: {case}", file=sys.stderr, flush=True)
            if loud:
                print(f"seed {seed}: {found.kills.total()} of {kills} kills", file=sys.stderr, flush=True)
    return found


def _one(folder: Path, kills: int, seed: int) -> Found:
    return asyncio.run(campaign(folder, kills=kills, seed=seed, loud=True))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=500, help="how often in all (500)")
    parser.add_argument("--seed", type=int, default=1, help="of moments, steps, faults and schedules (1)")
    parser.add_argument("--at-once", type=int, default=2, help="campaigns beside each other (2)")


def run(options: argparse.Namespace) -> Report:
    """As many campaigns as go at once."""
    started = time.perf_counter()
    every = Found()
    seeds, found = campaigns(_one, options)
    for each in found:
        every.add(each)
    return every.report(seeds, options.kills, time.perf_counter() - started)
