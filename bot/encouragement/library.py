"""The library of messages and facts: TOML files beside this module, read once.

A file for each category holds `[messages]`, `key = "text"` or `key = {text, fact, when, unless}`. Keys are never used
again, as they are stored with those who saw the message. A broken library is a bug that the tests find.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from bot.encouragement.situation import bits

Category = Literal[
    "pre_run",
    "post_run",
    "at_risk",
    "comeback",
    "low_day",
    "rest_day",
    "personal_best",
    "milestone",
    "group",
    "weekly_opener",
    "fact",
]
CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)

# The places that a text may have, and what has to be known to fill them.
PLACES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "kept": ("week_known",),
        "target": ("week_known",),
        "skips": ("skips_known",),
        "streak": ("streak",),
        "check_ins": ("counted",),
    }
)


@dataclass(frozen=True, slots=True)
class Message:
    """A message: its English text with {places}, and the fact that it states, if any.

    It fits where all of the conditions `needs` hold and none of `rules_out` (bits, see situation.py).
    """

    key: str
    category: Category
    text: str
    fact: str | None
    places: tuple[str, ...]
    needs: int
    rules_out: int


@dataclass(frozen=True, slots=True)
class Fact:
    """What somebody measured: the claim and its caveat (English, for `words.say`), the citation and its address."""

    id: str
    claim: str
    source: str
    link: str | None
    caveat: str | None


@dataclass(frozen=True, slots=True)
class Library:
    """All messages by key, in their categories, and all facts by id."""

    messages: Mapping[str, Message]
    categories: Mapping[Category, tuple[Message, ...]]
    facts: Mapping[str, Fact]

    def fact_of(self, message: Message) -> Fact | None:
        return self.facts[message.fact] if message.fact else None


@cache
def library() -> Library:
    """The library that comes with the bot."""
    return load(files("bot.encouragement") / "library")


def load(folder: Traversable) -> Library:
    """Reads a library; raises ValueError that names the file and key at fault."""
    facts = {key: _fact(key, entry) for key, entry in _table(folder / "facts.toml", "facts").items()}
    messages: dict[str, Message] = {}
    categories: dict[Category, tuple[Message, ...]] = {}
    for category in CATEGORIES:
        entries = _table(folder / f"{category}.toml", "messages")
        read = tuple(_message(key, category, entry) for key, entry in entries.items())
        for message in read:
            if message.key in messages:
                raise ValueError(f"{category}.toml: {message.key} is used twice")
            if message.fact and message.fact not in facts:
                raise ValueError(f"{category}.toml: {message.key} states {message.fact}, which is no fact")
            messages[message.key] = message
        categories[category] = read
    return Library(MappingProxyType(messages), MappingProxyType(categories), MappingProxyType(facts))


def _table(file: Traversable, name: str) -> dict[str, Any]:
    try:
        return dict(tomllib.loads(file.read_text("utf-8"))[name])
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise ValueError(f"{file.name}: {error}") from error


def _fact(key: str, entry: dict[str, str]) -> Fact:
    unknown = entry.keys() - {"claim", "source", "link", "caveat"}
    if unknown or not entry.get("claim") or not entry.get("source"):
        raise ValueError(f"facts.toml: {key} needs a claim and a source, and has {', '.join(sorted(entry))}")
    return Fact(key, entry["claim"], entry["source"], entry.get("link"), entry.get("caveat"))


def _message(key: str, category: Category, entry: str | dict[str, str | list[str]]) -> Message:
    entry = {"text": entry} if isinstance(entry, str) else entry
    text, fact = entry.get("text"), entry.get("fact")
    if (
        entry.keys() - {"text", "fact", "when", "unless"}
        or not isinstance(text, str)
        or isinstance(fact, list)
    ):
        raise ValueError(f"{category}.toml: {key} has a text, and may have fact, when, unless")
    try:
        places = tuple(place for _, place, _, _ in string.Formatter().parse(text) if place is not None)
        known = [need for place in places for need in PLACES[place]]
        needs = bits([*entry.get("when", ()), *known, *(["fact_allowed"] if fact else [])])
        return Message(key, category, text, fact, places, needs, bits(entry.get("unless", ())))
    except KeyError as unknown:
        raise ValueError(
            f"{category}.toml: {key} names {unknown}, which is neither place nor condition"
        ) from None
