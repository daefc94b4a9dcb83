"""Kills the bot while runs are logged, as a part of the campaign."""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

from benchmarks.faults_report import Report
from benchmarks.kills import Campaign, campaign
from benchmarks.side_by_side import campaigns


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=1_500, help="how often in all (1500)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and of who logs (1)")
    parser.add_argument("--at-once", type=int, default=2, help="campaigns beside each other (2)")


def _one(folder: Path, kills: int, seed: int) -> Campaign:
    return asyncio.run(campaign(folder, kills=kills, seed=seed))


def run(options: argparse.Namespace) -> Report:
    """As many campaigns as go at once, each with a database of its own."""
    started = time.perf_counter()
    seeds, every = campaigns(_one, options)
    return Report(
        "kills",
        done={
            "kills": sum(one.kills for one in every),
            "answered runs": sum(len(one.answered) for one in every),
            "in flight when killed": sum(one.in_flight for one in every),
            "delivered again": sum(one.delivered_again for one in every),
        },
        seeds=seeds,
        found={
            "acknowledged and lost": sum(len(one.lost) for one in every),
            "stored twice": sum(len(one.doubled) for one in every),
            "stored and never sent": sum(len(one.strange) for one in every),
            "refused without reason": sum(len(one.refused) for one in every),
            "damaged files": sum(one.integrity != "ok" for one in every),
        },
        bars={"kills": options.kills},
        notes=[f"refused: {text}" for text in sorted({text for one in every for text in one.refused})[:5]],
        seconds=time.perf_counter() - started,
    )
