"""What people see and press of polls: the preview, the poll itself, one's own vote, the result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.clock import epoch
from bot.moodpolls.wording import answer_words, duration_words, question_words, result_lines
from bot.ui.layout import Accent, Part, button, card, row

if TYPE_CHECKING:
    from bot.moodpolls.model import PlanView, PollPlan, PollView, Voted
    from bot.words import Words

_BLUE, _RED = discord.ButtonStyle.primary, discord.ButtonStyle.danger


def preview_card(words: Words, view: PlanView, could_vote: int | None) -> ui.LayoutView:
    """A draft, to its maker. `could_vote` are the people of the group, None where Discord did not say."""
    plan = view.plan
    lines = [words.say("## Your poll, before it goes out"), *_asked(words, plan)]
    facts = [
        words.say(
            "Open for **{time}** in <#{channel}>",
            time=duration_words(words, plan.open_for),
            channel=view.channel_id,
        ),
        words.say("A result shows from **{least} votes** on", least=plan.minimum),
    ]
    if plan.weekly:
        facts.append(words.say("It comes again **every week** at this time"))
    lines.append("\n".join(f"- {fact}" for fact in facts))
    warning = None
    if could_vote is not None and could_vote < plan.minimum:
        warning = words.say(
            "⚠ {people} could vote here, and a result needs {least}. You can post it; nothing would be shown.",
            people=words.count("{n} person", "{n} people", could_vote),
            least=plan.minimum,
        )
    return card(
        Accent.POLL,
        "\n".join(lines),
        warning,
        row(
            button(words.say("Post it"), "moodpoll.post", view.plan_id, style=_BLUE),
            button(words.say("Discard"), "moodpoll.discard", view.plan_id),
        ),
    )


def _asked(words: Words, plan: PollPlan) -> list[str]:
    lines = []
    for number in range(1, plan.questions + 1):
        answers = " · ".join(
            discord.utils.escape_markdown(answer_words(words, plan, number, answer))
            for answer in range(1, plan.choices + 1)
        )
        lines.append(f"**{question_words(words, plan, number)}**\n{answers}")
    return lines


def posted_card(words: Words, view: PlanView) -> ui.LayoutView:
    """It is on its way."""
    said = words.say("Done: it comes to <#{channel}> in a moment.", channel=view.channel_id)
    if not view.plan.weekly:
        return card(Accent.POLL, said)
    return card(
        Accent.POLL,
        said + " " + words.say("It comes again every week at this time."),
        row(button(words.say("Stop repeating"), "moodpoll.stop", view.plan_id)),
    )


def stopped_card(words: Words, view: PlanView) -> ui.LayoutView:
    """Whether a weekly poll comes again."""
    if view.stopped:
        return card(
            Accent.POLL,
            words.say("Stopped: no further poll comes. One that is open stays until it closes."),
            row(button(words.say("Let it come again"), "moodpoll.go_on", view.plan_id)),
        )
    return card(
        Accent.POLL,
        words.say("It comes again every week."),
        row(button(words.say("Stop repeating"), "moodpoll.stop", view.plan_id)),
    )


def discarded_card(words: Words) -> ui.LayoutView:
    return card(Accent.POLL, words.say("Discarded. Nothing was posted."))


def poll_card(words: Words, view: PollView) -> ui.LayoutView:
    """The poll in its channel: buttons while it is open, the result afterwards. Never a count before."""
    results = button(words.say("Results"), "moodpoll.results", view.poll_id)
    if view.closed:
        return card(
            Accent.POLL,
            words.say("## How was it? The poll is closed"),
            "\n".join(result_lines(words, view)),
            words.say("-# Votes and the key to them are destroyed: nobody can look up who voted what."),
            row(results),
        )
    parts: list[Part] = [words.say("## A quick, anonymous question")]
    if view.plan.kind == "pulse":
        parts = [words.say("## The week's pulse, anonymous")]
    for number in range(1, view.plan.questions + 1):
        parts.append(f"**{question_words(words, view.plan, number)}**")
        parts.append(row(*_answers(words, view, number)))
    parts.append(
        words.say(
            "Closes <t:{time}:R>. A result shows then, from {least} votes on.",
            time=epoch(view.closes_at),
            least=view.plan.minimum,
        )
    )
    parts.append(row(results, button(words.say("Close"), "moodpoll.close", view.poll_id)))
    parts.append(
        "-# "
        + words.say(
            "Pressing is your yes to this one anonymous vote ({age} or older): nobody in the group sees who voted "
            "what, and once it closed nobody can. Change it until then.",
            age=view.age,
        )
    )
    return card(Accent.POLL, *parts)


def _answers(words: Words, view: PollView, question: int) -> list[ui.Item[Any]]:
    return [
        button(
            answer_words(words, view.plan, question, answer),
            "moodpoll.vote",
            question,
            answer,
            view.poll_id,
            style=_BLUE,
        )
        for answer in range(1, view.plan.choices + 1)
    ]


def voted_card(words: Words, voted: Voted) -> ui.LayoutView:
    """One's own vote as it stands, to oneself."""
    view = voted.view
    lines = [words.say("Your vote, seen by you alone:")]
    missing = False
    for number, chosen in enumerate((voted.first, voted.second)[: view.plan.questions], start=1):
        asked = question_words(words, view.plan, number)
        if chosen is None:
            missing = True
            lines.append(f"- {asked} –")
        else:
            answer = discord.utils.escape_markdown(answer_words(words, view.plan, number, chosen))
            lines.append(f"- {asked} **{answer}**")
    more = words.say("The other question is open still, if you like.") + "\n" if missing else ""
    more += "-# " + words.say(
        "Press another answer to change it, until it closes <t:{time}:R>.", time=epoch(view.closes_at)
    )
    return card(
        Accent.POLL,
        "\n".join(lines),
        more,
        row(button(words.say("Take my vote back"), "moodpoll.unvote", view.poll_id)),
    )


def unvoted_card(words: Words) -> ui.LayoutView:
    return card(
        Accent.POLL, words.say("Taken back: your vote is erased. Voting again is fine until it closes.")
    )


def results_card(words: Words, view: PollView, *, organiser: bool) -> ui.LayoutView:
    """What Results answers, to who asked; organisers can stop a weekly one here."""
    if view.closed:
        said = "\n".join(result_lines(words, view))
    else:
        said = words.say(
            "Results show when it closes, <t:{time}:R>, from {least} votes on. Until then nobody sees how it stands.",
            time=epoch(view.closes_at),
            least=view.plan.minimum,
        )
    parts: list[Part] = [said]
    if organiser and view.plan.weekly:
        if view.stopped:
            parts.append(row(button(words.say("Let it come again"), "moodpoll.go_on", view.plan_id)))
        else:
            parts.append(row(button(words.say("Stop repeating"), "moodpoll.stop", view.plan_id)))
    return card(Accent.POLL, *parts)


def ask_close_card(words: Words, view: PollView) -> ui.LayoutView:
    """Before an organiser closes a poll early."""
    return card(
        Accent.POLL,
        words.say(
            "Close it now? The result shows at once, where {least} or more voted, and nobody can vote any more.",
            least=view.plan.minimum,
        ),
        row(button(words.say("Close it now"), "moodpoll.close_sure", view.poll_id, style=_RED)),
    )


def closed_card(words: Words, view: PollView) -> ui.LayoutView:
    """After closing, to the organiser."""
    return card(Accent.POLL, words.say("Closed."), "\n".join(result_lines(words, view)))
