"""The items' questions and anchors, in words. A change of their meaning raises bot.moods.scales.SCALE_VERSION."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.moods.scales import SCALES

if TYPE_CHECKING:
    from bot.moods.scales import Values
    from bot.words import Words


def item_name(words: Words, item: str) -> str:
    """An item's name, as in a list."""
    return {
        "mood": words.say("Mood"),
        "stress": words.say("Stress"),
        "focus": words.say("Focus"),
        "energy": words.say("Energy"),
        "sleep": words.say("Sleep"),
        "effort": words.say("Effort"),
    }[item]


def question(words: Words, item: str) -> str:
    """What is asked; at most 45 characters, a form's limit."""
    return {
        "mood": words.say("How are you feeling inside, this minute?"),
        "stress": words.say("How stretched do you feel?"),
        "focus": words.say("How clear is your head?"),
        "energy": words.say("How much energy do you have?"),
        "sleep": words.say("How restoring was last night?"),
        "effort": words.say("How hard was that overall?"),
    }[item]


def anchor(words: Words, item: str, value: int) -> str:
    """The word at a value, empty where it stands between two."""
    anchors = {
        "mood": {
            -5: words.say("awful"),
            -3: words.say("low"),
            -1: words.say("a bit flat"),
            0: words.say("neutral"),
            1: words.say("slightly up"),
            3: words.say("bright"),
            5: words.say("wonderful"),
        },
        "stress": {1: words.say("at ease"), 5: words.say("overloaded")},
        "focus": {1: words.say("scattered"), 5: words.say("locked in")},
        "energy": {1: words.say("empty"), 5: words.say("full")},
        "sleep": {1: words.say("not at all"), 5: words.say("completely")},
        "effort": {0: words.say("no effort"), 10: words.say("everything I had")},
    }
    return anchors[item].get(value, "")


def number(item: str, value: int) -> str:
    """A value as it is written: a mood with its sign ("+3", "−3", "0"), others plain."""
    if item != "mood":
        return str(value)
    return f"+{value}" if value > 0 else f"−{-value}" if value else "0"


def label(words: Words, item: str, value: int) -> str:
    """A value with its word: "+3 bright", "+2"."""
    word = anchor(words, item, value)
    return f"{number(item, value)} {word}" if word else number(item, value)


def values_line(words: Words, values: Values) -> str:
    """Everything that was chosen, the mood first: "Mood **+3 bright** · Stress **2**"."""
    chosen = [(item, getattr(values, item)) for item in SCALES]
    return " · ".join(
        f"{item_name(words, item)} **{label(words, item, value)}**"
        for item, value in chosen
        if value is not None
    )
