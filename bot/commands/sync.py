"""Gives Discord our commands when they changed. It takes 200 creations a day and group, so never at every start."""

from __future__ import annotations

import hashlib
import logging
from typing import Any, Literal

import discord
import orjson
from discord import app_commands

from bot.clock import Clock
from bot.commands.service import CommandTreeService

log = logging.getLogger(__name__)
Outcome = Literal["unchanged", "synced", "refused"]
DAILY_CREATIONS_USED_UP = 30034


async def tree_hash(tree: app_commands.CommandTree[Any]) -> str:
    """A hash of everything that Discord would be told, translations included."""
    payload = []
    for command in sorted(tree.get_commands(), key=lambda each: each.name):
        if tree.translator:
            payload.append(await command.get_translated_payload(tree, tree.translator))
        else:
            payload.append(command.to_dict(tree))
    return hashlib.sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).hexdigest()


async def sync_commands(
    tree: app_commands.CommandTree[Any], service: CommandTreeService, clock: Clock, *, force: bool = False
) -> Outcome:
    """Send the commands if they are not those that Discord has, or in any case with `force`.

    A refusal is logged in words and not raised: the commands that Discord already has go on working.
    """
    application_id = tree.client.application_id
    assert application_id is not None, "known after login"
    wanted = await tree_hash(tree)
    if not force and await service.known_hash(application_id) == wanted:
        return "unchanged"
    try:
        sent = await tree.sync()
    except (discord.HTTPException, app_commands.AppCommandError, OSError) as error:
        log.error("commands_not_synced: %s", advice(error), extra={"error": type(error).__name__})
        return "refused"
    await service.store(application_id, wanted, clock.now())
    log.info("commands_synced", extra={"count": len(sent)})
    return "synced"


def advice(error: Exception) -> str:
    """What Discord's refusal means and what to do, in one line. The running bot tries again every hour."""
    if isinstance(error, discord.HTTPException):
        if error.code == DAILY_CREATIONS_USED_UP:
            return "Discord takes no more new commands today (200 a day); the old ones go on working."
        if error.status in {401, 403}:
            return "Discord refuses this token: look at discord.token."
        if error.status >= 500:
            return f"Discord has trouble ({error.status}): it will be better later."
        return f"Discord refused the commands ({error.status}, code {error.code}): {error.text}"
    if isinstance(error, OSError):
        return "Discord could not be reached: look at the network."
    return f"A command could not be prepared: {error}"
