"""A message in its reader's language, its places filled from the situation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.encouragement.library import Message
    from bot.encouragement.situation import Situation
    from bot.words import Words


def phrase(message: Message, situation: Situation, words: Words) -> str:
    """The message as it is shown; the situation is the one for which it was chosen."""
    return words.say(message.text, **{place: _fill(place, situation, words) for place in message.places})


def _fill(place: str, situation: Situation, words: Words) -> str:
    match place:
        case "kept":
            return str(situation.kept)
        case "target":
            return str(situation.target)
        case "skips":
            left = situation.skips_left or 0
            return words.count("{n} skip", "{n} skips", left) if left else words.say("no skips")
        case "streak":
            return words.count("{n} week", "{n} weeks", situation.streak)
        case "check_ins":
            return words.count("{n} check-in", "{n} check-ins", situation.check_ins or 0)
        case _:
            raise KeyError(place)
