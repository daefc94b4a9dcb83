"""Ends, freezes and cuts off two processes on one PostgreSQL, and the server under them: nothing is lost or doubled.

python -m benchmarks.faults processes --kills 200 --seed 1
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from pathlib import Path

from benchmarks.faults_pair import Pair, PairFound
from benchmarks.faults_report import Report
from benchmarks.faults_round import GROUPS, PEOPLE
from benchmarks.faults_world import empty_database
from benchmarks.forks import ForkServer
from benchmarks.processes import SERVER
from benchmarks.side_by_side import campaigns
from tests import postgresql

KILLS_A_ROUND = 16


async def campaign(
    folder: Path, *, kills: int, seed: int, loud: bool = False, groups: int = GROUPS, people: int = PEOPLE
) -> PairFound:
    """`kills` kills in rounds, each with a database of its own on one server."""
    programs = postgresql.binaries()
    if programs is None:
        raise SystemExit(postgresql.MISSING)
    found, template = PairFound(), folder / "empty.db"
    await empty_database(template)
    server = await asyncio.to_thread(postgresql.Server, programs, SERVER)
    try:
        async with ForkServer() as forks:
            number = 0
            while (left := kills - found.killed) > 0:
                room = folder / f"round-{number}"
                room.mkdir()
                before = len(found.cases)
                pair = Pair(
                    room,
                    forks,
                    server,
                    found,
                    kills=min(KILLS_A_ROUND, left),
                    seed=seed * 100_003 + number,
                    groups=groups,
                    people=people,
                )
                await pair.run(template)
                for case in found.cases[before:]:
                    print(f"seed {seed}, round {number}: {case}", file=sys.stderr, flush=True)
                if loud:
                    print(f"seed {seed}: {found.killed} of {kills} kills", file=sys.stderr, flush=True)
                number += 1
    finally:
        await asyncio.to_thread(server.stop)
    return found


def _one(folder: Path, kills: int, seed: int) -> PairFound:
    return asyncio.run(campaign(folder, kills=kills, seed=seed, loud=True))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=200, help="how often in all (200)")
    parser.add_argument("--seed", type=int, default=1, help="of moments, steps, faults and schedules (1)")
    parser.add_argument("--at-once", type=int, default=2, help="campaigns beside each other (2)")


def run(options: argparse.Namespace) -> Report:
    """As many campaigns as go at once, each with a server of its own."""
    started, every = time.perf_counter(), PairFound()
    seeds, found = campaigns(_one, options)
    for each in found:
        every.add(each)
    return every.report(seeds, options.kills, time.perf_counter() - started)
