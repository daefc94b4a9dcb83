"""Channels of the stand-in: those of groups, direct messages, threads; what may be sent and read there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from benchmarks.standin_messages import EPHEMERAL, new_message
from benchmarks.standin_world import APPLICATION_ID, Guild, Json, Member, snowflake

MESSAGES_CLOSED, NO_COMMON_GROUP = 50_007, 50_278
_MEANING = {
    MESSAGES_CLOSED: "Cannot send messages to this user",
    NO_COMMON_GROUP: "Cannot send messages to this user due to having no mutual guilds",
}
MOST_AT_ONCE = 100


class Refused(Exception):
    """An error as Discord answers it."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class Channels:
    """What is in every channel. What a group's channels refuse is set on the `Guild`.

    Args:
        now: seconds since 1970: ids and times of messages follow it.
        nonce_seconds: how long Discord knows an enforced nonce; "a few minutes" is all that it promises.
    """

    def __init__(
        self, guilds: Iterable[Guild], *, now: Callable[[], float], nonce_seconds: float = 300.0
    ) -> None:
        self.guilds = list(guilds)
        self.now, self.nonce_seconds = now, nonce_seconds
        self.messages: dict[int, Json] = {}
        self.people: dict[int, int] = {}  # by the channel of a conversation that was opened
        self.threads: dict[int, Json] = {}
        self.closed: dict[int, int] = {}  # people who take no direct messages, and the code that says so
        self.taken_for_known = 0
        self._in_channel: dict[str, list[int]] = {}
        self._nonces: dict[tuple[int, str], tuple[float, int]] = {}

    # Which there are

    def open(self, person: int) -> Json:
        """The conversation with a person: always the same one. It opens for those who take no messages, too."""
        self.people[person + 1] = person
        return self.payload(person + 1)

    def payload(self, channel_id: int) -> Json:
        """Any channel as Discord describes it. Raises Refused."""
        sent = self._in_channel.get(str(channel_id))
        last: Json = {"last_message_id": str(max(sent)) if sent else None}
        if channel_id in self.people:
            person = Member(self.people[channel_id], "Runner")
            return {"id": str(channel_id), "type": 1, "recipients": [person.user()]} | last
        guild = self.guild_of(channel_id)
        self._check_seen(guild, channel_id)
        return (self.threads.get(channel_id) or guild.channel(channel_id)) | last

    def guild_of(self, channel_id: int) -> Guild:
        """The group of a channel or thread. Raises Refused (10003) where there is none."""
        for guild in self.guilds:
            if channel_id in guild.channel_ids:
                return guild
        if (thread := self.threads.get(channel_id)) is not None:
            return self.guild_of(int(thread["parent_id"]))
        raise Refused(404, 10_003, "Unknown Channel")

    def start_thread(self, parent: int, data: Json, message: int | None = None) -> Json:
        """A thread below `parent`, beneath a message or by itself. Raises Refused."""
        guild = self.guild_of(parent)
        self._check_seen(guild, parent)
        if parent in guild.silent:
            raise Refused(403, 50_013, "Missing Permissions")
        moment = datetime.fromtimestamp(self.now(), UTC).isoformat()
        thread: Json = {
            "id": str(message or snowflake(self.now())),
            "guild_id": str(guild.id),
            "parent_id": str(parent),
            "owner_id": str(APPLICATION_ID),
            "type": data.get("type", 11),
            "name": data["name"],
            "last_message_id": None,
            "rate_limit_per_user": 0,
            "message_count": 0,
            "member_count": 1,
            "total_message_sent": 0,
            "flags": 0,
            "thread_metadata": {
                "archived": False,
                "auto_archive_duration": data.get("auto_archive_duration", 1440),
                "archive_timestamp": moment,
                "create_timestamp": moment,
                "locked": False,
            },
        }
        self.threads[int(thread["id"])] = thread
        return thread

    # Messages

    def keep(self, message: Json) -> Json:
        """Add a message to its channel."""
        if int(message["id"]) not in self.messages:
            self.messages[int(message["id"])] = message
            self._in_channel.setdefault(message["channel_id"], []).append(int(message["id"]))
        return message

    def send(self, channel_id: int, data: Json, files: list[Json]) -> Json:
        """What the bot sends, or what it sent before under the same enforced nonce. Raises Refused."""
        self._check_sendable(channel_id)
        nonce = data.get("nonce")
        if nonce is not None and len(str(nonce)) > 25:
            raise Refused(400, 50_035, "Invalid Form Body")
        key, now = (channel_id, str(nonce)), self.now()
        if nonce is not None and data.get("enforce_nonce") and key in self._nonces:
            until, known = self._nonces[key]
            message = self.messages.get(known)
            if now < until and message is not None and message["author"]["id"] == str(APPLICATION_ID):
                self.taken_for_known += 1
                return message
        message = self.keep(new_message(channel_id, data, files, at=now))
        if nonce is not None:
            self._nonces[key] = now + self.nonce_seconds, int(message["id"])
        return message

    def seen(self, channel_id: int) -> list[Json]:
        """What everyone sees in a channel, oldest first."""
        found = (self.messages.get(each) for each in sorted(self._in_channel.get(str(channel_id), ())))
        return [message for message in found if message is not None and not message["flags"] & EPHEMERAL]

    def history(
        self,
        channel_id: int,
        *,
        limit: int = 50,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
    ) -> list[Json]:
        """Messages of a channel, the newest first; with `after` those nearest to it. Raises Refused.

        Without the permission to read the history Discord returns none.
        """
        if not 1 <= limit <= MOST_AT_ONCE:
            raise Refused(400, 50_035, "Invalid Form Body")
        if channel_id not in self.people:
            guild = self.guild_of(channel_id)
            self._check_seen(guild, channel_id)
            if self._parent(channel_id) in guild.unreadable:
                return []
        found = self.seen(channel_id)
        if around is not None:
            at = sum(int(message["id"]) < around for message in found)
            return found[max(0, at - limit // 2) : at + (limit + 1) // 2][::-1]
        if after is not None:
            return [message for message in found if int(message["id"]) > after][:limit][::-1]
        if before is not None:
            found = [message for message in found if int(message["id"]) < before]
        return found[-limit:][::-1]

    def _check_sendable(self, channel_id: int) -> None:
        person = self.people.get(channel_id)
        if person is not None:
            if person in self.closed:
                raise Refused(403, self.closed[person], _MEANING[self.closed[person]])
            return
        guild = self.guild_of(channel_id)
        self._check_seen(guild, channel_id)
        if self._parent(channel_id) in guild.silent:
            raise Refused(403, 50_013, "Missing Permissions")

    def _check_seen(self, guild: Guild, channel_id: int) -> None:
        parent = self._parent(channel_id)
        if parent in guild.removed:
            raise Refused(404, 10_003, "Unknown Channel")
        if parent in guild.hidden:
            raise Refused(403, 50_001, "Missing Access")

    def _parent(self, channel_id: int) -> int:
        thread = self.threads.get(channel_id)
        return channel_id if thread is None else int(thread["parent_id"])
