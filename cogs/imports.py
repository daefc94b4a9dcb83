"""The door of `/run import`: one import at a time for a member, with progress; stop, take back, bring back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import discord
from discord import app_commands, ui
from discord.app_commands import Choice, locale_str
from discord.ext import commands

from bot.checkins.choices import visibility_of
from bot.checkins.delivery import refresh_card
from bot.checkins.import_batch import Key
from bot.checkins.import_cards import (
    End,
    brought_back_card,
    not_running_card,
    progress_card,
    silent_card,
    summary_card,
    undone_card,
)
from bot.checkins.import_work import ImportWork
from bot.checkins.imports import ImportService, Start
from bot.checkins.model import Visibility
from bot.errors import Refusal
from bot.ui.commands import run_group
from bot.ui.doors import group_of, think, words_of
from bot.ui.first_answer import DISCORD_TROUBLE, first_answer_of
from bot.ui.private import show_private
from bot.ui.router import Press, on_press

if TYPE_CHECKING:
    from bot.client import SecondWind

log = logging.getLogger(__name__)
Interaction: TypeAlias = "discord.Interaction[SecondWind]"
EDIT_SECONDS = 2.0  # between two changes of the answer
ANSWERABLE = timedelta(minutes=14)  # Discord takes changes for 15 minutes


@dataclass(slots=True)
class _Running:
    """An import of this process, and the interaction whose answer shows it since a moment."""

    work: ImportWork
    screen: Interaction
    since: datetime
    editing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def silent(self, now: datetime) -> bool:
        return now - self.since >= ANSWERABLE


class Imports(commands.Cog):
    """Files and archives from watches."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._service = ImportService(bot.services.database, bot.services.quotas)
        self._running: dict[tuple[int, int], _Running] = {}

    async def cog_load(self) -> None:
        run_group(self._bot).add_command(_import_command(self))

    async def cog_unload(self) -> None:
        run_group(self._bot).remove_command("import")

    async def start(self, interaction: Interaction, file: discord.Attachment, visibility: Visibility) -> None:
        """Take what the file or archive holds, and tell what became of it."""
        key = _key(interaction, interaction.id)
        member = (key.group_id, key.person_id)
        if member in self._running:
            if self._running[member].work.key == key:
                return  # delivered twice
            raise Refusal(
                "An import of yours is still running. Send this one when it is done, or stop that one."
            )
        work = ImportWork(self._service, key, visibility, self._bot.clock)
        self._running[member] = running = _Running(work, interaction, self._bot.clock.now())
        try:
            await think(interaction)
            services = self._bot.services
            data = await services.attachments.read(file, services.files.limits.archive_bytes)
            start = await self._service.begin(key, self._bot.clock.now())
            await self._run(running, start, file.filename, data, visibility)
        finally:
            del self._running[member]
        await self._refresh(key, work.tally.completed)

    async def _run(
        self, running: _Running, start: Start, name: str, data: bytes, visibility: Visibility
    ) -> None:
        work = running.work
        showing = asyncio.create_task(self._show_progress(running))
        end: End = "interrupted"
        try:
            await work.run(self._bot.services.files.read_archive(name, data), lambda: self._bot.stopping)
            end = "complete" if work.complete else "stopped" if work.stop else "restarting"
        finally:
            async with running.editing:  # never in the middle of a change, which could come after the summary
                showing.cancel()
            # an archive that can't be opened has nothing to sum up: its refusal tells all
            if work.read:
                words = words_of(running.screen)
                records = () if end == "interrupted" else await self._service.records(work.key, start)
                await self._show(running, summary_card(work, start, end, records, visibility, words))

    async def _show_progress(self, running: _Running) -> None:
        """Change the answer every two seconds, until Discord takes no more changes."""
        shown, told = -1, False
        while True:
            await asyncio.sleep(EDIT_SECONDS)
            words = words_of(running.screen)
            async with running.editing:
                if running.silent(self._bot.clock.now()):
                    if not told:
                        told = True
                        await self._edit(running, silent_card(running.work, words))
                elif running.work.read != shown:
                    shown, told = running.work.read, False
                    await self._edit(running, progress_card(running.work, words))

    async def _show(self, running: _Running, layout: ui.LayoutView) -> None:
        if not running.silent(self._bot.clock.now()):
            await self._edit(running, layout)

    async def _edit(self, running: _Running, layout: ui.LayoutView) -> None:
        """Change the answer. What Discord refuses is logged: the import goes on."""
        try:
            await running.screen.edit_original_response(view=layout)
            first_answer_of(running.screen).filled()
        except DISCORD_TROUBLE as refused:
            log.warning(
                "import_not_shown",
                extra={"interaction": running.screen.id, "kind": type(refused).__name__},
            )

    @on_press("import.stop")
    async def stop(self, interaction: Interaction, press: Press) -> None:
        """End it after the file at hand."""
        running = self._mine(interaction, press.number(0))
        if running is not None:
            running.work.stop = True
        await self._look(interaction, running, press.number(0))

    @on_press("import.look")
    async def look(self, interaction: Interaction, press: Press) -> None:
        """How far is it? From here on this answer is the one that is kept up to date."""
        await self._look(interaction, self._mine(interaction, press.number(0)), press.number(0))

    async def _look(self, interaction: Interaction, running: _Running | None, import_id: int) -> None:
        words = words_of(interaction)
        if running is None:
            await show_private(interaction, not_running_card(import_id, words))
            return
        await show_private(interaction, progress_card(running.work, words))
        running.screen, running.since = interaction, self._bot.clock.now()

    @on_press("import.undo")
    async def undo(self, interaction: Interaction, press: Press) -> None:
        """It was the wrong archive: all of it is taken back."""
        if self._mine(interaction, press.number(0)) is not None:
            raise Refusal("That import is still running. Stop it first, then take it back.")
        key = _key(interaction, press.number(0))
        undone = await self._service.undo(key, self._bot.clock.now())
        await show_private(interaction, undone_card(key.import_id, undone, words_of(interaction)))
        await self._refresh(key, undone.cards)

    @on_press("import.back")
    async def back(self, interaction: Interaction, press: Press) -> None:
        """It was the right one after all."""
        key = _key(interaction, press.number(0))
        back = await self._service.take_back(key, press.number(1), self._bot.clock.now())
        await show_private(interaction, brought_back_card(key.import_id, back, words_of(interaction)))
        await self._refresh(key, back.cards)

    def _mine(self, interaction: Interaction, import_id: int) -> _Running | None:
        key = _key(interaction, import_id)
        running = self._running.get((key.group_id, key.person_id))
        return running if running is not None and running.work.key == key else None

    async def _refresh(self, key: Key, run_ids: Iterable[int]) -> None:
        """Show those runs as they are now on the cards that were posted of them, and soon on challenges' cards."""
        self._bot.redraw_challenges()
        for run_id in run_ids:
            await refresh_card(self._bot, await self._bot.services.checkins.card_of(key.group_id, run_id))


def _import_command(cog: Imports) -> app_commands.Command[Any, ..., None]:
    @app_commands.command(
        name=locale_str("import"),
        description=locale_str("Bring in files from your watch: one FIT, GPX or TCX, or a zip of many"),
    )
    @app_commands.rename(file=locale_str("file"), visibility=locale_str("visibility"))
    @app_commands.describe(
        file=locale_str("A FIT, GPX or TCX file, or the zip that your watch's service exports"),
        visibility=locale_str("Private unless you say; no cards are posted either way"),
    )
    @app_commands.choices(
        visibility=[
            Choice(name=locale_str("group"), value="group"),
            Choice(name=locale_str("private"), value="private"),
        ]
    )
    async def import_(
        interaction: Interaction, file: discord.Attachment, visibility: str | None = None
    ) -> None:
        await cog.start(interaction, file, "private" if visibility is None else visibility_of(visibility))

    return import_


def _key(interaction: Interaction, import_id: int) -> Key:
    return Key(group_of(interaction), interaction.user.id, import_id)


async def setup(bot: SecondWind) -> None:
    """Add the cog."""
    await bot.add_cog(Imports(bot))
