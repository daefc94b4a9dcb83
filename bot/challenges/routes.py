"""Named routes with places on the way: TOML files in the folder beside this module, and those of the host's folder.

A file holds `key`, `name` and `line`, and two or more `[[places]]` with `name`, `metres` (from the start, where the
first place lies) and `line`. Names are shown as they are; the lines of our own routes go to translators. A key is
stored with the challenges that use it and never changes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from bot.challenges.rules import LONGEST_LINE, MOST_METRES
from bot.errors import HostError
from bot.ui.text import clean

MOST_ROUTES: Final = 25  # the options of a menu
MOST_PLACES: Final = 60
LONGEST_NAME: Final = 60
LONGEST_KEY: Final = 40
_KEY = re.compile(rf"[a-z0-9_]{{1,{LONGEST_KEY}}}", re.ASCII)
_LARGEST_FILE = 100_000  # bytes


@dataclass(frozen=True, slots=True)
class Place:
    """A place on a route, `metres` from its start, and a line about it (English, for `words.say`)."""

    name: str
    metres: int
    line: str


@dataclass(frozen=True, slots=True)
class Route:
    """A way from the first of its places, at 0 metres, to the last, and a line about it (English, for `words.say`)."""

    key: str
    name: str
    line: str
    places: tuple[Place, ...]

    @property
    def length(self) -> int:
        """Metres from start to end."""
        return self.places[-1].metres


class _Folder:
    """What the host added, once the bot has started."""

    routes: Mapping[str, Route] = MappingProxyType({})


def routes() -> Mapping[str, Route]:
    """Every route by its key: our own, then the host's, each in the order of their names."""
    return MappingProxyType({**_packaged(), **_Folder.routes})


def route_of(key: str | None) -> Route | None:
    """The route of a key; None where there is none, or none any more."""
    return routes().get(key or "")


def reached(route: Route, metres: int) -> tuple[Place | None, Place | None]:
    """The last place that is reached after `metres`, and the next one; None where there is none."""
    behind = [each for each in route.places if each.metres <= metres]
    ahead = route.places[len(behind) :]
    return behind[-1] if behind else None, ahead[0] if ahead else None


def use_folder(folder: Path | None) -> None:
    """Read the routes of the host's folder beside our own; None: there is no such folder.

    Raises HostError (exit code 2) that names the file and what to mend.
    """
    if folder is None:
        _Folder.routes = MappingProxyType({})
        return
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix == ".toml" and path.is_file())
    except OSError as error:
        raise HostError(
            f"challenges.routes_folder: {folder} cannot be read ({error.strerror}). Name a folder that this user may "
            "read, or leave the setting out.",
            exit_code=2,
        ) from None
    try:
        read = load(found, taken=_packaged())
    except ValueError as error:
        raise HostError(f"challenges.routes_folder: {folder}/{error}", exit_code=2) from None
    if len(_packaged()) + len(read) > MOST_ROUTES:
        raise HostError(
            f"challenges.routes_folder: {folder} holds more than the {MOST_ROUTES - len(_packaged())} routes that fit "
            "in a menu beside ours. Move some elsewhere.",
            exit_code=2,
        )
    _Folder.routes = read


def load(
    found: Iterable[Traversable], taken: Mapping[str, Route] = MappingProxyType({})
) -> Mapping[str, Route]:
    """Reads files; `taken` are keys in use already. Raises ValueError that names the file and what to mend."""
    read: dict[str, Route] = {}
    for file in found:
        try:
            route = _route(_content(file))
            if route.key in read or route.key in taken:
                raise ValueError(f"the key {route.key} is another route's: choose another.")
        except ValueError as error:
            raise ValueError(f"{file.name}: {error}") from None
        read[route.key] = route
    return MappingProxyType(dict(sorted(read.items(), key=lambda each: each[1].name.casefold())))


@cache
def _packaged() -> Mapping[str, Route]:
    """The routes that come with the bot."""
    folder = files("bot.challenges") / "routes"
    return load(
        sorted((each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda f: f.name)
    )


def _content(file: Traversable) -> dict[str, Any]:
    try:
        with file.open("rb") as opened:
            raw = opened.read(_LARGEST_FILE + 1)
        if len(raw) > _LARGEST_FILE:
            raise ValueError("is larger than 100 kB, too large for a route.")
        return tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise ValueError("is not UTF-8 text: save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"is not valid TOML: {error}. Mend that line.") from None
    except RecursionError:
        raise ValueError("is nested too deeply for a route.") from None


def _route(content: dict[str, Any]) -> Route:
    _check_names(content, {"key", "name", "line", "places"}, "the route")
    key = content["key"]
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise ValueError(f"key has to be 1 to {LONGEST_KEY} of a to z, 0 to 9 and _.")
    entries = content["places"]
    if not isinstance(entries, list) or not 2 <= len(entries) <= MOST_PLACES:
        raise ValueError(f"places has to be 2 to {MOST_PLACES} entries, each beginning with [[places]].")
    places = tuple(_place(entry, number) for number, entry in enumerate(entries, start=1))
    if places[0].metres != 0:
        raise ValueError("place 1 is the start: its metres have to be 0.")
    for before, after in pairwise(places):
        if after.metres <= before.metres:
            raise ValueError(f"metres have to grow from place to place, and do not at {after.name}.")
    return Route(
        key,
        _text(content["name"], LONGEST_NAME, "name"),
        _text(content["line"], LONGEST_LINE, "line"),
        places,
    )


def _place(entry: object, number: int) -> Place:
    where = f"place {number}"
    if not isinstance(entry, dict):
        raise ValueError(f"{where} has to begin with [[places]].")  # noqa: TRY004 - the file is wrong, not the program
    _check_names(entry, {"name", "metres", "line"}, where)
    metres = entry["metres"]
    if type(metres) is not int or not 0 <= metres <= MOST_METRES:
        raise ValueError(f"{where}: metres has to be a whole number from 0 to {MOST_METRES}.")
    return Place(
        _text(entry["name"], LONGEST_NAME, f"{where}: name"),
        metres,
        _text(entry["line"], LONGEST_LINE, f"{where}: line"),
    )


def _check_names(entry: dict[str, Any], wanted: set[str], where: str) -> None:
    missing, unknown = sorted(wanted - entry.keys()), sorted(map(str, entry.keys() - wanted))
    if missing:
        raise ValueError(f"{where} has no {missing[0]}: add it.")
    if unknown:
        raise ValueError(f"{where} has {clean(unknown[0], 40)}, which means nothing: take it out.")


def _text(value: object, longest: int, where: str) -> str:
    text = clean(value, longest + 1) if isinstance(value, str) else ""
    if not text or len(text) > longest:
        raise ValueError(f"{where} has to be text of 1 to {longest} characters in quotes.")
    return text
