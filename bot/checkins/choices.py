"""What options and buttons of checking in say, before anybody believes them."""

from __future__ import annotations

from datetime import date

import discord

from bot.checkins.checkin_cards import fields_in
from bot.checkins.model import Kind, Visibility
from bot.checkins.reading import Reading, bests_of
from bot.clock import moment
from bot.errors import Refusal
from bot.ui.router import Press

_LATEST = 4_102_444_800  # the year 2100, in epoch seconds: beyond it no run has started


def kind_of(text: str) -> Kind:
    """run or walk. Raises Refusal for anything else: an option can be sent by hand."""
    if text == "run":
        return "run"
    if text == "walk":
        return "walk"
    raise Refusal("Choose run or walk.")


def visibility_of(text: str) -> Visibility:
    """group or private. Raises Refusal for anything else."""
    if text == "group":
        return "group"
    if text == "private":
        return "private"
    raise Refusal("Choose group or private.")


def second_reading(press: Press, message: discord.Message | None) -> Reading:
    """The run that a button of `twin_question` carries; the service judges it again. Raises Refusal."""
    activity: Kind = "walk" if press.text(1) == "w" else "run"
    try:
        day = date.fromisoformat(press.text(2))
    except ValueError as error:
        raise Refusal(
            "That button is from an older message. Use the command again for a fresh one."
        ) from error
    metres = (press.number(4) or None) if press.text(4) else None
    seconds = (press.number(5) or None) if press.text(5) else None
    return Reading(
        activity=activity,
        running_day=day,
        started_at=moment(min(press.number(3), _LATEST)) if press.text(3) else None,
        metres=metres,
        seconds=seconds,
        visibility="private" if press.text(6) == "p" else "group",
        note=fields_in(message).get("note") or None,
        source="typed" if metres or seconds else "tap",
        bests=bests_of(activity, metres, seconds),
    )
