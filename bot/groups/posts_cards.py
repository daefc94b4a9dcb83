"""The page of `/setup` for the group's own posts: how often, where, when, and what comes next."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import discord
from babel.dates import format_skeleton
from discord import ui

from bot.groups.choices import back, clock, text_channels, weekday_name
from bot.groups.rules import MEASURES, GroupPosts
from bot.ui.layout import Accent, button, card, form, row, rule, select, text_field

if TYPE_CHECKING:
    from bot.words import Words

TIME_FIELDS = ("opener", "leaderboard", "encouragement")


def posts_page(words: Words, posts: GroupPosts, said: str | None = None) -> ui.LayoutView:
    """How the group's own posts stand, and what changes them."""
    settings = posts.settings
    options = [
        discord.SelectOption(
            label=measure_name(words, measure),
            value=measure,
            description=_meaning(words, measure),
            default=measure == settings.posts,
        )
        for measure in MEASURES
    ]
    buttons = [button(words.say("Times"), "posts.times", disabled=settings.posts == "off")]
    if settings.posts_channel_id is not None:
        buttons.append(button(words.say("To the runs channel"), "posts.same"))
    return card(
        Accent.GROUP,
        said,
        None if said is None else rule(),
        words.say("## The group's own posts") + "\n" + "\n".join(_lines(words, posts)),
        row(select(words.say("How often"), "posts.measure", options=options)),
        row(text_channels(words.say("A channel for posts"), "posts.channel")),
        row(*buttons, back(words)),
    )


def _lines(words: Words, posts: GroupPosts) -> list[str]:
    settings, channel = posts.settings, posts.settings.channel_for_posts
    lines = [f"**{measure_name(words, settings.posts)}**: {_meaning(words, settings.posts)}"]
    if settings.posts == "off":
        return lines
    if channel is None:
        lines.append(words.say("They have no channel yet, so none comes. Choose one below."))
    elif settings.posts_channel_id is None:
        lines.append(words.say("They go to the runs channel, <#{channel}>.", channel=channel))
    else:
        lines.append(words.say("They go to <#{channel}>.", channel=channel))
    lines.append(
        words.say(
            "On {weekday}: opener at **{opener}**, board of the week before at **{board}**, or when that week has "
            "ended for everyone on it.",
            weekday=weekday_name(words, settings.week_starts_on),
            opener=clock(posts.minutes["opener"]),
            board=clock(posts.minutes["leaderboard"]),
        )
    )
    if settings.posts in ("three", "daily"):
        lines.append(words.say("On other days at **{time}**.", time=clock(posts.minutes["encouragement"])))
    lines.append(words.say("-# None comes while nobody has checked in for four weeks."))
    if posts.stopped is not None:
        lines.append(
            words.say(
                "**Stopped:** Discord refused them three times in a row. Look at what I may do in that channel, "
                "then choose it again."
            )
        )
    elif posts.coming:
        lines.append(words.say("Next: {posts}", posts=" · ".join(_coming(words, posts))))
    return lines


def _coming(words: Words, posts: GroupPosts) -> list[str]:
    return [
        words.say(
            "{post}, {when}",
            post=post_name(words, each.kind),
            when=_when(words, each.due_at, posts.settings.zone),
        )
        for each in posts.coming[:2]
    ]


def _when(words: Words, due_at: datetime, zone: str) -> str:
    local = due_at.astimezone(ZoneInfo(zone))
    day = format_skeleton("MMMEd", local, locale=words.locale)
    return f"{day}, {local:%H:%M}"


def times_form(words: Words, posts: GroupPosts) -> ui.Modal:
    """Clock times of the posts, in the group's zone."""
    labels = {
        "opener": words.say("The week's opener"),
        "leaderboard": words.say("The week's board"),
        "encouragement": words.say("Posts on other days"),
    }
    return form(
        words.say("Times of posts"),
        "posts.timed",
        fields=[
            text_field(
                labels[kind],
                kind,
                placeholder="8:00, 18:30, 6:30 pm",
                value=clock(posts.minutes[kind]),
                required=True,
                longest=12,
            )
            for kind in TIME_FIELDS
        ],
    )


def measure_name(words: Words, measure: str) -> str:
    """How often, in words."""
    names = {
        "off": words.say("Off"),
        "weekly": words.say("Weekly"),
        "three": words.say("Three times a week"),
        "daily": words.say("Daily"),
    }
    return names[measure]


def _meaning(words: Words, measure: str) -> str:
    meanings = {
        "off": words.say("No posts at all; cards of check-ins still come"),
        "weekly": words.say("Opener and board, on the first day of the week"),
        "three": words.say("Opener, board, and a few words on two more days"),
        "daily": words.say("Opener, board, and a few words on every other day"),
    }
    return meanings[measure]


def post_name(words: Words, kind: str) -> str:
    """A kind of post in the middle of a sentence."""
    if kind == "opener":
        return words.say("opener")
    return words.say("board") if kind == "leaderboard" else words.say("a few words")
