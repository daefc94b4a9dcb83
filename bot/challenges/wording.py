"""A challenge in words: its kind, its days, what to reach, how far it is, and who takes part.

Everything that people typed passes `plain`; people are mentions, which ping nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from babel.dates import format_interval, format_skeleton

from bot.challenges.amounts import (
    amount_words,
    bar_words,
    done_words,
    mean_words,
    paid_distance_words,
    target_words,
)
from bot.challenges.model import (
    ALONE,
    Challenge,
    ChallengeView,
    Entrant,
    Kind,
    Measure,
    Plan,
    State,
    TeamStanding,
)
from bot.challenges.money import format_money
from bot.challenges.routes import reached, route_of
from bot.challenges.rules import metres_for, pledged
from bot.checkins.units import Units
from bot.ui.text import plain

if TYPE_CHECKING:
    from bot.words import Words

OVER: frozenset[State] = frozenset({"closing", "final"})
MOST_FINISHERS = 40  # named on the card
_LATE_DAYS = timedelta(days=2)
_ROOM_FOR_MORE = 40  # characters of " and 1,234,567 more" in any language
DOT = " · "


def kind_words(kind: Kind, words: Words) -> str:
    """What sort of challenge it is."""
    return {
        "distance": words.say("Distance, each on their own"),
        "minutes": words.say("Time, each on their own"),
        "days": words.say("Days kept, each on their own"),
        "together": words.say("Together"),
        "teams": words.say("Teams"),
        "route": words.say("Along a route, together"),
        "pledge": words.say("Pledge for a cause"),
    }[kind]


def short_kind(kind: Kind, words: Words) -> str:
    """The same in a word or two, for a list."""
    return {
        "distance": words.say("Distance"),
        "minutes": words.say("Minutes"),
        "days": words.say("Days"),
        "together": words.say("Together"),
        "teams": words.say("Teams"),
        "route": words.say("Route"),
        "pledge": words.say("Pledge"),
    }[kind]


def days_words(plan: Plan, words: Words) -> str:
    """ "Nov 16 – 29, 2026", as the language writes it."""
    return format_interval(plan.first_day, plan.last_day, "yMMMd", locale=words.locale)


def day_words(day: date, words: Words) -> str:
    """ "Mon, Nov 16, 2026"."""
    return format_skeleton("yMMMEd", day, locale=words.locale)


def goal_words(plan: Plan, units: Units, words: Words) -> str:
    """What there is to reach."""
    if plan.kind == "teams":
        return {
            "metres": words.say("Teams stand by the mean distance of their members."),
            "seconds": words.say("Teams stand by the mean time of their members."),
            "days": words.say("Teams stand by the mean of the days their members keep."),
        }[plan.measure]
    if plan.kind == "pledge":
        return words.say(
            "{per_km} for each kilometre, up to {cap}.",
            per_km=_money(plan.per_km, plan, words),
            cap=_money(plan.cap, plan, words),
        )
    target = target_words(plan.target or 0, plan.measure, units, words)
    if plan.kind in ALONE:
        return words.say("To reach, each on their own: **{target}**", target=target)
    route = route_of(plan.route_key)
    if route is not None:
        return words.say("The way: **{route}**, {target}", route=plain(route.name, 80), target=target)
    return words.say("To reach, all together: **{target}**", target=target)


def state_words(
    challenge: Challenge, words: Words, result: str | None = None, *, ends_today: bool = False
) -> str | None:
    """What there is to say of its days; `result` is where the result was posted."""
    plan = challenge.plan
    if challenge.state == "open" and ends_today:
        return words.say("🗓️ Today is the last day.")
    if challenge.state == "coming":
        return words.say("🗓️ Starts on {day}. You can join already.", day=day_words(plan.first_day, words))
    if challenge.state == "closing":
        return words.say(
            "🏁 Over. Late entries for these days count until the end of {day}; then comes the result.",
            day=day_words(plan.last_day + _LATE_DAYS, words),
        )
    if challenge.state == "final":
        if result is None:
            return words.say("🏁 Over. Nothing changes any more.")
        return words.say("🏁 Over. The result: {result}", result=result)
    return words.say("This challenge was called off.") if challenge.state == "removed" else None


def progress_words(view: ChallengeView, words: Words) -> str:
    """How far it is: one total, who has made it, or the teams as they stand."""
    kind = view.challenge.plan.kind
    if kind in ALONE:
        return _made_it(view, words)
    if kind == "teams":
        return "\n".join(team_line(each, view, words) for each in view.teams)
    if kind == "pledge":
        return "\n".join(pledge_lines(view, words))
    plan = view.challenge.plan
    done = done_words(view.total, plan.target or 1, plan.measure, view.units, words)
    lines = [
        words.say("**{done}**, together", done=done),
        bar_words(view.total, plan.target or 1, words),
    ]
    if kind == "route":
        lines += place_lines(view, words)
    elif view.total >= (plan.target or 1):
        lines.append(words.say("🎉 Reached! All that comes now is on top."))
    return "\n".join(lines)


def drafted_words(view: ChallengeView, words: Words) -> str | None:
    """What a preview shows in place of progress: the teams, or where the route leads."""
    plan = view.challenge.plan
    if plan.kind == "teams":
        return "\n".join(f"▫️ **{plain(each)}**" for each in plan.teams)
    route = route_of(plan.route_key)
    if route is None:
        return None
    way = words.say(
        "From {start} to {end}, past {places}.",
        start=plain(route.places[0].name, 60),
        end=plain(route.places[-1].name, 60),
        places=words.count("{n} more place", "{n} more places", len(route.places) - 2),
    )
    return f"{plain(words.say(route.line))}\n{way}"


def made_count(view: ChallengeView, words: Words) -> str:
    """ "4 of 11 have made it"."""
    return words.count(
        "{n} of {people} has made it", "{n} of {people} have made it", len(view.finishers), people=view.people
    )


def _made_it(view: ChallengeView, words: Words) -> str:
    state = view.challenge.state
    if not view.people:
        if state in OVER:
            return words.say("Nobody took part.")
        return words.say("Nobody is in yet. Press **Join** and be the first.")
    if not view.finishers:
        if state == "coming":
            return words.count("**{n} person is in**", "**{n} people are in**", view.people)
        if state in OVER:
            return words.count("**{n} person took part**", "**{n} people took part**", view.people)
        return words.count("**{n} person is on the way**", "**{n} people are on the way**", view.people)
    return f"**{made_count(view, words)}**\n✅ {named(view.finishers, words, most=MOST_FINISHERS)}"


def team_line(team: TeamStanding, view: ChallengeView, words: Words) -> str:
    """ "🥇 **Owls** · 42.30 km on average · 6 people"."""
    name = f"**{plain(team.name)}**"
    if not team.people or team.place is None:
        if view.challenge.state in OVER:
            return words.say("▫️ {team} · nobody", team=name)
        return words.say("▫️ {team} · nobody yet", team=name)
    return words.count(
        "{sign} {team} · {mean} on average · {n} person",
        "{sign} {team} · {mean} on average · {n} people",
        team.people,
        sign=place_sign(team.place) if team.amount else "▫️",
        team=name,
        mean=mean_words(team.amount, team.people, view.challenge.plan.measure, view.units, words),
    )


def place_sign(place: int) -> str:
    """A medal, or the place; not "4.", which Discord makes a list of and numbers anew."""
    return {1: "🥇", 2: "🥈", 3: "🥉"}.get(place, f"`{place:>2}`")


def place_lines(view: ChallengeView, words: Words) -> list[str]:
    """Of a route: the last place reached with its line, and the next with how far it is."""
    plan = view.challenge.plan
    route = route_of(plan.route_key)
    if route is None:
        return []
    last, coming = reached(route, view.total)
    lines = []
    if last is not None:
        place = plain(last.name, 60)
        if coming is None:
            lines.append(words.say("🎉 All the way: **{place}**!", place=place))
        elif last.metres:
            lines.append(words.say("📍 Last reached: **{place}**", place=place))
        else:
            lines.append(words.say("📍 From: **{place}**", place=place))
        lines.append(f"*{plain(words.say(last.line))}*")
    if coming is not None:
        away = amount_words(max(coming.metres - view.total, 0), "metres", view.units, words)
        lines.append(words.say("➡️ Next: **{place}**, in {away}", place=plain(coming.name, 60), away=away))
    return lines


def pledge_lines(view: ChallengeView, words: Words) -> list[str]:
    """The exact amount so far, the distance it is for, and that no money passes through here."""
    plan = view.challenge.plan
    per_km, cap = plan.per_km or 1, plan.cap or 1
    amount = pledged(view.total, per_km, cap)
    lines = [
        words.say(
            "**{amount}** of at most {cap}",
            amount=_money(amount, plan, words),
            cap=_money(cap, plan, words),
        ),
        bar_words(amount, cap, words),
        words.say("for {distance}, together", distance=paid_distance_words(view.total, view.units, words)),
    ]
    if view.total >= metres_for(cap, per_km):
        lines.append(words.say("🎉 The whole amount is reached!"))
    return lines


def no_money_words(words: Words) -> str:
    """What this bot has to do with the money: nothing."""
    return words.say("This bot handles no money: whoever pledged gives it themselves, straight to the cause.")


def people_words(view: ChallengeView, words: Words) -> str:
    """ "11 people take part"."""
    if view.challenge.state in OVER:
        return words.count("{n} person took part", "{n} people took part", view.people)
    return words.count("{n} person takes part", "{n} people take part", view.people)


def own_line(view: ChallengeView, words: Words) -> str | None:
    """ "You: 12.40 of 50 km", of who asked and takes part."""
    own, plan = view.own, view.challenge.plan
    if own is None:
        return None
    amount = own_amount(
        own.amount, plan.measure, plan.target if plan.kind in ALONE else None, view.units, words
    )
    if own.finished:
        return words.say("You: **{amount}** ✅ made it", amount=amount)
    team = team_name(view, own)
    if team is not None:
        return words.say("You: **{amount}**, for {team}", amount=amount, team=plain(team))
    return words.say("You: **{amount}**", amount=amount)


def own_amount(amount: int, measure: Measure, target: int | None, units: Units, words: Words) -> str:
    """What one person did, of the target where each has one and has not reached it."""
    if target is None or amount >= target:
        return amount_words(amount, measure, units, words)
    return done_words(amount, target, measure, units, words)


def team_name(view: ChallengeView, of: Entrant) -> str | None:
    """The name of somebody's team as typed, where there are teams."""
    return next((each.name for each in view.teams if each.team == of.team), None)


def named(
    people: Sequence[Entrant], words: Words, *, most: int | None = None, room: int | None = None
) -> str:
    """Mentions of `people` in their order, at most `most` and within `room` characters, then "and n more"."""
    return _joined([f"<@{each.person_id}>" for each in people], len(people), words, most, room)


def _joined(mentions: Sequence[str], count: int, words: Words, most: int | None, room: int | None) -> str:
    shown = list(mentions if most is None else mentions[:most])
    if room is not None:
        shown = _fitting(shown, room - _ROOM_FOR_MORE)
    more = count - len(shown)
    if not more:
        return ", ".join(shown)
    rest = words.count("and {n} more", "and {n} more", more)
    return f"{', '.join(shown)} {rest}" if shown else words.count("{n} person", "{n} people", count)


def _fitting(parts: Iterable[str], room: int) -> list[str]:
    kept, used = [], 0
    for each in parts:
        used += len(each) + 2
        if used > room:
            break
        kept.append(each)
    return kept


def _money(minor: int | None, plan: Plan, words: Words) -> str:
    return format_money(minor or 0, plan.currency or "", words.language)
