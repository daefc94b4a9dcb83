"""Use cases of organisers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.clock import epoch, moment
from bot.erasures.ledger import GROUP, NoLedger
from bot.errors import Refusal
from bot.groups.rules import (
    ComingPost,
    GroupPosts,
    GroupSettings,
    checked_day_start,
    checked_makers,
    checked_measure,
    checked_units,
    checked_week_start,
)
from bot.scheduling.group_schedules import USUAL_MINUTE, align
from bot.scheduling.occurrences import Recurrence, next_occurrence
from bot.storage import Connection, Database, Row, load_queries


@dataclass(frozen=True, slots=True)
class GroupHoldings:
    """What erasing a group takes away: check-ins and members with settings."""

    runs: int
    members: int


@dataclass(frozen=True, slots=True)
class PanelMoved:
    """The permanent card stands anew; `old` is the channel and message of the one before, if there was one."""

    settings: GroupSettings
    old: tuple[int, int] | None


class GroupService:
    """Settings of groups. Every method names the group by its Discord id; `now` is an aware UTC moment."""

    def __init__(self, database: Database, ledger: NoLedger | None = None) -> None:
        self._database = database
        self._ledger = ledger or NoLedger()
        self._queries = load_queries("bot.groups", database.dialect)
        self._schedules = load_queries("bot.scheduling", database.dialect)

    async def joined(self, group_id: int, now: datetime) -> None:
        """The bot is in the group; coming back within 30 days keeps what was stored."""
        await self._database.write(
            lambda connection: self._queries.join_group(connection, group_id=group_id, now=epoch(now))
        )

    async def left(self, group_id: int, now: datetime) -> None:
        """The bot was removed: the 30 days until erasure begin. A second call does not begin them anew."""
        await self._database.write(
            lambda connection: self._queries.leave_group(connection, group_id=group_id, now=epoch(now))
        )

    async def settings(self, group_id: int) -> GroupSettings:
        """The group's settings; the defaults (UTC, English) where nobody has set any."""
        row = await self._database.read(
            lambda connection: self._queries.group_by_id(connection, group_id=group_id)
        )
        return GroupSettings(group_id=group_id) if row is None else _settings(row)

    async def set_zone(self, group_id: int, zone: str, now: datetime) -> GroupSettings:
        """`zone` is an IANA name that bot.days has resolved. Stored running days stay as they are."""
        return await self._set(self._queries.set_zone, group_id, now, zone=zone)

    async def set_units(self, group_id: int, units: str, now: datetime) -> GroupSettings:
        """Raises Refusal for anything but km and mi."""
        return await self._set(self._queries.set_units, group_id, now, units=checked_units(units))

    async def set_language(
        self, group_id: int, language: str, offered: tuple[str, ...], now: datetime
    ) -> GroupSettings:
        """Raises Refusal for a language that is not among those `offered`."""
        if language not in offered:
            raise Refusal("That language is not on offer here yet. Choose one from the menu.")
        return await self._set(self._queries.set_language, group_id, now, language=language)

    async def set_week_start(self, group_id: int, weekday: str, now: datetime) -> GroupSettings:
        """`weekday` is "0" (Monday) to "6"; every week, past ones too, is then cut there. Raises Refusal."""
        return await self._set(
            self._queries.set_week_start, group_id, now, weekday=checked_week_start(weekday)
        )

    async def set_day_start(self, group_id: int, minute: int, now: datetime) -> GroupSettings:
        """`minute` after midnight, 0 to 720. Stored running days stay as they are. Raises Refusal."""
        return await self._set(self._queries.set_day_start, group_id, now, minute=checked_day_start(minute))

    async def set_organiser_role(self, group_id: int, role_id: int | None, now: datetime) -> GroupSettings:
        """Members with this role are organisers too; None: those with Manage Server alone."""
        return await self._set(self._queries.set_organiser_role, group_id, now, role_id=role_id)

    async def set_runs_channel(self, group_id: int, channel_id: int, now: datetime) -> GroupSettings:
        """Run cards go there; the caller has looked at what the bot may do in it."""
        return await self._set(self._queries.set_runs_channel, group_id, now, channel_id=channel_id)

    async def set_posts(self, group_id: int, measure: str, now: datetime) -> GroupSettings:
        """How often the group's own posts come: off, weekly, three or daily. Raises Refusal."""
        return await self._set(self._queries.set_posts, group_id, now, posts=checked_measure(measure))

    async def set_makers(self, group_id: int, makers: str, now: datetime) -> GroupSettings:
        """Who may make challenges: organisers or members. Raises Refusal."""
        return await self._set(self._queries.set_makers, group_id, now, challenges_by=checked_makers(makers))

    async def set_posts_channel(self, group_id: int, channel_id: int | None, now: datetime) -> GroupSettings:
        """Where the group's own posts go; None: to the runs channel. The caller has looked at the rights."""
        return await self._set(self._queries.set_posts_channel, group_id, now, channel_id=channel_id)

    async def set_post_times(self, group_id: int, minutes: Mapping[str, int], now: datetime) -> GroupSettings:
        """`minutes` after midnight (0 to 1439) by the kind of post.

        Today's that has not come still comes, at once where its new hour has passed.
        """

        async def work(connection: Connection) -> GroupSettings:
            row = await self._queries.ensure_group(connection, group_id=group_id, now=epoch(now))
            await align(self._schedules, connection, group_id, now)
            there = await self._queries.schedules_of_group(connection, group_id=group_id)
            for each in there:
                if minutes.get(each["kind"], each["minute"]) != each["minute"]:
                    await self._schedules.set_group_minute(
                        connection,
                        group_id=group_id,
                        kind=each["kind"],
                        minute=minutes[each["kind"]],
                        now=epoch(now),
                    )
            return _settings(row)

        return await self._database.write(work)

    async def posts(self, group_id: int, now: datetime) -> GroupPosts:
        """The group's own posts as they stand, and what comes next."""

        async def work(connection: Connection) -> tuple[Row | None, list[Row]]:
            row = await self._queries.group_by_id(connection, group_id=group_id)
            return row, await self._queries.schedules_of_group(connection, group_id=group_id)

        row, rows = await self._database.read(work)
        settings = GroupSettings(group_id=group_id) if row is None else _settings(row)
        wanted = settings.posts != "off" and settings.channel_for_posts is not None
        refused = [each["off_reason"] for each in rows if each["off_reason"] not in (None, "posts_off")]
        coming = [
            ComingPost(each["kind"], _next(each, settings, now))
            for each in rows
            if each["off_reason"] is None
        ]
        return GroupPosts(
            settings,
            USUAL_MINUTE | {each["kind"]: each["minute"] for each in rows},
            tuple(sorted(coming, key=lambda each: each.due_at)) if wanted else (),
            refused[0] if wanted and refused else None,
        )

    async def panel_posted(
        self, group_id: int, channel_id: int, message_id: int, now: datetime
    ) -> PanelMoved:
        """The permanent card was posted: setup is done, and an older card is to go."""

        async def work(connection: Connection) -> PanelMoved:
            before = await self._queries.group_by_id(connection, group_id=group_id)
            row = await self._queries.finish_setup(
                connection, group_id=group_id, channel_id=channel_id, message_id=message_id, now=epoch(now)
            )
            old = None if before is None else _settings(before).panel
            return PanelMoved(_settings(row), None if old == (channel_id, message_id) else old)

        return await self._database.write(work)

    async def nudge(self, group_id: int, now: datetime) -> bool:
        """Whether an organiser is to be told now that setup waits: true once a group, and not after setup."""
        row = await self._database.write(
            lambda connection: self._queries.nudge(connection, group_id=group_id, now=epoch(now))
        )
        return row is not None

    async def holdings(self, group_id: int) -> GroupHoldings:
        """What `erase` would take away."""
        row = await self._database.read(
            lambda connection: self._queries.what_goes(connection, group_id=group_id)
        )
        return GroupHoldings(row["runs"], row["members"])

    async def erase(self, group_id: int, now: datetime) -> GroupHoldings:
        """Erase everything of the group, leaving no copy in the file; what went.

        Also goes who was a member of this group alone. Its cards are queued for removal
        (bot.members.removals). The group itself starts again as one before setup.
        """

        async def work(connection: Connection) -> GroupHoldings:
            row = await self._queries.what_goes(connection, group_id=group_id)
            await self._queries.queue_cards_of_group(connection, group_id=group_id, now=epoch(now))
            await self._queries.queue_posts(connection, group_id=group_id, now=epoch(now))
            await self._queries.queue_panel(connection, group_id=group_id, now=epoch(now))
            await self._queries.erase_people_of_this_group_alone(connection, group_id=group_id)
            await self._queries.erase_group(connection, group_id=group_id)
            await self._queries.join_group(connection, group_id=group_id, now=epoch(now))
            return GroupHoldings(row["runs"], row["members"])

        async with self._ledger.recorded(GROUP, group_id, 0, now):
            gone = await self._database.write(work)
        await self._database.scrub()
        return gone

    async def _set(
        self, query: Callable[..., Awaitable[Row]], group_id: int, now: datetime, **values: Any
    ) -> GroupSettings:
        async def work(connection: Connection) -> GroupSettings:
            row = await query(connection, group_id=group_id, now=epoch(now), **values)
            await align(self._schedules, connection, group_id, now)
            await self._schedules.look_again_in_group(connection, group_id=group_id, now=epoch(now))
            return _settings(row)

        return await self._database.write(work)


def _next(row: Row, settings: GroupSettings, now: datetime) -> datetime:
    last = None if row["last_day"] is None else date.fromisoformat(row["last_day"])
    recurrence = Recurrence(row["minute"], row["weekdays"])
    since = max(moment(row["since_at"]), now)
    return next_occurrence(recurrence, ZoneInfo(settings.zone), last, since).due_at


def _settings(row: Row) -> GroupSettings:
    panel = row["panel_message_id"]
    return GroupSettings(
        group_id=row["group_id"],
        zone=row["zone"],
        units=row["units"],
        language=row["language"],
        week_starts_on=row["week_starts_on"],
        day_starts_minute=row["day_starts_minute"],
        organiser_role_id=row["organiser_role_id"],
        runs_channel_id=row["runs_channel_id"],
        panel=None if panel is None else (row["panel_channel_id"], panel),
        set_up=row["set_up_at"] is not None,
        posts=row["posts"],
        posts_channel_id=row["posts_channel_id"],
        challenges_by=row["challenges_by"],
        feelings_confirmed_at=None
        if row["feelings_confirmed_at"] is None
        else moment(row["feelings_confirmed_at"]),
    )
