"""What people see of challenges: the group's card, its preview, standings, the list, and the private answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.challenges.answer_cards import (
    ask_end_card,
    ask_leave_card,
    ask_off_card,
    bring_back_button,
    called_off_card,
    cannot_post_card,
    discarded_card,
    ended_card,
    joined_card,
    left_card,
    posted_card,
    refused_card,
    result_again_card,
)
from bot.challenges.list_cards import list_card
from bot.challenges.model import ALONE, ChallengeView, Entrant
from bot.challenges.wording import (
    DOT,
    OVER,
    days_words,
    drafted_words,
    goal_words,
    kind_words,
    no_money_words,
    own_amount,
    own_line,
    people_words,
    progress_words,
    state_words,
    team_name,
)
from bot.ui.layout import Accent, Part, button, card, picture, row, rule
from bot.ui.text import plain

if TYPE_CHECKING:
    from bot.ui.pictures import Picture
    from bot.words import Words

__all__ = [
    "ask_end_card",
    "ask_leave_card",
    "ask_off_card",
    "called_off_card",
    "cannot_post_card",
    "challenge_card",
    "detail_card",
    "discarded_card",
    "ended_card",
    "joined_card",
    "left_card",
    "list_card",
    "posted_card",
    "preview_card",
    "refused_card",
    "result_again_card",
    "standings_card",
]
A_PAGE = 20  # people of the standings
_GREEN, _RED = discord.ButtonStyle.success, discord.ButtonStyle.danger


def challenge_card(
    view: ChallengeView, words: Words, *, delivery_id: int | None, picture: Picture | None
) -> ui.LayoutView:
    """The group's card of a challenge, in whatever state it is."""
    challenge = view.challenge
    made = [*_body(view, words, picture), _small_print(view, words)]
    if challenge.state == "removed":
        return card(Accent.CHALLENGE, *made)
    over, final = challenge.state in ("closing", "final"), challenge.state == "final"
    which = challenge.challenge_id
    standings = (which,) if delivery_id is None else (which, delivery_id)
    return card(
        Accent.CHALLENGE,
        *made,
        row(
            button(words.say("Join"), "challenge.join", which, style=_GREEN, disabled=over),
            button(words.say("Leave"), "challenge.leave", which, disabled=final),
            button(words.say("Standings"), "challenge.standings", *standings),
        ),
    )


def preview_card(
    view: ChallengeView, words: Words, *, picture: Picture | None, channel_id: int | None = None
) -> ui.LayoutView:
    """What a maker looks at before the group does; `channel_id` is where it will be posted, where that is known."""
    which = view.challenge.challenge_id
    where = (
        words.say("It goes to the runs channel if the group has one, else here.")
        if channel_id is None
        else words.say("It goes to {channel}.", channel=f"<#{channel_id}>")
    )
    named = words.say("Who joins is named in it for everybody here; the button says so again.")
    return card(
        Accent.CHALLENGE,
        words.say("A preview, seen by you alone. {where} {named}", where=where, named=named),
        rule(),
        *_body(view, words, picture),
        row(
            button(words.say("Post it"), "challenge.post", which, style=_GREEN),
            button(words.say("Change"), "challenge.change", which),
            button(words.say("Discard"), "challenge.discard", which),
        ),
    )


def detail_card(view: ChallengeView, words: Words, *, mine: bool, picture: Picture | None) -> ui.LayoutView:
    """What a choice of the list opens, seen by who asked; `mine`: they may change it."""
    challenge = view.challenge
    which, state = challenge.challenge_id, challenge.state
    buttons = []
    if view.own is None and state in ("coming", "open"):
        buttons.append(button(words.say("Join"), "challenge.join", which, style=_GREEN))
    if view.own is not None and state != "final":
        buttons.append(button(words.say("Leave"), "challenge.leave", which))
    buttons.append(button(words.say("Standings"), "challenge.page", which, 0))
    return card(
        Accent.CHALLENGE,
        *_body(view, words, picture),
        own_line(view, words),
        _small_print(view, words),
        row(*buttons),
        _for_its_maker(view, words) if mine else None,
    )


def _for_its_maker(view: ChallengeView, words: Words) -> ui.ActionRow[Any] | None:
    which, state = view.challenge.challenge_id, view.challenge.state
    if state == "removed":
        return row(bring_back_button(which, words))
    if state == "final":
        missing = view.result_message_id is None and (view.people or view.total)
        return row(button(words.say("Post the result again"), "challenge.again", which)) if missing else None
    buttons = [button(words.say("Edit"), "challenge.edit", which)]
    if state == "open" and not view.ends_today:
        buttons.append(button(words.say("End it today"), "challenge.end", which))
    buttons.append(button(words.say("Post the card again"), "challenge.again", which))
    buttons.append(button(words.say("Call it off"), "challenge.off", which, style=_RED))
    return row(*buttons)


def _body(view: ChallengeView, words: Words, drawn: Picture | None) -> list[Part | None]:
    """What every card of a challenge shows: what it is, what to reach, how far it is."""
    challenge, plan = view.challenge, view.challenge.plan
    heading = [
        f"## {plain(plan.title)}",
        kind_words(plan.kind, words) + DOT + days_words(plan, words),
    ]
    state = state_words(challenge, words, _result_link(view), ends_today=view.ends_today)
    if state is not None:
        heading.append(state)
    if challenge.state == "removed":
        return ["\n".join(heading)]
    about = [plain(plan.line)] if plan.line else []
    about.append(goal_words(plan, view.units, words))
    if plan.kind == "pledge":
        about.append("-# " + no_money_words(words))
    return [
        "\n".join(heading),
        "\n".join(about),
        None if drawn is None else picture(drawn.filename, drawn.alt),
        drafted_words(view, words) if challenge.state == "draft" else progress_words(view, words),
    ]


def _small_print(view: ChallengeView, words: Words) -> str:
    challenge = view.challenge
    lines = []
    if view.people and challenge.plan.kind not in ALONE and challenge.state != "removed":
        lines.append(people_words(view, words))
    if challenge.state in ("coming", "open"):
        lines.append(
            words.say(
                "-# Runs and walks that the group sees count, those before joining too. Who joins is named."
            )
        )
    if challenge.maker_id is not None:
        lines.append("-# " + words.say("Made by {who}", who=f"<@{challenge.maker_id}>"))
    return "\n".join(lines) or "-# " + words.say("Made by somebody who is not here any more")


def _result_link(view: ChallengeView) -> str | None:
    if view.result_channel_id is None or view.result_message_id is None:
        return None
    where = (view.challenge.group_id, view.result_channel_id, view.result_message_id)
    return "https://discord.com/channels/" + "/".join(str(each) for each in where)


def standings_card(view: ChallengeView, words: Words, page: int = 0) -> ui.LayoutView:
    """Everyone's progress, seen by who asked: their own first, then a page of all (from 0; one that is not there is the
    nearest that is)."""
    last = max(0, (len(view.entrants) - 1) // A_PAGE)
    page = min(max(page, 0), last)
    plan, which = view.challenge.plan, view.challenge.challenge_id
    shown = view.entrants[page * A_PAGE : (page + 1) * A_PAGE]
    turns = []
    if page > 0:
        turns.append(button("◀", "challenge.page", which, page - 1))
    if page < last:
        turns.append(button("▶", "challenge.page", which, page + 1))
    lines = [_entrant(each, view, words) for each in shown]
    if last:
        lines.append("-# " + words.say("Page {page} of {pages}", page=page + 1, pages=last + 1))
    state = view.challenge.state
    whole = None if plan.kind in ALONE or not view.people or page else progress_words(view, words)
    nobody = words.say("Nobody took part.") if state in OVER else words.say("Nobody is in yet.")
    return card(
        Accent.CHALLENGE,
        words.say("## Standings: {title}", title=plain(plan.title)),
        state_words(view.challenge, words) if state == "removed" else None,
        own_line(view, words),
        whole,
        "\n".join(lines) or nobody,
        row(*turns) if turns else None,
    )


def _entrant(each: Entrant, view: ChallengeView, words: Words) -> str:
    plan = view.challenge.plan
    amount = own_amount(
        each.amount, plan.measure, plan.target if plan.kind in ALONE else None, view.units, words
    )
    # not "3.": Discord makes a list of such lines and numbers it anew
    sign = "✅" if each.finished else f"`{each.place:>3}`"
    line = f"{sign} {amount}{DOT}<@{each.person_id}>"
    team = team_name(view, each)
    if team is not None:
        line += DOT + plain(team)
    mine = view.own is not None and view.own.person_id == each.person_id
    return f"{line} {words.say('(you)')}" if mine else line
