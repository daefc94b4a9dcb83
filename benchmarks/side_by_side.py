"""Campaigns of kills that run beside each other, each in a process and a folder of its own."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def campaigns(one: Callable[[Path, int, int], T], options: argparse.Namespace) -> tuple[list[int], list[T]]:
    """Share `options.kills` out among `options.at_once` campaigns; their seeds, and what each found.

    `one` is called with a folder, a number of kills and a seed; the processes find it by its name, so it stands at the
    top of a module.
    """
    seeds = [options.seed * 1_000 + number for number in range(options.at_once)]
    with (
        tempfile.TemporaryDirectory(prefix="second-wind-faults-") as folder,
        ProcessPoolExecutor(options.at_once, mp_context=get_context("spawn")) as pool,
    ):
        jobs = []
        for number, seed in enumerate(seeds):
            own = Path(folder) / str(number)
            own.mkdir()
            kills = options.kills // options.at_once + (number < options.kills % options.at_once)
            jobs.append(pool.submit(one, own, kills, seed))
        return seeds, [job.result() for job in jobs]
