"""A second language is there as soon as its catalogue is, for whoever chooses it."""

from __future__ import annotations

import gettext

from bot.words import Words
from tests.cogs.conftest import World, seen


class Marked(gettext.NullTranslations):
    """A language in which every sentence begins with a sign."""

    def gettext(self, message: str) -> str:
        return f"¶{message}"


async def test_a_language_that_was_chosen_goes_before_the_one_of_discord(world: World) -> None:
    assert "Language" not in seen(await world.alice.slash(world.runs, "settings"))
    world.bot.catalogues._words["eo"] = Words("eo", Marked())
    panel = await world.alice.slash(world.runs, "settings")
    assert "¶" not in seen(panel)

    chosen = await world.alice.select(panel.response, ["eo"], custom_id="sw:settings.language")
    assert "¶Done." in seen(chosen)
    assert "¶" in seen(await world.alice.slash(world.runs, "checkin"))
    assert "¶" not in seen(await world.bob.slash(world.runs, "checkin"))

    back = await world.alice.select(chosen.response, ["discord"], custom_id="sw:settings.language")
    assert "¶" not in seen(back)


async def test_a_chosen_language_is_known_after_a_restart(world: World) -> None:
    world.bot.catalogues._words["eo"] = Words("eo", Marked())
    panel = await world.alice.slash(world.runs, "settings")
    await world.alice.select(panel.response, ["eo"], custom_id="sw:settings.language")
    assert await world.bot.services.members.chosen_languages() == {world.alice.id: "eo"}
