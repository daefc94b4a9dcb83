"""Which way each part of a text runs, and the order in which the parts are seen.

The rules are those of Unicode's bidirectional algorithm (UAX #9) for one line: P2, P3, W1 to W7, N1, N2, I1, I2, L1
and L2. Left out are the invisible marks of explicit embedding, which have no effect here, and the pairing of brackets
(N0), which changes a bracket alone and that seldom.
"""

from __future__ import annotations

import unicodedata
from itertools import groupby

_NEUTRAL = {"B", "S", "WS", "ON"}
_IGNORED = {"BN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def parts_as_seen(text: str) -> list[tuple[str, bool]]:
    """`text` cut into (part, whether it runs from right to left), from left to right; each part in reading order."""
    base = int(next((each in ("R", "AL") for each in map(_kind, text) if each in ("L", "R", "AL")), False))
    levels = _levels([_kind(character) for character in text], base)
    runs: list[tuple[int, str]] = []
    start = 0
    for level, group in groupby(levels):
        end = start + len(list(group))
        runs.append((level, text[start:end]))
        start = end
    for least in range(max(levels, default=0), 0, -1):  # L2
        ordered: list[tuple[int, str]] = []
        turned: list[tuple[int, str]] = []
        for run in runs:
            if run[0] >= least:
                turned.insert(0, run)
            else:
                ordered += [*turned, run]
                turned = []
        runs = ordered + turned
    return [(part, level % 2 == 1) for level, part in runs]


def _kind(character: str) -> str:
    kind = unicodedata.bidirectional(character) or "L"
    return "NSM" if kind in _IGNORED else kind


def _levels(kinds: list[str], base: int) -> list[int]:
    edge = "R" if base else "L"
    strong = _directions(_numbers(_marks(kinds, edge), edge), edge)
    levels = []
    for direction in strong:
        if base % 2 == 0:  # I1
            levels.append(base + {"L": 0, "R": 1}.get(direction, 2))
        else:  # I2
            levels.append(base + (0 if direction == "R" else 1))
    for at in range(len(kinds) - 1, -1, -1):  # L1
        if kinds[at] not in ("WS", "B", "S"):
            break
        levels[at] = base
    return levels


def _marks(kinds: list[str], edge: str) -> list[str]:
    """W1 to W3: marks take after their letter, digits after Arabic letters are Arabic numbers."""
    found, last, letter = [], edge, edge
    for each in kinds:
        kind = last if each == "NSM" else each
        last = kind
        if kind in ("L", "R", "AL"):
            letter = kind
        if kind == "EN" and letter == "AL":
            kind = "AN"
        found.append("R" if kind == "AL" else kind)
    return found


def _numbers(kinds: list[str], edge: str) -> list[str]:
    """W4 to W7: signs within numbers belong to them, numbers after a letter from the left run with it."""
    found = list(kinds)
    for at in range(1, len(found) - 1):
        before, after = found[at - 1], kinds[at + 1]
        if before == after and (
            (kinds[at] in ("ES", "CS") and before == "EN") or (kinds[at] == "CS" and before == "AN")
        ):
            found[at] = before
    start = 0
    for kind, group in groupby(list(found)):
        end = start + len(list(group))
        if kind == "ET" and "EN" in (*found[start - 1 : start], *found[end : end + 1]):
            found[start:end] = ["EN"] * (end - start)
        start = end
    letter = edge
    for at, kind in enumerate(found):
        if kind in ("L", "R"):
            letter = kind
        elif kind in ("ES", "ET", "CS"):
            found[at] = "ON"
        elif kind == "EN" and letter == "L":
            found[at] = "L"
    return found


def _directions(kinds: list[str], edge: str) -> list[str]:
    """N1 and N2: what has no direction takes its neighbours' where they agree, else the text's."""
    found: list[str] = []
    start = 0
    for neutral, group in groupby(kinds, lambda kind: kind in _NEUTRAL):
        run = list(group)
        start += len(run)
        if neutral:
            before = _side(found[-1]) if found else edge
            after = _side(kinds[start]) if start < len(kinds) else edge
            run = [before if before == after else edge] * len(run)
        found.extend(run)
    return found


def _side(kind: str) -> str:
    return "L" if kind == "L" else "R"
