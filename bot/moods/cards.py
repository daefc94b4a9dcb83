"""What one person sees and presses about their own feelings. Every card here is private."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.care.cards import care_parts
from bot.clock import epoch
from bot.encouragement.situation import Situation
from bot.encouragement.wording import phrase
from bot.moods.form_cards import mood_menu
from bot.moods.wording import question, values_line
from bot.ui.layout import Accent, Part, button, card, row

if TYPE_CHECKING:
    from bot.moods.model import Kept, Mood, Start
    from bot.words import Words

_BLUE = discord.ButtonStyle.primary


def start_card(words: Words, start: Start) -> ui.LayoutView:
    """ "About to run" was pressed: it is noted, and one choice says how one feels before."""
    return card(
        Accent.MOOD,
        words.say("Noted, <t:{time}:t>. One tap, if you like:", time=epoch(start.pressed_at))
        + f"\n**{question(words, 'mood')}**",
        mood_menu(words, "mood.before", start.start_id),
        row(button(words.say("Not running after all"), "mood.not_running", start.start_id)),
    )


def not_running_card(words: Words) -> ui.LayoutView:
    """The start is taken back."""
    return card(Accent.MOOD, words.say("Taken back. Another time, or not at all: both are fine."))


def ask_card(words: Words, run_id: int, *, soon: bool = False) -> ui.LayoutView:
    """After a run's card: one choice, or none. `soon`: the run ended less than five minutes ago."""
    small = (
        "\n-# "
        + words.say(
            "A rating counts for your own comparison from five minutes after a run on; this message waits."
        )
        if soon
        else ""
    )
    return card(
        Accent.MOOD,
        f"**{question(words, 'mood')}**\n-# " + words.say("For you alone, and never needed.") + small,
        mood_menu(words, "mood.after", run_id),
    )


def recall_card(words: Words, run_id: int) -> ui.LayoutView:
    """How it was before the run, from memory."""
    return card(
        Accent.MOOD,
        words.say(
            "**How did you feel before it?**\n-# From memory: it is kept with your run, and left out of the comparison "
            "of before and after, as memory mixes the two."
        ),
        mood_menu(words, "mood.recall", run_id),
    )


def kept_card(words: Words, kept: Kept) -> ui.LayoutView:
    """An entry as it is kept now, with words for a low one and, once in a while, the group's resources."""
    mood = kept.mood
    parts: list[Part] = [f"{_kept_words(words, kept)}\n{values_line(words, mood.values)}"]
    if kept.words is not None:
        parts.append(f"*{phrase(kept.words, Situation(low=True), words)}*")
    buttons = _own_buttons(words, mood)
    if mood.moment == "after" and mood.run_id is not None and not kept.has_before:
        buttons.append(button(words.say("How I felt before"), "mood.recalling", mood.run_id))
    parts.append(row(*buttons))
    if kept.care is not None:
        parts.extend(care_parts(words, kept.care))
    return card(Accent.MOOD, *parts)


def _kept_words(words: Words, kept: Kept) -> str:
    if not kept.fresh:
        return words.say("Changed. You alone see it.")
    if kept.mood.moment == "before" and not kept.mood.recalled:
        return words.say("Kept. Have a good one.")
    return words.say("Kept. You alone see it.")


def entry_card(words: Words, mood: Mood, said: str | None = None) -> ui.LayoutView:
    """One entry of one's own, to look at, change or take back."""
    when = words.say("{moment}, <t:{time}:f>", moment=moment_name(words, mood), time=epoch(mood.entered_at))
    return card(
        Accent.MOOD,
        said,
        f"**{when}**\n{values_line(words, mood.values)}",
        row(*_own_buttons(words, mood), button(words.say("My entries"), "mood.entries", 0)),
    )


def moment_name(words: Words, mood: Mood) -> str:
    """What an entry was about."""
    if mood.moment == "after":
        return words.say("After a run")
    if mood.moment == "day":
        return words.say("That day")
    return words.say("Before a run, from memory") if mood.recalled else words.say("Before a run")


def change_card(words: Words, mood: Mood) -> ui.LayoutView:
    """Another mood for an entry."""
    return card(
        Accent.MOOD,
        values_line(words, mood.values) + f"\n**{question(words, 'mood')}**",
        mood_menu(words, "mood.changed", mood.mood_id),
        row(button(words.say("Leave it as it is"), "mood.show", mood.mood_id)),
    )


def taken_back_card(words: Words) -> ui.LayoutView:
    """An entry is gone."""
    return card(
        Accent.MOOD,
        words.say("Taken back: that entry is erased."),
        row(button(words.say("How I feel now"), "mood.open")),
    )


def _own_buttons(words: Words, mood: Mood) -> list[ui.Item[Any]]:
    return [
        button(words.say("Add more"), "mood.more", mood.mood_id, style=_BLUE),
        button(words.say("Change"), "mood.change", mood.mood_id),
        button(words.say("Take it back"), "mood.take_back", mood.mood_id),
    ]
