"""`/challenge list`, a challenge's own card and what comes of it; making one is cogs/challenge_making.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.challenges import cards
from bot.challenges.deciding import CARD, RESULT
from bot.challenges.model import SHARED
from bot.challenges.posting import ChallengePost
from bot.challenges.upkeep import ChallengeUpkeep
from bot.checkins.delivery import tell_notices
from bot.scheduling.delivery import Route
from bot.ui.commands import challenge_group
from bot.ui.doors import group_of, reply, words_of
from bot.ui.pictures import Studio
from bot.ui.private import show_private
from bot.ui.rights import is_organiser
from bot.ui.router import Press, on_press

if TYPE_CHECKING:
    from bot.challenges.model import ChallengeView
    from bot.client import SecondWind

Interaction: TypeAlias = "discord.Interaction[SecondWind]"


class Challenges(commands.Cog):
    """Taking part: the list, join, leave, standings; for whoever made one also its end."""

    def __init__(self, bot: SecondWind) -> None:
        self._bot = bot
        self._service = bot.services.challenges
        self._making = bot.services.making
        self._studio = Studio()
        self._post = ChallengePost(self._studio)
        self.upkeep = ChallengeUpkeep(bot, self._post)
        bot.redraw_challenges = self.upkeep.soon
        bot.courier.register(
            CARD, Route(decide=self._service.decide_card, render=self._post.render_card, lateness=None)
        )
        bot.courier.register(
            RESULT,
            Route(
                decide=self._service.decide_result,
                render=self._post.render_result,
                lateness=None,
                scout=self._post.scout,
            ),
        )

    async def cog_load(self) -> None:
        @app_commands.command(
            name=locale_str("list"),
            description=locale_str("Challenges that are open, coming and over: join, leave, look (private)"),
        )
        async def listing(interaction: Interaction) -> None:
            await self._list(interaction)

        challenge_group(self._bot).add_command(listing)
        self.upkeep.soon()  # what a crash left out of date

    async def cog_unload(self) -> None:
        challenge_group(self._bot).remove_command("list")
        await self.upkeep.close()
        self._studio.close()

    async def _list(self, interaction: Interaction) -> None:
        words, group_id, person_id = words_of(interaction), group_of(interaction), interaction.user.id
        found = await self._service.listed(group_id, person_id, self._bot.clock.now())
        may_make = found.members_make or await self._organiser(interaction)
        await show_private(interaction, cards.list_card(found.listed, words, found.units, may_make=may_make))
        await tell_notices(interaction)

    @on_press("challenge.pick")
    async def pick(self, interaction: Interaction, press: Press) -> None:
        await self._detail(interaction, Press("", press.values).number(0))

    @on_press("challenge.show")
    async def show(self, interaction: Interaction, press: Press) -> None:
        await self._detail(interaction, press.number(0))

    # Taking part.

    @on_press("challenge.join")
    async def join(self, interaction: Interaction, press: Press) -> None:
        joined = await self._service.join(
            group_of(interaction), interaction.user.id, press.number(0), self._bot.clock.now()
        )
        self._bot.redraw_challenges()
        await show_private(interaction, cards.joined_card(joined, words_of(interaction)))
        await tell_notices(interaction)

    @on_press("challenge.leave")
    async def leave(self, interaction: Interaction, press: Press) -> None:
        """Out at once; where what one brought could stay in the total, asks first."""
        view = await self._view(interaction, press.number(0))
        changes = view.challenge.state in ("coming", "open", "closing")
        if changes and view.own is not None and view.own.amount and view.challenge.plan.kind in SHARED:
            await show_private(interaction, cards.ask_leave_card(view, words_of(interaction)))
            return
        await self._leave(interaction, press.number(0), share_stays=False)

    @on_press("challenge.leave_with")
    async def leave_with(self, interaction: Interaction, press: Press) -> None:
        await self._leave(interaction, press.number(0), share_stays=False)

    @on_press("challenge.leave_share")
    async def leave_share(self, interaction: Interaction, press: Press) -> None:
        await self._leave(interaction, press.number(0), share_stays=True)

    @on_press("challenge.standings")
    async def standings(self, interaction: Interaction, press: Press) -> None:
        view = await self._view(interaction, press.number(0))
        await reply(interaction, cards.standings_card(view, words_of(interaction)))
        await tell_notices(interaction)

    @on_press("challenge.page")
    async def page(self, interaction: Interaction, press: Press) -> None:
        view = await self._view(interaction, press.number(0))
        await show_private(interaction, cards.standings_card(view, words_of(interaction), press.number(1)))

    # The end, for whoever made it and for organisers.

    @on_press("challenge.end")
    async def ask_end(self, interaction: Interaction, press: Press) -> None:
        view = await self._to_change(interaction, press.number(0))
        await show_private(interaction, cards.ask_end_card(view, words_of(interaction)))

    @on_press("challenge.end_sure")
    async def end(self, interaction: Interaction, press: Press) -> None:
        view = await self._making.end(
            group_of(interaction),
            interaction.user.id,
            press.number(0),
            self._bot.clock.now(),
            organiser=await self._organiser(interaction),
        )
        self._bot.redraw_challenges()
        await show_private(interaction, cards.ended_card(view, words_of(interaction)))

    @on_press("challenge.off")
    async def ask_off(self, interaction: Interaction, press: Press) -> None:
        view = await self._to_change(interaction, press.number(0))
        await show_private(interaction, cards.ask_off_card(view, words_of(interaction)))

    @on_press("challenge.off_sure")
    async def call_off(self, interaction: Interaction, press: Press) -> None:
        view = await self._making.call_off(
            group_of(interaction),
            interaction.user.id,
            press.number(0),
            self._bot.clock.now(),
            organiser=await self._organiser(interaction),
        )
        self._bot.redraw_challenges()
        await show_private(interaction, cards.called_off_card(view, words_of(interaction)))

    @on_press("challenge.back")
    async def bring_back(self, interaction: Interaction, press: Press) -> None:
        view = await self._making.bring_back(
            group_of(interaction),
            interaction.user.id,
            press.number(0),
            self._bot.clock.now(),
            organiser=await self._organiser(interaction),
        )
        await self._changed(interaction, view)

    # What the methods above are made of.

    async def _organiser(self, interaction: Interaction) -> bool:
        settings = await self._bot.services.groups.settings(group_of(interaction))
        return is_organiser(interaction, settings.organiser_role_id)

    async def _view(self, interaction: Interaction, challenge_id: int) -> ChallengeView:
        return await self._service.view(
            group_of(interaction), interaction.user.id, challenge_id, self._bot.clock.now()
        )

    async def _to_change(self, interaction: Interaction, challenge_id: int) -> ChallengeView:
        return await self._making.to_change(
            group_of(interaction),
            interaction.user.id,
            challenge_id,
            self._bot.clock.now(),
            organiser=await self._organiser(interaction),
        )

    async def _leave(self, interaction: Interaction, challenge_id: int, *, share_stays: bool) -> None:
        left = await self._service.leave(
            group_of(interaction),
            interaction.user.id,
            challenge_id,
            self._bot.clock.now(),
            share_stays=share_stays,
        )
        self._bot.redraw_challenges()
        await show_private(interaction, cards.left_card(left, words_of(interaction)))

    async def _detail(self, interaction: Interaction, challenge_id: int) -> None:
        await self._show(interaction, await self._view(interaction, challenge_id))

    async def _changed(self, interaction: Interaction, view: ChallengeView) -> None:
        self._bot.redraw_challenges()
        await self._show(interaction, view)

    async def _show(self, interaction: Interaction, view: ChallengeView) -> None:
        """A challenge with its picture, and what whoever asked may do with it."""
        mine = view.challenge.maker_id == interaction.user.id or await self._organiser(interaction)
        await self._post.detail(interaction, view, mine=mine)


async def setup(bot: SecondWind) -> None:
    await bot.add_cog(Challenges(bot))
