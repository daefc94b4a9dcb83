"""Lets Babel read the lines of our own routes, so that they reach translators like every other sentence."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

Extracted = tuple[int, None, str, list[str]]


def extract(
    file: BinaryIO, _keywords: Collection[str], _tags: Collection[str], options: Mapping[str, object]
) -> Iterator[Extracted]:
    """Babel's extraction method: the line of a route and those of its places; names stay as they are.

    `options` are not used.
    """
    content = file.read().decode("utf-8")
    read = tomllib.loads(content)
    for about, line in [
        (read["name"], read["line"]),
        *((f"{read['name']}, {place['name']}", place["line"]) for place in read["places"]),
    ]:
        yield content[: content.index(line)].count("\n") + 1, None, line, [f"Route: {about}"]
