"""The one post that ends a challenge: what came of it, and who did it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import ui

from bot.challenges.amounts import amount_words, bar_words, done_words, paid_distance_words, target_words
from bot.challenges.model import ALONE, ChallengeView, Entrant, TeamStanding
from bot.challenges.money import format_money
from bot.challenges.routes import reached, route_of
from bot.challenges.rules import metres_for, pledged
from bot.challenges.wording import DOT, days_words, kind_words, named, no_money_words, team_line
from bot.ui import layout
from bot.ui.layout import Accent, button, card, row
from bot.ui.text import plain

if TYPE_CHECKING:
    from bot.ui.pictures import Picture
    from bot.words import Words

_ROOM = 3_900  # of the 4,000 characters that Discord shows in a message


def result_card(
    view: ChallengeView, words: Words, *, delivery_id: int | None, picture: Picture | None
) -> ui.LayoutView:
    """The result of a challenge that is final. It names as many as fit into a message; Standings names them all."""
    challenge, plan = view.challenge, view.challenge.plan
    heading = "\n".join(
        [
            words.say("## 🏁 {title}: the result", title=plain(plan.title)),
            kind_words(plan.kind, words) + DOT + days_words(plan, words),
        ]
    )
    thanks = "-# " + words.say("Nothing changes any more. Thank you for every step of it.")
    room = _ROOM - len(heading) - len(thanks)
    if plan.kind == "teams":
        said, names = _teams(view, words, room)
    else:
        told = _alone(view, words) if plan.kind in ALONE else _shared(view, words)
        said = "\n".join(told)
        names = _names(view, words, room - len(said))
    which = challenge.challenge_id
    standings = (which,) if delivery_id is None else (which, delivery_id)
    return card(
        Accent.CHALLENGE,
        heading,
        said or None,
        None if picture is None else layout.picture(picture.filename, picture.alt),
        names or None,
        thanks,
        row(button(words.say("Standings"), "challenge.standings", *standings)),
    )


def _alone(view: ChallengeView, words: Words) -> list[str]:
    plan = view.challenge.plan
    target = target_words(plan.target or 1, plan.measure, view.units, words)
    total = amount_words(view.total, plan.measure, view.units, words)
    made = len(view.finishers)
    lines = []
    if made and made == view.people:
        lines.append(
            words.count(
                "**{n} of {n} made it: {target}!**",
                "**All {n} made it: {target} each!**",
                made,
                target=target,
            )
        )
    elif made:
        lines.append(
            words.count(
                "**{n} of {people} made it: {target}**",
                "**{n} of {people} made it: {target} each**",
                made,
                people=view.people,
                target=target,
            )
        )
    else:
        lines.append(
            words.say("**{target} each was a long way, and nobody got there this time.**", target=target)
        )
    if view.total:
        lines.append(words.say("Together you came to {total}, and all of it counts.", total=total))
    return lines


def _shared(view: ChallengeView, words: Words) -> list[str]:
    """What all came to, in the kinds with one total."""
    kind = view.challenge.plan.kind
    if kind == "pledge":
        return _pledge(view, words)
    return _route(view, words) if kind == "route" else _together(view, words)


def _together(view: ChallengeView, words: Words) -> list[str]:
    plan = view.challenge.plan
    target = plan.target or 1
    if view.total >= target:
        total = amount_words(view.total, plan.measure, view.units, words)
        aim = target_words(target, plan.measure, view.units, words)
        return [
            words.say("🎉 **{total}, together.**", total=total),
            bar_words(view.total, target, words),
            words.say("You meant to reach {target}, and you did.", target=aim),
        ]
    return [
        words.say(
            "**{done}, together.**", done=done_words(view.total, target, plan.measure, view.units, words)
        ),
        bar_words(view.total, target, words),
        words.say("The target stays ahead of you, and what you did is yours. Well run, all of you.")
        if view.total
        else words.say("The target waits for another time."),
    ]


def _route(view: ChallengeView, words: Words) -> list[str]:
    plan = view.challenge.plan
    route = route_of(plan.route_key)
    if route is None:
        return _together(view, words)
    total = amount_words(view.total, "metres", view.units, words)
    last, coming = reached(route, view.total)
    if coming is None and last is not None:
        return [
            words.say(
                "🎉 **All the way to {place}: {total}, together.**", place=plain(last.name, 60), total=total
            ),
            f"*{plain(words.say(last.line))}*",
        ]
    place = plain((last or route.places[0]).name, 60)
    away = amount_words(max(route.length - view.total, 0), "metres", view.units, words)
    end = plain(route.places[-1].name, 60)
    lines = [
        words.say("**{total} along {route}, together.**", total=total, route=plain(route.name, 80)),
        bar_words(view.total, plan.target or route.length, words),
    ]
    if last is not None and last.metres:
        lines.append(words.say("You came as far as **{place}**.", place=place))
        lines.append(f"*{plain(words.say(last.line))}*")
    lines.append(
        words.say(
            "{end} is {away} farther; it waits for another time. Well run, all of you.", end=end, away=away
        )
        if view.total
        else words.say("{end} waits for another time.", end=end)
    )
    return lines


def _pledge(view: ChallengeView, words: Words) -> list[str]:
    plan = view.challenge.plan
    per_km, cap, currency = plan.per_km or 1, plan.cap or 1, plan.currency or ""
    amount = format_money(pledged(view.total, per_km, cap), currency, words.language)
    lines = [
        words.say("**{amount} pledged**", amount=amount),
        words.say(
            "for {distance}, at {per_km} for each kilometre up to {cap}.",
            distance=paid_distance_words(view.total, view.units, words),
            per_km=format_money(per_km, currency, words.language),
            cap=format_money(cap, currency, words.language),
        ),
    ]
    if view.total >= metres_for(cap, per_km):
        lines.append(words.say("🎉 The whole amount is reached!"))
    lines.append(no_money_words(words))
    return lines


def _names(view: ChallengeView, words: Words, room: int) -> str:
    """Who made it, or who brought something to the total."""
    if view.challenge.plan.kind in ALONE:
        if not view.finishers:
            return ""
        return "✅ " + named(view.finishers, words, room=room - 2)
    took_part = [each for each in view.entrants if each.amount]
    if not took_part:
        return ""
    title = words.count("**{n} person ran for it**", "**{n} people ran for it**", len(took_part))
    return f"{title}\n{named(took_part, words, room=room - len(title) - 1)}"


def _teams(view: ChallengeView, words: Words, room: int) -> tuple[str, str]:
    """Who is first, and every team with those of its members who ran: nobody is named beside a nought.

    What one team does not need of the room is left to the others.
    """
    lines = {each.team: team_line(each, view, words) for each in view.teams}
    first = [plain(each.name) for each in view.teams if each.place == 1 and each.amount]
    said = ""
    if len(first) == 1:
        said = words.say("🎉 **{team}** did most on average. Well run, all of you.", team=first[0])
    elif first:
        said = words.say("🎉 Level at the top: {teams}", teams=", ".join(f"**{each}**" for each in first))
    room -= len(said) + sum(len(line) + 4 for line in lines.values())
    members: dict[int, list[Entrant]] = {each.team: [] for each in view.teams}
    for entrant in view.entrants:
        if entrant.team in members and entrant.amount:
            members[entrant.team].append(entrant)
    shares = _shares(
        {team: sum(len(f"<@{each.person_id}>, ") for each in of) for team, of in members.items()}, room
    )
    return said, "\n".join(_team(each, lines, members, shares, words) for each in view.teams)


def _team(
    team: TeamStanding,
    lines: dict[int, str],
    members: dict[int, list[Entrant]],
    shares: dict[int, int],
    words: Words,
) -> str:
    of = members[team.team]
    if not of:
        return lines[team.team]
    return f"{lines[team.team]}\n{named(of, words, room=shares[team.team])}"


def _shares(wanted: dict[int, int], room: int) -> dict[int, int]:
    """How much of `room` each has: the smallest all it wants, the others equal parts of what is left."""
    shares = {}
    for left, (which, want) in zip(
        range(len(wanted), 0, -1), sorted(wanted.items(), key=lambda each: each[1]), strict=True
    ):
        shares[which] = min(want + 40, room // left)
        room -= shares[which]
    return shares
