"""`/help`: short answers by task. They name only what exists; a test compares them with the command tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import discord
from discord import ui

from bot.ui.layout import Accent, button, card, link, row, select

if TYPE_CHECKING:
    from bot.words import Words

FIRST = "first"


def help_card(words: Words, topic: str, policy_url: str = "", contact: str = "") -> ui.LayoutView:
    """One topic, and a menu of all of them; an unknown topic shows the first."""
    chosen = topic if topic in TOPICS else FIRST
    options = [
        discord.SelectOption(label=title(words), value=key, default=key == chosen)
        for key, (title, _) in TOPICS.items()
    ]
    title, text = TOPICS[chosen]
    return card(
        Accent.HELP,
        f"## {title(words)}\n{text(words)}",
        row(select(words.say("What would you like to do?"), "help.topic", options=options)),
        row(button(words.say("Check in"), "checkin.open"), button(words.say("My goal"), "goal.open")),
        words.say("-# Questions to the host: {contact}", contact=contact) if contact else None,
        row(link(words.say("The host's privacy policy"), policy_url)) if policy_url else None,
    )


def _first(words: Words) -> str:
    return words.say(
        "Press **Check in** on the card in the runs channel, or type **/checkin**. Choose *I ran* or *I walked*, then "
        "*Just count it*: done. A walk counts like a run, and a day with a check-in is a day kept.\n"
        "Say with **/goal** how many days a week you mean to keep. Three is the usual, and one is a fine start."
    )


def _numbers(words: Words) -> str:
    return words.say(
        "**/run log** takes a distance, a time, or both: *5k* and *26:41*, *3.1 mi*, *half marathon*, *1h 2m*. "
        "*when* reads *yesterday*, *Sat 7:15* or a date, up to 30 days back.\n"
        "**/run history** lists your runs; choose one to edit it, undo it, or make it private or public. "
        "An undo can be taken back for ten minutes.\n"
        "**/run stats** shows totals, pace, records, the year's calendar and your streak, to you alone."
    )


def _files(words: Words) -> str:
    return words.say(
        "Export a run from your watch as FIT, GPX or TCX and give it to **/run log** as its file, or give "
        "**/run import** a zip of many, such as the archive of your own data that your watch's maker lets you take. "
        "Imports are private unless you say otherwise, and post no cards.\n"
        "Kept are distance, time, start and your best stretches: no track and no heart rate. Anything else than runs "
        "and walks is counted and left out, and the same file twice counts once."
    )


def _goal(words: Words) -> str:
    return words.say(
        "**/goal** holds the one target: 1 to 7 days a week. If you like, add a distance, minutes, or a plan in your "
        "own words. Set while the week is still empty it counts for this week, else from the next.\n"
        "The streak counts weeks kept. Up to two missed days within four weeks are forgiven, so one thin week lowers "
        "nothing. An empty week starts it anew, while *kept n of the last 12 weeks* stays beside it. "
        "A run entered late heals it. Nobody but you sees any of this.\n"
        "**My plan**, on the group's post at the start of a week and on the card in the runs channel, sets your goal "
        "the same way and lists your days for that week with your name. That one is for everybody here, and you can "
        "take it back."
    )


def _pausing(words: Words) -> str:
    return words.say(
        "Ill, injured, away? **/pause** freezes your streak and goal for those days. It can start in the past, back "
        "to your last check-in, and needs no end: press *I'm back* there when you are. Nobody else sees that you "
        "pause, or why. After two weeks or more it offers a smaller goal to come back with."
    )


def _reminding(words: Words) -> str:
    return words.say(
        "**/remindme** takes a time and days, such as *7:15* and *weekdays*, and your own words if you like. It comes "
        "by direct message, and a test comes at once. On a day that you ran already, rest or are paused it stays "
        "silent.\n"
        "Its buttons log the day right there, leave you in peace for today, or snooze an hour. **/reminders** lists, "
        "changes, skips and removes. **/settings** holds your quiet hours and the streak warning."
    )


def _boards(words: Words) -> str:
    return words.say(
        "**/leaderboard** shows who kept their plan: what counts is showing up, measured by each one's own goal, "
        "and no pace. Minutes and distance are there for who likes them. You are on it after saying yes, asked once; "
        "**/settings** takes it back. *Where am I?* answers you alone."
    )


def _challenges(words: Words) -> str:
    return words.say(
        "**/challenge list** shows what the group runs for. Join there or on a challenge's card: runs and walks since "
        "its first day count, those before you joined too, and private ones never do. Your run's card says what it "
        "counted for. *Standings* answers you alone, *Leave* takes your name out at once.\n"
        "**/challenge create** makes one: a distance, minutes or days for each; one total together, teams, a route "
        "along a river, or a pledge for a cause. Ready-made ones take one press. Organisers make them, or every member "
        "where they allow it. The result comes 48 hours after the last day, so that late entries count."
    )


def _feelings(words: Words) -> str:
    return words.say(
        "Where an organiser turned feelings on, and after your own yes: **/mood log** keeps how you feel, in five "
        "seconds if you like. *About to run* in **/checkin** notes it before a run, and after your run's card you are "
        "asked once how it is now. **/mood trend** shows you what goes together with running in your own log, and "
        "how sure one can be of it. You alone see any of this; **/privacy** takes it along, or takes your yes back.\n"
        "**/moodpoll** lets organisers ask the group, anonymously: nobody can look up who voted what, and a result "
        "shows when it closes, from 5 votes on.\n"
        "**/care** always shows where to find somebody to talk to, privately."
    )


def _private(words: Words) -> str:
    return words.say(
        "Give **/run log** the visibility *private*, or choose in **/settings** that you alone see new check-ins. "
        "A private run counts for your own week, streak and records. "
        "**/settings** also holds your time zone and units.\n"
        "**/privacy** says what is stored of you and why. There you take it along as a file, "
        "or erase your check-ins or everything."
    )


def _organisers(words: Words) -> str:
    return words.say(
        "**/setup** takes three presses: time zone, runs channel, done. It posts a card that stays; then come units, "
        "when weeks and days start, and the organiser role, at leisure. Posting the card again moves it.\n"
        "There you also choose how often the group's own posts come, where and when, and add words of your own to "
        "them; whether every member makes challenges; and, under *Feelings and care*, whether members can keep how "
        "they feel.\n"
        "The ⋯ on a run's card lets organisers hide a note or set a run aside, and shows its reports; its owner is "
        "told why. **/help** like this works for everyone."
    )


TOPICS: dict[str, tuple[Callable[[Words], str], Callable[[Words], str]]] = {
    FIRST: (lambda words: words.say("First check-in"), _first),
    "numbers": (lambda words: words.say("Log a run with numbers"), _numbers),
    "files": (lambda words: words.say("Files from a watch"), _files),
    "goal": (lambda words: words.say("Your goal and streak"), _goal),
    "pause": (lambda words: words.say("Pausing"), _pausing),
    "reminders": (lambda words: words.say("Reminders"), _reminding),
    "boards": (lambda words: words.say("Leaderboard"), _boards),
    "challenges": (lambda words: words.say("Challenges"), _challenges),
    "feelings": (lambda words: words.say("How running feels"), _feelings),
    "private": (lambda words: words.say("Private runs and your data"), _private),
    "organisers": (lambda words: words.say("For organisers"), _organisers),
}
