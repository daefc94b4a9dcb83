"""The people and groups of the stand-in, and their payloads as Discord writes them."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

DISCORD_EPOCH_MS = 1_420_070_400_000
APPLICATION_ID = 1_100_000_000_000_000_001
MANAGE_GUILD = 1 << 5
VIEW_CHANNEL, SEND_MESSAGES, READ_MESSAGE_HISTORY = 1 << 10, 1 << 11, 1 << 16
# View, send, embed, attach, history, slash commands, threads: what members of a common group have.
MEMBER_PERMISSIONS = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 31 | 1 << 35 | 1 << 38
BOT_PERMISSIONS = MEMBER_PERMISSIONS
JOINED_AT = "2025-03-02T09:30:00.000000+00:00"

_increments = itertools.count()


def snowflake(at: float | None = None) -> int:
    """A new id that carries a moment in seconds since 1970 (the present, unless given), as Discord's do."""
    milliseconds = int((time.time() if at is None else at) * 1000) - DISCORD_EPOCH_MS
    return milliseconds << 22 | next(_increments) & 0x3FFFFF


def snowflake_time(identity: int) -> float:
    """The moment that an id carries, in seconds since 1970."""
    return ((identity >> 22) + DISCORD_EPOCH_MS) / 1000


@dataclass(frozen=True)
class Member:
    """A person as one group sees them."""

    id: int
    name: str
    organiser: bool = False
    locale: str = "en-US"
    roles: tuple[int, ...] = ()

    @property
    def permissions(self) -> int:
        return MEMBER_PERMISSIONS | (MANAGE_GUILD if self.organiser else 0)

    def user(self) -> Json:
        return {
            "id": str(self.id),
            "username": f"person_{self.id % 100_000}",
            "global_name": self.name,
            "discriminator": "0",
            "avatar": "8342729096ea3675442027381ff50dfe",
            "avatar_decoration_data": None,
            "public_flags": 0,
            "clan": None,
            "primary_guild": None,
            "collectibles": None,
        }

    def payload(self, *, with_permissions: bool = True) -> Json:
        member: Json = {
            "user": self.user(),
            "nick": None,
            "avatar": None,
            "banner": None,
            "roles": [str(role) for role in self.roles],
            "joined_at": JOINED_AT,
            "premium_since": None,
            "communication_disabled_until": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
            "unusual_dm_activity_until": None,
        }
        if with_permissions:
            member["permissions"] = str(self.permissions)
        return member


BOT_USER: Json = {
    "id": str(APPLICATION_ID),
    "username": "Second Wind",
    "global_name": None,
    "discriminator": "0420",
    "avatar": None,
    "bot": True,
    "verified": True,
    "mfa_enabled": True,
    "email": None,
    "flags": 0,
    "public_flags": 0,
}


@dataclass
class Guild:
    """A group of the usual size: ten channels, fifteen roles, ten emojis, a few hundred members who are not sent.

    Of its channels the `removed` are unknown, the `hidden` cannot be seen, to the `silent` the bot may not send, and of
    the `unreadable` it may not read the history. Whoever is taken out of `members` has left.
    """

    id: int
    name: str
    members: list[Member]
    locale: str = "en-US"
    member_count: int = 120
    channels: int = 10
    roles: int = 15
    removed: set[int] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)
    silent: set[int] = field(default_factory=set)
    unreadable: set[int] = field(default_factory=set)
    _text: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._text = [self.id + 100 + n for n in range(2, self.channels - 2)]

    @property
    def channel_id(self) -> int:
        """The text channel in which things happen unless another is named."""
        return self._text[0]

    @property
    def channel_ids(self) -> list[int]:
        return list(self._text)

    def channel(self, channel_id: int) -> Json:
        """One text channel's payload."""
        position = channel_id - self.id - 100
        denied = (
            VIEW_CHANNEL * (channel_id in self.hidden)
            | SEND_MESSAGES * (channel_id in self.silent)
            | READ_MESSAGE_HISTORY * (channel_id in self.unreadable)
        )
        return {
            "id": str(channel_id),
            "guild_id": str(self.id),
            "type": 0,
            "name": "runs" if channel_id == self.channel_id else f"channel-{position}",
            "topic": "Say how far, and how it was. Beginners are at home here.",
            "position": position,
            "parent_id": str(self.id + 100),
            "nsfw": False,
            "rate_limit_per_user": 0,
            "last_message_id": str(self.id + 5_000 + position),
            "last_pin_timestamp": None,
            "flags": 0,
            "permission_overwrites": [
                {"id": str(self.id), "type": 0, "allow": "1024", "deny": "0"},
                {"id": str(self.id + 3), "type": 0, "allow": "0", "deny": "2048"},
                *(
                    [{"id": str(APPLICATION_ID), "type": 1, "allow": "0", "deny": str(denied)}]
                    if denied
                    else []
                ),
            ],
        }

    def create_payload(self) -> Json:
        """GUILD_CREATE: the bot is the only member that comes with it, as without the privileged intent."""
        bot = Member(APPLICATION_ID, "Second Wind", roles=(self.id + 1,)).payload(with_permissions=False)
        return {
            "id": str(self.id),
            "name": self.name,
            "icon": "1acda3cd0e1a5c3d1d3a4a8e7b6ad39e",
            "splash": None,
            "discovery_splash": None,
            "home_header": None,
            "banner": None,
            "description": None,
            "features": ["COMMUNITY", "NEWS"],
            "owner_id": str(self.members[0].id),
            "region": "deprecated",
            "afk_channel_id": None,
            "afk_timeout": 300,
            "verification_level": 1,
            "default_message_notifications": 1,
            "explicit_content_filter": 2,
            "mfa_level": 0,
            "nsfw_level": 0,
            "nsfw": False,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "premium_progress_bar_enabled": False,
            "preferred_locale": self.locale,
            "vanity_url_code": None,
            "system_channel_id": str(self.channel_id),
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "safety_alerts_channel_id": None,
            "max_members": 500_000,
            "max_video_channel_users": 25,
            "max_stage_video_channel_users": 50,
            "incidents_data": None,
            "application_id": None,
            "joined_at": JOINED_AT,
            "large": self.member_count > 250,
            "lazy": True,
            "unavailable": False,
            "member_count": self.member_count,
            "hub_type": None,
            "version": 1_788_000_000_000,
            "roles": [self._role(n) for n in range(self.roles)],
            "emojis": [self._emoji(n) for n in range(10)],
            "stickers": [],
            "soundboard_sounds": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "threads": [],
            "voice_states": [],
            "presences": [],
            "members": [bot | {"user": BOT_USER}],
            "channels": self._channels(),
        }

    def _channels(self) -> list[Json]:
        """Two categories, the text channels, two voice channels."""
        first, last = self.id + 100, self.id + 100 + self.channels - 1
        overwrites = [{"id": str(self.id + 3), "type": 0, "allow": "1024", "deny": "0"}]
        categories = [
            {
                "id": str(n),
                "type": 4,
                "name": f"Category {n - first}",
                "position": n - first,
                "flags": 0,
                "permission_overwrites": overwrites,
            }
            for n in (first, first + 1)
        ]
        voices = [
            {
                "id": str(n),
                "type": 2,
                "name": f"Voice {n - first}",
                "position": n - first,
                "bitrate": 64_000,
                "user_limit": 0,
                "rtc_region": None,
                "parent_id": str(first + 1),
                "nsfw": False,
                "flags": 0,
                "permission_overwrites": overwrites,
                "last_message_id": None,
                "rate_limit_per_user": 0,
            }
            for n in (last - 1, last)
        ]
        return [*categories, *(self.channel(n) for n in self._text if n not in self.removed), *voices]

    def _role(self, n: int) -> Json:
        return {
            "id": str(self.id + n),
            "name": "@everyone" if n == 0 else f"Role {n}",
            "permissions": str(BOT_PERMISSIONS),
            "position": n,
            "color": 0x1ABC9C * (n % 4 == 0),
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": n % 5 == 0,
            "managed": n == 1,
            "mentionable": False,
            "icon": None,
            "unicode_emoji": None,
            "flags": 0,
            **({"tags": {"bot_id": str(APPLICATION_ID)}} if n == 1 else {}),
        }

    def _emoji(self, n: int) -> Json:
        return {
            "id": str(self.id + 200 + n),
            "name": f"emoji_{n}",
            "roles": [],
            "require_colons": True,
            "managed": False,
            "animated": False,
            "available": True,
        }


def make_guild(number: int, *, members: int = 20) -> Guild:
    """Group `number`, the same at every call; the first of its members is an organiser."""
    guild_id = 900_000_000_000_000_000 + number * (1 << 22)
    people = [
        Member(800_000_000_000_000_000 + number * 10_000 + n, f"Runner {number}-{n}", organiser=n == 0)
        for n in range(members)
    ]
    return Guild(guild_id, f"Group {number}", people, member_count=max(120, members))
