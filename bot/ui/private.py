"""Private panels: each answer stays with the person who asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.ui.doors import change

if TYPE_CHECKING:
    from bot.client import SecondWind


async def show_private(
    interaction: discord.Interaction[SecondWind], layout: ui.LayoutView, *, files: Sequence[discord.File] = ()
) -> None:
    """Put `layout` in place of the private panel that was pressed; elsewhere answer with a new private one.

    So a button of a public card opens a panel of one's own, and nothing private can ever replace a public card.
    """
    await change(interaction, layout, files=files)
