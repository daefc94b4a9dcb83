"""Interactions as Discord sends them: slash commands, buttons and selects, forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.standin_messages import walk
from benchmarks.standin_world import APPLICATION_ID, BOT_PERMISSIONS, BOT_USER, Guild, Json, Member, snowflake

COMMAND, COMPONENT, MODAL = 2, 3, 5
SUB_COMMAND, SUB_COMMAND_GROUP, ATTACHMENT = 1, 2, 11
LABEL, FILE_UPLOAD = 18, 19

Store = Callable[[Any], Json]


def payload(
    kind: int, data: Json, guild: Guild | None, member: Member, channel_id: int, message: Json | None
) -> Json:
    """INTERACTION_CREATE of a member in a group, or in a direct message where `guild` is None."""
    interaction_id = snowflake()
    found: Json = {
        "id": str(interaction_id),
        "application_id": str(APPLICATION_ID),
        "type": kind,
        "version": 1,
        "token": f"aW50ZXJhY3Rpb246-{interaction_id}",
        "data": data,
        "locale": member.locale,
        "app_permissions": str(BOT_PERMISSIONS),
        "attachment_size_limit": 10 * 2**20,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "context": 1 if guild is None else 0,
        "authorizing_integration_owners": {"0": "0" if guild is None else str(guild.id)},
    }
    if guild is None:
        channel = {
            "id": str(member.id + 1),
            "type": 1,
            "recipients": [BOT_USER],
            "last_message_id": None,
            "flags": 0,
        }
        found |= {"user": member.user(), "channel_id": channel["id"], "channel": channel}
    else:
        found |= {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "channel_id": str(channel_id),
            "channel": guild.channel(channel_id) | {"permissions": str(member.permissions)},
            "member": member.payload(),
        }
    if message is not None:
        found["message"] = message
    return found


def command_data(commands: list[Json], name: str, options: dict[str, Any], store: Store) -> Json:
    """Data of a slash command. Raises AssertionError for what Discord's client would not send."""
    first, *rest = name.split()
    command = _named(commands, first, "command")
    level, nest = command, []
    for part in rest:
        level = _named(level.get("options", []), part, "subcommand")
        nest.append(level)
    known = {option["name"]: option for option in level.get("options", [])}
    missing = [key for key, option in known.items() if option.get("required") and key not in options]
    assert not missing, f"/{name} requires {missing}"
    resolved: Json = {}
    given = []
    for key, value in options.items():
        option = _named(list(known.values()), key, f"option of /{name}")
        choices = [choice["value"] for choice in option.get("choices") or []]
        assert not choices or value in choices, f"{key} of /{name} is one of {choices}"
        if option["type"] == ATTACHMENT:
            value = _attach(value, store, resolved)
        given.append({"name": key, "type": option["type"], "value": value})
    for inner in reversed(nest):
        given = [{"name": inner["name"], "type": inner["type"], "options": given}]
    data: Json = {"id": command["id"], "name": first, "type": 1, "options": given}
    if resolved:
        data["resolved"] = resolved
    return data


def component_data(message: Json, custom_id: str, values: list[str] | None) -> Json:
    """Data of a press on the first component whose custom_id starts so. Raises AssertionError where none does."""
    found = _by_custom_id(message["components"], custom_id)
    assert not found.get("disabled"), f"{found['custom_id']} is disabled"
    data: Json = {"custom_id": found["custom_id"], "component_type": found["type"], "id": found["id"]}
    if values is not None:
        data["values"] = values
    return data


def modal_data(modal: Json, values: dict[str, Any], store: Store) -> Json:
    """Data of a form sent with `values`; a field that is not named is sent as it was prefilled, or empty."""
    resolved: Json = {}
    taken = set()
    answered = []
    for number, row in enumerate(modal["components"], start=1):
        fields = [row["component"]] if row["type"] == LABEL else row.get("components", [])
        sent = []
        for component in fields:
            key = next((key for key in values if component["custom_id"].startswith(key)), None)
            taken.add(key)
            sent.append(_field(component, None if key is None else values[key], store, resolved))
        nested: Json = {"component": sent[0]} if row["type"] == LABEL else {"components": sent}
        answered.append({"type": row["type"], "id": number, **nested})
    unknown = set(values) - taken
    assert not unknown, f"the form has no {unknown}"
    data: Json = {"custom_id": modal["custom_id"], "components": answered}
    if resolved:
        data["resolved"] = resolved
    return data


def _field(component: Json, value: Any, store: Store, resolved: Json) -> Json:
    """One field of a form as it is sent: text, choices, or files."""
    sent: Json = {
        "type": component["type"],
        "custom_id": component["custom_id"],
        "id": component.get("id", 100),
    }
    if component["type"] == 4:
        return sent | {"value": component.get("value", "") if value is None else value}
    if component["type"] == FILE_UPLOAD:
        return sent | {"values": [] if value is None else [_attach(value, store, resolved)]}
    default = [option["value"] for option in component.get("options", []) if option.get("default")]
    return sent | {"values": default if value is None else value}


def _attach(upload: Any, store: Store, resolved: Json) -> str:
    """Store a file and name it among what the interaction brings; its id."""
    attachment = store(upload)
    resolved.setdefault("attachments", {})[attachment["id"]] = attachment
    return str(attachment["id"])


def _named(found: list[Json], name: str, what: str) -> Json:
    for one in found:
        if one["name"] == name:
            return one
    raise AssertionError(f"no {what} is called {name}: there are {[one['name'] for one in found]}")


def _by_custom_id(components: list[Json], start: str) -> Json:
    seen = [one for one in walk(components) if "custom_id" in one]
    for one in seen:
        if one["custom_id"].startswith(start):
            return one
    raise AssertionError(
        f"nothing to press starts with {start}: there are {[one['custom_id'] for one in seen]}"
    )
