"""What `/privacy` says of feelings: what is stored, and what an erasure takes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.members.rules import Holdings

if TYPE_CHECKING:
    from bot.words import Words


def stored_of_feelings(words: Words, holdings: Holdings) -> str:
    """All that is stored of a member's feelings in the group, why, and for how long."""
    lines = [
        words.say(
            "{entries}: mood and what you added of stress, focus, energy, sleep and effort, when, with which run, and "
            "which words answered a low one. For your own /mood trend.",
            entries=words.count("**{n} entry**", "**{n} entries**", holdings.moods),
        ),
        words.say(
            "{starts} of “About to run” and {marks} “Nearly didn't go”, with their times. For when a run began, and "
            "for your statistics.",
            starts=words.count("**{n} press**", "**{n} presses**", holdings.run_starts),
            marks=words.count("**{n} mark**", "**{n} marks**", holdings.nearly_not),
        ),
        *_agreed(words, holdings),
    ]
    if holdings.care_day:
        lines.append(
            words.say(
                "That support was shown to you, last on **{day}**, and whether you want that no more. Not why.",
                day=holdings.care_day,
            )
        )
    if holdings.in_figure:
        lines.append(
            words.say("That you were counted in the group's last weekly figure, so that nobody is found out.")
        )
    if holdings.open_polls:
        lines.append(
            words.say(
                "A vote of yours may be in an open poll, under a one-way code: no command looks up whose is which, "
                "not yours either. Erasing takes it out; closing destroys all of them."
            )
        )
    if holdings.polls_made:
        lines.append(
            words.say(
                "{polls} that you set up, with the question you typed. Seen by the group.",
                polls=words.count("**{n} poll**", "**{n} polls**", holdings.polls_made),
            )
        )
    return "\n".join(f"- {line}" for line in lines)


def _agreed(words: Words, holdings: Holdings) -> list[str]:
    """Each consent with its version and its date."""
    lines = []
    if holdings.keep_version is not None:
        lines.append(
            words.say(
                "Your yes to **keeping feelings** (wording {version}), since <t:{moment}:D>, and the age you "
                "confirmed.",
                version=holdings.keep_version,
                moment=holdings.keep_agreed_at,
            )
        )
    if holdings.figure_version is not None:
        lines.append(
            words.say(
                "Your yes to **the group's weekly figure** (wording {version}), since <t:{moment}:D>.",
                version=holdings.figure_version,
                moment=holdings.figure_agreed_at,
            )
        )
    return lines or [words.say("No yes of yours to keeping feelings.")]


def erased_of_feelings(words: Words, holdings: Holdings) -> list[tuple[int, str]]:
    """What goes when feelings are erased: how many there are, and the same in words."""
    agreed = holdings.keep_version is not None or holdings.figure_version is not None
    return [
        (
            holdings.moods,
            words.count("{n} entry of your feelings", "{n} entries of your feelings", holdings.moods),
        ),
        (
            holdings.run_starts,
            words.count("{n} press of “About to run”", "{n} presses of “About to run”", holdings.run_starts),
        ),
        nearly_not(words, holdings),
        (int(agreed), words.say("your yes to keeping feelings; you are asked anew if you ever want to")),
        (int(holdings.care_day is not None), words.say("the date on which support was shown to you")),
        (
            holdings.in_figure,
            words.say(
                "that you were counted in the last weekly figure; figures already shown stay as they are"
            ),
        ),
        (holdings.open_polls, words.say("your vote, if there is one in an open poll")),
    ]


def nearly_not(words: Words, holdings: Holdings) -> tuple[int, str]:
    """The marks, which go with their check-ins too."""
    return (
        holdings.nearly_not,
        words.count("{n} mark “Nearly didn't go”", "{n} marks “Nearly didn't go”", holdings.nearly_not),
    )
