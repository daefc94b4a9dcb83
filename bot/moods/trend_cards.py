"""`/mood trend`: one's own feelings beside one's runs, the rules behind the words, and one's entries. All private."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.clock import epoch
from bot.moods.cards import moment_name
from bot.moods.trend_model import RANGES
from bot.moods.trend_wording import (
    beside_words,
    day,
    days_line,
    entries_words,
    group_words,
    lift_words,
    older_words,
    range_name,
)
from bot.moods.wording import label, values_line
from bot.ui.layout import Accent, button, card, link, picture, row, rule, select
from bot.ui.text import plain

if TYPE_CHECKING:
    from bot.encouragement.library import Fact
    from bot.groupmoods.rules import GroupFigure
    from bot.moods.model import Mood
    from bot.moods.trend_model import EntryPage, Trend, TrendRange
    from bot.ui.pictures import Picture
    from bot.words import Words

_BLUE = discord.ButtonStyle.primary


def trend_card(
    words: Words, trend: Trend, drawn: Picture | None, group: Sequence[GroupFigure] | None = None
) -> ui.LayoutView:
    """The range's entries and what all that is kept says of runs; where nothing is kept, how to begin.

    `group`: the group's weeks in the order of time, for a member who agreed to count in them.
    """
    title = words.say("## Your mood and your runs")
    if not trend.kept and not trend.older:
        return _nothing(words, trend, title)
    return card(
        Accent.MOOD,
        f"{title}\n{days_line(words, trend)}",
        _off(words, trend),
        entries_words(words, trend),
        picture(drawn.filename, drawn.alt) if drawn is not None else None,
        rule(),
        lift_words(words, trend),
        beside_words(words, trend),
        older_words(words, trend),
        None if group is None else group_words(words, group),
        row(*_ranges(words, trend.chosen)),
        row(*_ways(words, trend)),
    )


def _nothing(words: Words, trend: Trend, title: str) -> ui.LayoutView:
    """No entries: how the first comes about, as far as feelings are on and agreed to."""
    if not trend.state.on:
        return card(
            Accent.MOOD,
            title,
            words.say(
                "Nothing of yours is kept here. Feelings are off in this group; an organiser can turn them on in "
                "/setup, under Feelings and care."
            ),
        )
    if not trend.state.keep:
        return card(
            Accent.MOOD,
            title,
            words.say(
                "Nothing of yours is kept here: feelings are kept once you have said yes, and erased when you take "
                "that back. The button shows what would be kept, and asks."
            ),
            row(button(words.say("What would be kept?"), "mood.open", style=_BLUE)),
        )
    return card(
        Accent.MOOD,
        title,
        words.say(
            "No entries yet. One tap says how you feel now. Around a run: press **About to run** in /checkin before "
            "it, and **How did it feel** on its card 5 to 60 minutes after; from 5 such runs on they are compared here."
        ),
        row(
            button(words.say("How I feel now"), "mood.open", style=_BLUE),
            button(words.say("Check in"), "checkin.open"),
        ),
    )


def _off(words: Words, trend: Trend) -> str | None:
    if trend.state.on and trend.state.keep:
        return None
    if not trend.state.on:
        return "-# " + words.say(
            "Feelings are off in this group now: nothing new is kept. What you entered stays yours to read, take back "
            "and erase (/privacy)."
        )
    return "-# " + words.say(
        "Nothing new is kept until you say yes again (/mood log asks). What you entered stays yours to read, take "
        "back and erase (/privacy)."
    )


def _ranges(words: Words, chosen: TrendRange) -> list[ui.Item[Any]]:
    return [
        button(
            range_name(words, each),
            "mood.trend",
            each,
            style=_BLUE if each == chosen else discord.ButtonStyle.secondary,
        )
        for each in RANGES
    ]


def _ways(words: Words, trend: Trend) -> list[ui.Item[Any]]:
    ways: list[ui.Item[Any]] = [
        button(words.say("My entries"), "mood.entries", 0),
        button(words.say("Where does this come from?"), "mood.trend_why", trend.chosen),
    ]
    if trend.state.on and trend.state.keep:
        ways.insert(0, button(words.say("How I feel now"), "mood.open"))
    return ways


def why_card(words: Words, chosen: TrendRange, fact: Fact) -> ui.LayoutView:
    """The rules behind the words of the trend, and whose work they rest on. `fact` is what trials found of one run."""
    return card(
        Accent.MOOD,
        words.say("## Where this comes from"),
        words.say(
            "**The question.** One mood from −5 to +5, asked in the same words before and after. Its shape follows the "
            "single-item Feeling Scale (Hardy & Rejeski 1989, Journal of Sport and Exercise Psychology 11:304); the "
            "words are our own. Nothing is screened or diagnosed."
        ),
        words.say(
            "**Which runs count.** Those with a mood from at most 60 minutes before the start and one from 5 to 60 "
            "minutes after the end; walks count like runs. The start is the run's clock time or your press of About to "
            "run; the end is its time later. Moods from memory and runs without these are left out, and nothing "
            "missing is filled in."
        ),
        words.say(
            "**How sure.** Under 5 runs you see your entries alone; from 5, after how many mood was higher; from 8, "
            "the mean with its 95% interval, made wider where runs that follow one another are alike. From 12 on a "
            "lift or a fall is named at 12, 20, 30, 50, 100, 200 runs and so on, where a 99% interval leaves out 0, "
            "and stands until the next look: whoever looks after every run finds something in chance in the end."
        ),
        words.say(
            "**The trend** is a weighted mean in which an entry counts a third as much after 14 days. It begins with 8 "
            "entries over 3 weeks and pauses at gaps of more than 21 days."
        ),
        words.say("**What others found.** {claim}", claim=words.say(fact.claim))
        + ("" if fact.caveat is None else f" {words.say(fact.caveat)}")
        + f"\n-# {plain(fact.source, 400)}",
        words.say(
            "-# Your figures are a pattern in your own log, not proof of cause, and no measure of health."
        ),
        row(
            button(words.say("Back"), "mood.trend", chosen),
            *([] if fact.link is None else [link(words.say("Read it"), fact.link)]),
        ),
    )


def entries_card(words: Words, page: EntryPage) -> ui.LayoutView:
    """One's entries, the newest first; one can be chosen to change it or take it back."""
    title = words.say("**Your entries**")
    if not page.moods:
        return card(
            Accent.MOOD,
            title,
            words.say("None here. /mood log makes one."),
            row(button(words.say("Back"), "mood.trend", "month")),
        )
    position = words.say("Page {page} of {pages}", page=page.page + 1, pages=page.pages)
    return card(
        Accent.MOOD,
        f"{title}\n-# {position}",
        "\n".join(_line(words, mood) for mood in page.moods),
        row(
            select(
                words.say("Choose one to change or take back"),
                "mood.pick",
                options=[
                    discord.SelectOption(
                        label=f"{day(words, mood)} · {label(words, 'mood', mood.values.mood)}"[:100],
                        value=str(mood.mood_id),
                        description=moment_name(words, mood)[:100],
                    )
                    for mood in page.moods
                ],
            )
        ),
        row(
            button(words.say("Newer"), "mood.entries", max(page.page - 1, 0), disabled=page.page == 0),
            button(words.say("Older"), "mood.entries", page.page + 1, disabled=page.page + 1 >= page.pages),
            button(words.say("Back"), "mood.trend", "month"),
        ),
    )


def _line(words: Words, mood: Mood) -> str:
    line = f"<t:{epoch(mood.entered_at)}:f> · {moment_name(words, mood)}"
    return f"{line}\n-# {values_line(words, mood.values)}"
