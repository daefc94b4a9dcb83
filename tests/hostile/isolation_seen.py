"""What a step showed to whom, and the two groups' people."""

from __future__ import annotations

import contextlib
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# alice and bob are in group a, carol and dan in b, eve in both; olive and dan organise.
MEMBERS = {"a": ("alice", "bob", "olive", "eve"), "b": ("carol", "dan", "eve")}
PEOPLE = ("alice", "bob", "olive", "carol", "dan", "eve")
ORGANISERS = ("olive", "dan")
MARKS = {"a": "amberfinch", "b": "bluewren"}  # stand in everything that is typed in a group


@dataclass
class Seen:
    """What one step showed: to everybody in a channel, and to people alone; and what was logged."""

    public: dict[str, list[str]] = field(default_factory=dict)  # by group
    private: dict[str, list[str]] = field(default_factory=dict)  # by person
    logs: list[str] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    modal: dict[str, Any] | None = None
    bugs: list[str] = field(default_factory=list)

    def of(self, person: str) -> list[str]:
        """All that reaches a person: what they were answered, and what stands in their groups' channels."""
        groups = [group for group, members in MEMBERS.items() if person in members]
        shown = [text for group in groups for text in self.public.get(group, ())]
        return self.private.get(person, []) + shown


@dataclass(frozen=True)
class Control:
    """A button or a menu that somebody was shown. `who` is None where everybody of `group` sees it."""

    custom_id: str
    kind: int
    values: tuple[str, ...]
    message_id: int
    group: str | None
    who: str | None


@dataclass(frozen=True)
class Place:
    """Where something is pressed or typed: a group's channel, or None for the direct messages."""

    group: str | None


def without_addresses(components: Any) -> Any:
    """Uploaded pictures have addresses of Discord's own."""
    if isinstance(components, dict):
        return {
            name: without_addresses(value)
            for name, value in components.items()
            if name not in ("url", "proxy_url")
        }
    if isinstance(components, list):
        return [without_addresses(each) for each in components]
    return components


def readable(data: bytes) -> str:
    """A file: its text, what is in an archive, or the sum of a picture."""
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "".join(f"{name}\n{readable(archive.read(name))}\n" for name in sorted(archive.namelist()))
    with contextlib.suppress(UnicodeDecodeError):
        return data.decode()
    return hashlib.sha256(data).hexdigest()


def controls_of(
    components: list[dict[str, Any]], message_id: int, group: str | None, who: str | None
) -> Iterator[Control]:
    waiting = list(components)
    while waiting:
        part = waiting.pop(0)
        waiting.extend(part.get("components") or ())
        if part.get("accessory"):
            waiting.append(part["accessory"])
        if part.get("custom_id"):
            values = tuple(str(option["value"]) for option in part.get("options") or ())
            yield Control(part["custom_id"], int(part["type"]), values, message_id, group, who)
