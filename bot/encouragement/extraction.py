"""Lets Babel read the library's texts, so that they reach translators like every other sentence."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from pathlib import PurePath
from typing import BinaryIO

Extracted = tuple[int, None, str, list[str]]


def extract(
    file: BinaryIO, _keywords: Collection[str], _tags: Collection[str], options: Mapping[str, object]
) -> Iterator[Extracted]:
    """Babel's extraction method: the messages of a category, or the claims and caveats of the facts.

    The comment says which category a text belongs to. `options` are not used.
    """
    content = file.read().decode("utf-8")
    read = tomllib.loads(content)
    lines = content.splitlines()
    about = PurePath(file.name).stem.replace("_", " ")
    for key, entry in read.get("messages", {}).items():
        text = entry if isinstance(entry, str) else entry["text"]
        yield _line(lines, f"{key} ="), None, text, [f"Encouragement: {about}"]
    for key, fact in read.get("facts", {}).items():
        for part in ("claim", "caveat"):
            if part in fact:
                yield _line(lines, f"[facts.{key}]"), None, fact[part], [f"Fact {key}: {part}"]


def _line(lines: list[str], start: str) -> int:
    """The number of the line that begins so, from 1."""
    return next(number for number, line in enumerate(lines, 1) if line.startswith(start))
