"""The one way in and the one way out: answering an interaction, and what happens where that goes wrong."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import discord
from babel.dates import format_skeleton
from discord import app_commands, ui

from bot.clock import epoch
from bot.errors import Refusal, StorageUnavailable
from bot.monitoring.hooks import became, named
from bot.monitoring.metrics import Outcome
from bot.ui.first_answer import DISCORD_TROUBLE, FirstAnswer, first_answer_of, is_final
from bot.ui.layout import Accent, bring_group, card
from bot.ui.text import plain

if TYPE_CHECKING:
    from bot.client import SecondWind
    from bot.words import Words

log = logging.getLogger(__name__)
Suggest = TypeVar("Suggest", bound=Callable[..., Awaitable[list[app_commands.Choice[str]]]])
GROUP = "group"  # of an interaction's extras: the group that a press in a direct message speaks of
# what an edit of the original response would change: not answered yet, or held for the message that was pressed
_OF_THE_PRESSED = (None, discord.InteractionResponseType.deferred_message_update)


async def reply(
    interaction: discord.Interaction[SecondWind],
    layout: ui.LayoutView,
    *,
    files: Sequence[discord.File] = (),
) -> None:
    """Answer the person alone with a new message.

    The first answer of an interaction is its response, later ones follow it.
    """
    _to_conversation(interaction, layout)
    first = first_answer_of(interaction)
    respond = interaction.response
    if await first.give(lambda: respond.send_message(view=layout, ephemeral=True, files=list(files))):
        return
    message = await interaction.followup.send(view=layout, ephemeral=True, files=list(files), wait=True)
    first.filled()
    if interaction.response.type is discord.InteractionResponseType.deferred_message_update:
        first.follow_up = message


async def reply_in_public(
    interaction: discord.Interaction[SecondWind], layout: ui.LayoutView
) -> discord.InteractionCallbackResponse[SecondWind] | None:
    """Answer with a new message that everybody sees; None, and nothing is sent, after any other first answer.

    What follows an acknowledgement for the person alone is for them alone, too.
    """
    respond = interaction.response
    return await first_answer_of(interaction).give(lambda: respond.send_message(view=layout, ephemeral=False))


async def change(
    interaction: discord.Interaction[SecondWind], layout: ui.LayoutView, *, files: Sequence[discord.File] = ()
) -> None:
    """Put `layout` in place of the private message whose button was pressed (or of the deferred answer).

    Anybody can send any custom_id from any message: a public one is never replaced by what is for one person, who
    then gets a private answer instead.
    """
    attachments = list(files)
    _to_conversation(interaction, layout)
    first = first_answer_of(interaction)
    in_private, respond = _pressed_in_private(interaction), interaction.response
    if in_private:
        given = await first.give(lambda: respond.edit_message(view=layout, attachments=attachments))
        if given is not None:
            return
    if first.follow_up is not None and not in_private:
        await first.follow_up.edit(view=layout, attachments=attachments)
    elif interaction.response.type in _OF_THE_PRESSED and not in_private:
        await reply(interaction, layout, files=files)
    else:
        await interaction.edit_original_response(view=layout, attachments=attachments)
        first.filled()


async def change_pressed(interaction: discord.Interaction[SecondWind], layout: ui.LayoutView) -> None:
    """Put `layout` in place of the message whose button was pressed, whoever sees it."""
    first, respond = first_answer_of(interaction), interaction.response
    if await first.give(lambda: respond.edit_message(view=layout, attachments=[])):
        return
    await interaction.edit_original_response(view=layout, attachments=[])
    first.filled()


async def hold(interaction: discord.Interaction[SecondWind]) -> None:
    """Acknowledge: `change` then replaces the private panel that was pressed, or fills a new private answer."""
    if _pressed_in_private(interaction):
        await acknowledge(interaction)
    else:
        await think(interaction)


async def acknowledge(interaction: discord.Interaction[SecondWind]) -> None:
    """Take a press; the message that it came from stays as it is."""
    await first_answer_of(interaction).give(interaction.response.defer)


async def think(interaction: discord.Interaction[SecondWind]) -> None:
    """Show the person alone that something is under way; the next answer takes its place, and the caller brings one."""
    first, respond = first_answer_of(interaction), interaction.response
    await first.give(lambda: respond.defer(ephemeral=True, thinking=True))
    first.promised()


def pressed_on_its_card(interaction: discord.Interaction[SecondWind]) -> bool:
    """Whether the message that the press came from really has that button, and shows it to everybody."""
    message, data = interaction.message, dict(interaction.data or {})
    if message is None or message.flags.ephemeral:
        return False
    waiting: list[Any] = list(message.components)
    while waiting:
        component = waiting.pop()
        if getattr(component, "custom_id", None) == data.get("custom_id"):
            return True
        waiting.extend(getattr(component, "children", ()))
    return False


def _pressed_in_private(interaction: discord.Interaction[SecondWind]) -> bool:
    return interaction.message is not None and interaction.message.flags.ephemeral


def speaks_of(interaction: discord.Interaction[SecondWind], group_id: int) -> None:
    """From here on this press in a direct message is one in that group, and so are those of its answers.

    The caller has made sure that the person is a member of it.
    """
    interaction.extras[GROUP] = group_id


def _to_conversation(interaction: discord.Interaction[SecondWind], layout: ui.LayoutView | ui.Modal) -> None:
    """Let every button of an answer in a direct message bring the group along."""
    if interaction.guild_id is None and GROUP in interaction.extras:
        bring_group(layout, int(interaction.extras[GROUP]))


async def open_form(interaction: discord.Interaction[SecondWind], modal: ui.Modal) -> None:
    """Answer with a form; with words where it took so long to get there that Discord takes no form any more."""
    _to_conversation(interaction, modal)
    if await first_answer_of(interaction).give(lambda: interaction.response.send_modal(modal)):
        return
    raise Refusal("That took me so long that Discord does not open the form any more. Try it once more.")


def words_of(interaction: discord.Interaction[SecondWind]) -> Words:
    """The words for the person of this interaction: of the language they chose, else of their Discord's."""
    client = interaction.client
    chosen = client.languages.get(interaction.user.id)
    return client.catalogues.choose(chosen, interaction.locale, interaction.guild_locale)


def group_of(interaction: discord.Interaction[SecondWind]) -> int:
    """The group's id. Raises Refusal in a direct message, but for presses that bring their group (`speaks_of`)."""
    if interaction.guild_id is None:
        if GROUP in interaction.extras:
            return int(interaction.extras[GROUP])
        raise Refusal("That works in a group's channel. Open your running group and try it there.")
    return interaction.guild_id


async def report_error(interaction: discord.Interaction[SecondWind], error: BaseException) -> None:
    """Tell the person, privately, what went wrong and what to do; log what is a bug. Never raises.

    Every door calls this: commands, presses, forms and (for the log alone) autocomplete.
    """
    if (
        isinstance(error, (app_commands.CommandInvokeError, app_commands.TransformerError))
        and error.__cause__
    ):
        error = error.__cause__
    words = words_of(interaction)
    if is_final(error):
        became(interaction, "too_late")
        log.warning("answer_too_late", extra={"interaction": interaction.id})
        return
    sentence = _for_person(error, words)
    became(interaction, _outcome(error, sentence))
    if sentence is None:
        reference = secrets.token_hex(4)
        log.error(
            "bug",
            exc_info=error,
            extra={
                "reference": reference,
                "interaction": interaction.id,
                "door": " ".join(named(interaction.client, interaction)),
            },
        )
        sentence = words.say(
            "Something went wrong on our side, and nothing was changed that you did not see. "
            "Try again; if it stays, tell your host this reference: {reference}",
            reference=reference,
        )
    if interaction.type is discord.InteractionType.autocomplete:
        return
    try:
        await reply(interaction, card(Accent.TROUBLE, sentence))
    except (*DISCORD_TROUBLE, discord.InteractionResponded) as unreachable:
        log.warning(
            "answer_not_delivered", extra={"interaction": interaction.id, "kind": type(unreachable).__name__}
        )


async def tell_of_the_stop(waiting: Iterable[FirstAnswer]) -> None:
    """Say to whoever has had no word yet that the bot stops, as the disk or Discord keeps it waiting. Never raises."""
    silent = [each.interaction for each in waiting if each.silent]
    await asyncio.gather(*(_tell_of_the_stop(interaction) for interaction in silent))


async def _tell_of_the_stop(interaction: discord.Interaction[SecondWind]) -> None:
    sentence = words_of(interaction).say(
        "I am being restarted, and something takes me long just now. What you did may be stored: "
        "look in a minute, and try again if it is not."
    )
    try:
        await reply(interaction, card(Accent.TROUBLE, sentence))
    except (*DISCORD_TROUBLE, discord.InteractionResponded) as unreachable:
        log.warning(
            "stop_not_told", extra={"interaction": interaction.id, "kind": type(unreachable).__name__}
        )


def suggests(offer: Suggest) -> Suggest:
    """An autocomplete that offers nothing where it goes wrong: it has no door of its own, and nobody to tell."""

    @functools.wraps(offer)
    async def guarded(
        cog: Any, interaction: discord.Interaction[SecondWind], current: str
    ) -> list[app_commands.Choice[str]]:
        try:
            return await offer(cog, interaction, current)
        except Exception as error:  # noqa: BLE001 - one door for whatever it raises
            await report_error(interaction, error)
            return []

    return guarded  # type: ignore[return-value]


def sentence_of(refusal: Refusal, words: Words) -> str:
    """A refusal in the person's language, days too; what people typed shows as typed."""
    values = {name: _shown(value, words) for name, value in refusal.values.items()}
    return words.say(refusal.message, **values)


def _shown(value: object, words: Words) -> object:
    if isinstance(value, datetime):  # a moment: "in 3 hours", in the reader's own language and zone
        return f"<t:{epoch(value)}:R>"
    if isinstance(value, date):
        return format_skeleton("yMMMEd", value, locale=words.locale)
    return plain(value) if isinstance(value, str) else value


def _for_person(error: BaseException, words: Words) -> str | None:
    """The sentence for what the person can understand and mend; None for a bug."""
    if isinstance(error, Refusal):
        return sentence_of(error, words)
    if isinstance(error, StorageUnavailable):
        log.error("storage_unavailable", extra={"reason": error.reason})
        if error.reason == "busy":
            return words.say(
                "Many people are checking in just now. Nothing was stored; try again in a moment."
            )
        if error.reason == "in_doubt":
            return words.say(
                "The database broke off at the last moment: what you did may be stored. "
                "Look, and try again if it is not."
            )
        return words.say(
            "Nothing could be stored or read just now, and nothing was changed. Please tell your host."
        )
    if isinstance(error, app_commands.MissingPermissions):
        return words.say("That is for organisers: people with Manage Server or the organiser role.")
    if isinstance(error, app_commands.NoPrivateMessage):
        return words.say("That works in a group's channel. Open your running group and try it there.")
    if isinstance(error, app_commands.TransformerError):  # no cause of ours: not among the choices
        return words.say(
            "That is not one of the choices. Use the command again and pick one that Discord offers."
        )
    if isinstance(error, (app_commands.CommandNotFound, app_commands.CommandSignatureMismatch)):
        return words.say("That command has changed since Discord last looked. Try it again in a minute.")
    if isinstance(error, discord.Forbidden):
        return words.say(
            "Discord does not let me write there. An organiser can give me View Channel, Send Messages, "
            "Attach Files and Read Message History in that channel."
        )
    if _is_outage(error):
        log.warning("discord_trouble", exc_info=error)
        return words.say(
            "Discord did not take my answer just now. What you did may be stored: look, and try again if it is not."
        )
    return None


def _outcome(error: BaseException, sentence: str | None) -> Outcome:
    if sentence is None:
        return "bug"
    if isinstance(error, StorageUnavailable):
        return "unavailable"
    return "trouble" if _is_outage(error) else "refused"


def _is_outage(error: BaseException) -> bool:
    """Discord's own trouble, or a message that is gone meanwhile: nothing of ours to mend."""
    if isinstance(error, discord.HTTPException):
        return error.status >= 500 or error.status == 404
    if isinstance(error, (aiohttp.ClientError, json.JSONDecodeError, ConnectionError, TimeoutError)):
        return True
    if not isinstance(error, TypeError):
        return False
    # a proxy's page instead of JSON: discord.py itself stumbles over it
    frames = traceback.extract_tb(error.__traceback__)
    inside = str(Path(discord.__file__).parent)
    return bool(frames) and frames[-1].filename.startswith(inside)
