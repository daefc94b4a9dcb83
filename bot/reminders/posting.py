"""Brings reminders and warnings to those who asked for them, and the test that comes at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.encouragement.rules import words_for
from bot.encouragement.situation import Situation
from bot.reminders.cards import reminder_card, warning_card
from bot.reminders.model import ReminderLetter, ReminderSet
from bot.scheduling.posting import Letter

if TYPE_CHECKING:
    from bot.client import SecondWind
    from bot.plans.service import PlanState
    from bot.scheduling.model import Delivery
    from bot.words import Words


async def render_reminder(client: SecondWind, delivery: Delivery, letter: ReminderLetter) -> Letter:
    """A reminder; in a channel it pings its owner alone."""
    layout = reminder_card(letter, _words(client, letter), group_name(client, letter.group_id))
    if not letter.in_channel:
        return Letter(layout)
    owner = discord.Object(letter.person_id)
    return Letter(layout, mentions=discord.AllowedMentions(everyone=False, roles=False, users=[owner]))


async def render_warning(client: SecondWind, delivery: Delivery, letter: ReminderLetter) -> Letter:
    """A streak warning."""
    return Letter(warning_card(letter, _words(client, letter), group_name(client, letter.group_id)))


async def send_test(
    client: SecondWind, person_id: int, result: ReminderSet, state: PlanState, words: Words
) -> discord.Message:
    """Show the member what will come, in their direct messages. Raises what discord.py raises."""
    reminder = result.reminder
    situation = Situation(
        hour=reminder.minute // 60, day=state.today, kept=state.kept_days, target=state.target
    )
    message = words_for("pre_run", situation, (), reminder.schedule_id)
    letter = ReminderLetter(
        group_id=result.stands.group_id,
        person_id=person_id,
        delivery_id=0,
        language=words.language,
        own_words=reminder.words,
        key=None if message is None else message.key,
        situation=situation,
        plan=state.plan,
    )
    layout = reminder_card(letter, words, group_name(client, letter.group_id), test=True)
    channel = await client.create_dm(discord.Object(person_id))
    await client.services.reminders.dm_opened(person_id, channel.id)
    return await channel.send(view=layout)


def group_name(client: SecondWind, group_id: int) -> str:
    """The group's name where Discord has told it."""
    guild = client.get_guild(group_id)
    return "" if guild is None else guild.name


def _words(client: SecondWind, letter: ReminderLetter) -> Words:
    """The language that the person chose, else the group's: a delivery knows no other."""
    return client.catalogues.choose(client.languages.get(letter.person_id), letter.language)
