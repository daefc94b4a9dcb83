"""The private answers about taking part in a challenge, and those before one ends or goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.challenges.amounts import amount_words, bar_words
from bot.challenges.model import ALONE, SHARED, ChallengeView, Joined, Left
from bot.challenges.wording import day_words
from bot.ui.layout import Accent, button, card, row
from bot.ui.text import plain

if TYPE_CHECKING:
    from bot.words import Words

_RED = discord.ButtonStyle.danger


def joined_card(joined: Joined, words: Words) -> ui.LayoutView:
    """Seen by who joined: where they stand, that they are named, and the way out."""
    view = joined.view
    plan = view.challenge.plan
    said = (
        words.say("You take part in **{title}** already.", title=plain(plan.title))
        if joined.again
        else words.say("You are in: **{title}**.", title=plain(plan.title))
    )
    lines = [said]
    if joined.team is not None:
        lines.append(words.say("Your team: **{team}**.", team=plain(joined.team)))
    if view.challenge.state == "coming":
        lines.append(words.say("It starts on {day}.", day=day_words(plan.first_day, words)))
    if view.own is not None and view.own.amount:
        amount = amount_words(view.own.amount, plan.measure, view.units, words)
        lines.append(
            words.say("What you ran since the first day counts already: **{amount}**.", amount=amount)
        )
        if plan.kind in ALONE:
            lines.append(bar_words(view.own.amount, plan.target or 1, words))
    lines.append(
        "-# "
        + words.say(
            "You are named in this challenge: in its standings and its result, for everybody in this group. Private "
            "runs never count. Leaving takes your name out at once."
        )
    )
    return card(
        Accent.CHALLENGE,
        "\n".join(lines),
        row(
            button(words.say("Standings"), "challenge.page", view.challenge.challenge_id, 0),
            button(words.say("Leave"), "challenge.leave", view.challenge.challenge_id),
        ),
    )


def left_card(left: Left, words: Words) -> ui.LayoutView:
    """Seen by who left: what became of their share, and the way back."""
    view = left.view
    plan = view.challenge.plan
    lines = [
        words.say(
            "You have left **{title}**: your name is in no standing of it any more.", title=plain(plan.title)
        )
    ]
    amount = amount_words(left.amount, plan.measure, view.units, words)
    if left.stays:
        lines.append(
            words.say(
                "What you brought, **{amount}**, stays in the total, without your name. Thank you!",
                amount=amount,
            )
        )
    elif plan.kind in SHARED and left.amount:
        lines.append(words.say("What you brought, **{amount}**, is out of the total.", amount=amount))
    back = view.challenge.state in ("coming", "open")
    return card(
        Accent.CHALLENGE,
        "\n".join(lines),
        row(button(words.say("Join again"), "challenge.join", view.challenge.challenge_id)) if back else None,
    )


def ask_leave_card(view: ChallengeView, words: Words) -> ui.LayoutView:
    """Before leaving: whether one's share stays in the total, where there is one for all."""
    which, plan = view.challenge.challenge_id, view.challenge.plan
    asked = words.say("Leave **{title}**?", title=plain(plan.title))
    if plan.kind not in SHARED or view.own is None or not view.own.amount:
        return card(
            Accent.CHALLENGE,
            asked + " " + words.say("Your name goes from every standing at once; you can join again."),
            row(button(words.say("Leave"), "challenge.leave_with", which)),
        )
    amount = amount_words(view.own.amount, plan.measure, view.units, words)
    return card(
        Accent.CHALLENGE,
        asked
        + " "
        + words.say(
            "Your name goes from every standing at once. You brought **{amount}** to what all of you run for: it can "
            "stay in the total without your name, or go with you.",
            amount=amount,
        ),
        row(
            button(words.say("Leave, my share stays"), "challenge.leave_share", which),
            button(words.say("Leave, and take it out"), "challenge.leave_with", which),
        ),
    )


def ask_end_card(view: ChallengeView, words: Words) -> ui.LayoutView:
    """Before a challenge ends earlier than planned."""
    return card(
        Accent.CHALLENGE,
        words.say(
            "Let today be the last day of **{title}**? Late entries count for 48 hours more; then comes the result, "
            "and nothing changes any more. Until then you can give it a later last day with Edit.",
            title=plain(view.challenge.title),
        ),
        row(button(words.say("End it today"), "challenge.end_sure", view.challenge.challenge_id, style=_RED)),
    )


def ended_card(view: ChallengeView, words: Words) -> ui.LayoutView:
    """Today is the last day; until the result is out it can get another."""
    which = view.challenge.challenge_id
    return card(
        Accent.CHALLENGE,
        words.say(
            "Today is the last day of **{title}**. The result comes once 48 hours for late entries are over; until "
            "then Edit can give it a later last day.",
            title=plain(view.challenge.title),
        ),
        row(
            button(words.say("Edit"), "challenge.edit", which),
            button(words.say("Look at it"), "challenge.show", which),
        ),
    )


def ask_off_card(view: ChallengeView, words: Words) -> ui.LayoutView:
    """Before a challenge goes without a result."""
    return card(
        Accent.CHALLENGE,
        words.say(
            "Call **{title}** off? It goes without a result, for everybody. Everyone's runs stay as they are, and for "
            "ten minutes you can bring it back.",
            title=plain(view.challenge.title),
        ),
        row(button(words.say("Call it off"), "challenge.off_sure", view.challenge.challenge_id, style=_RED)),
    )


def called_off_card(view: ChallengeView, words: Words) -> ui.LayoutView:
    """It is off; for ten minutes it can come back."""
    return card(
        Accent.CHALLENGE,
        words.say(
            "**{title}** is called off. For ten minutes you can bring it back, with everyone who was in.",
            title=plain(view.challenge.title),
        ),
        row(bring_back_button(view.challenge.challenge_id, words)),
    )


def bring_back_button(challenge_id: int, words: Words) -> ui.Button[Any]:
    """The way back for what was called off."""
    return button(words.say("Bring it back"), "challenge.back", challenge_id)


def posted_card(view: ChallengeView, words: Words) -> ui.LayoutView:
    """What a maker is told once the card is on its way."""
    said = words.say(
        "**{title}** is on its way to {channel}. Join it there like everybody else; the result comes 48 hours after "
        "its last day.",
        title=plain(view.challenge.title),
        channel=f"<#{view.card_channel_id}>",
    )
    which = view.challenge.challenge_id
    return card(
        Accent.CHALLENGE,
        said,
        row(
            button(words.say("Join"), "challenge.join", which, style=discord.ButtonStyle.success),
            button(words.say("Look at it"), "challenge.show", which),
        ),
    )


def result_again_card(view: ChallengeView, words: Words) -> ui.LayoutView:
    """The result, which could not be posted, is tried once more."""
    return card(
        Accent.CHALLENGE,
        words.say("The result of **{title}** is on its way.", title=plain(view.challenge.title)),
    )


def cannot_post_card(words: Words, channel_id: int, missing: Sequence[str]) -> ui.LayoutView:
    """What the bot lacks where a card is to go; `missing` are names of rights as Discord shows them."""
    return card(
        Accent.TROUBLE,
        words.say(
            "In <#{channel}> I am missing: **{missing}**. An organiser can allow these in the channel's settings, "
            "under Permissions. Your preview stays: press Post it again then.",
            channel=channel_id,
            missing=", ".join(missing),
        ),
    )


def discarded_card(words: Words) -> ui.LayoutView:
    """A preview was thrown away."""
    return card(
        Accent.CHALLENGE,
        words.say("That preview is gone, and nobody saw it."),
        row(button(words.say("Make another"), "challenge.new")),
    )


def refused_card(said: str, words: Words, action: str, which: object) -> ui.LayoutView:
    """Why a form was not taken, and the way back to it as it was filled in; `action` is the form's, without feature."""
    return card(
        Accent.TROUBLE,
        said,
        row(button(words.say("Back to the form"), f"challenge.{action}", which)),
    )
