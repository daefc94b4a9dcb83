"""Where pictures are drawn: one thread, one picture after the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
D = TypeVar("D", bound="Picture | None")
LONGEST_ALT = 1024  # characters of an attachment's description


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG, the same said in words (at most 1,024 characters), and the name of its file."""

    png: bytes
    alt: str
    filename: str

    def __post_init__(self) -> None:
        if len(self.alt) > LONGEST_ALT:
            raise ValueError("the description of a picture has at most 1,024 characters")


def in_words(sentences: Sequence[str]) -> str:
    """The sentences as a picture's description: as many from the first as fit."""
    told = ""
    for sentence in sentences:
        if len(told) + 1 + len(sentence) > LONGEST_ALT:
            break
        told = f"{told} {sentence}".strip()
    return told


class Studio:
    """Draws pictures in one thread. The thread starts with the first picture."""

    def __init__(self) -> None:
        # A second thread would gain nothing: drawing holds the interpreter for most of its time.
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")

    async def draw(self, drawing: Callable[P, D], /, *args: P.args, **kwargs: P.kwargs) -> D:
        """What `drawing` returns, called in the studio's thread; raises what it raises."""
        work = partial(drawing, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def close(self) -> None:
        """Let the thread end after the picture under way; what waits behind it is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)
