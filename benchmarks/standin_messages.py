"""Messages as Discord keeps them: what a bot sent, completed with ids, files and an author."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from benchmarks.standin_world import APPLICATION_ID, BOT_USER, Json, snowflake

EPHEMERAL = 1 << 6
LOADING = 1 << 7


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component of a message or a modal, the nested ones included."""
    for component in components:
        yield component
        yield from walk(component.get("components", []))
        for one in ("accessory", "component"):
            if one in component:
                yield from walk([component[one]])


def with_ids(components: list[Json]) -> list[Json]:
    """Give each component the numeric id that Discord gives it where the bot left it out."""
    for number, component in enumerate(walk(components), start=1):
        component.setdefault("id", number)
    return components


def new_message(
    channel_id: int,
    data: Json,
    files: list[Json],
    *,
    about: Json | None = None,
    loading: bool = False,
    at: float | None = None,
) -> Json:
    """A message of the bot's with what it sent (`data`); `about` is the interaction it answers.

    `at` is its moment in seconds since 1970, the present unless given.
    """
    moment = datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC)
    message: Json = {
        "id": str(snowflake(at)),
        "channel_id": str(channel_id),
        "type": 0 if about is None else 20,
        "author": BOT_USER,
        "application_id": str(APPLICATION_ID),
        "timestamp": moment.isoformat(),
        "edited_timestamp": None,
        "content": "",
        "embeds": [],
        "components": [],
        "attachments": [],
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "tts": False,
        "pinned": False,
        "flags": LOADING if loading else 0,
    }
    if about is not None:
        message["webhook_id"] = str(APPLICATION_ID)
        message["interaction_metadata"] = {
            "id": about["id"],
            "type": about["type"],
            "user": about["member"]["user"] if "member" in about else about["user"],
            "authorizing_integration_owners": about["authorizing_integration_owners"],
        }
    apply_edit(message, data, files)
    message["edited_timestamp"] = None
    return message


def apply_edit(message: Json, data: Json, files: list[Json]) -> Json:
    """Change `message` in place, as PATCH does: what is not named stays."""
    for key in ("content", "embeds", "nonce"):
        if key in data:
            message[key] = data[key] if data[key] is not None else ("" if key == "content" else [])
    if data.get("components") is not None:
        message["components"] = with_ids(data["components"])
    if "flags" in data:
        message["flags"] = (message["flags"] & ~LOADING) | int(data["flags"] or 0)
    message["flags"] &= ~LOADING if data else -1
    if "attachments" in data or files:
        described = {str(one["id"]): one for one in data.get("attachments") or []}
        kept = [one for one in message["attachments"] if one["id"] in described]
        for number, one in enumerate(files):
            one["description"] = described.get(str(number), {}).get("description")
        message["attachments"] = kept + files
    message["edited_timestamp"] = datetime.now(UTC).isoformat()
    return message


def stored(message: Json) -> Json:
    """A message as it is read later: without the nonce that it was sent with."""
    return {key: value for key, value in message.items() if key != "nonce"}


def text_of(message: Json) -> str:
    """All that a reader sees of a message: content, the components' text, labels of buttons, names of files."""
    parts = [message.get("content") or ""]
    for component in walk(message.get("components", [])):
        parts += [str(component[key]) for key in ("content", "label", "placeholder") if component.get(key)]
    return "\n".join(part for part in parts if part)
