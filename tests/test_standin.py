"""The stand-in of Discord refuses, limits and fails as Discord does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from benchmarks.standin import StandIn
from benchmarks.standin_channels import MESSAGES_CLOSED
from benchmarks.standin_faults import KINDS, Faults
from benchmarks.standin_limits import Limits


class Bot:
    """Asks as a bot does; answers are (status, JSON)."""

    def __init__(self, discord_: StandIn, session: aiohttp.ClientSession) -> None:
        self.discord_, self.session = discord_, session

    async def ask(self, method: str, path: str, data: Any = None, **query: Any) -> tuple[int, Any]:
        address = self.discord_.api_base + path
        async with self.session.request(method, address, json=data, params=query) as response:
            return response.status, await response.json()

    async def send(self, channel: int, content: str = "a", **data: Any) -> tuple[int, Any]:
        return await self.ask("POST", f"/channels/{channel}/messages", {"content": content, **data})

    async def history(self, channel: int, **query: Any) -> list[str]:
        _, found = await self.ask("GET", f"/channels/{channel}/messages", **query)
        return [message["content"] for message in found]


@asynccontextmanager
async def bot(**settings: Any) -> AsyncIterator[Bot]:
    async with StandIn(**settings) as discord_:
        headers = {"Authorization": f"Bot {discord_.token}"}
        async with aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(0.3)) as session:
            yield Bot(discord_, session)


class Watch:
    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(
    ("window", "later", "messages"), [(300, 0, 1), (300, 299, 1), (300, 301, 2), (0, 0, 2)]
)
async def test_an_enforced_nonce_is_known_for_its_window(window: float, later: float, messages: int) -> None:
    watch = Watch()
    async with bot(nonce_seconds=window, now=watch) as us:
        channel = us.discord_.guilds[0].channel_id
        _, first = await us.send(channel, nonce="sw1", enforce_nonce=True)
        watch.seconds += later
        _, second = await us.send(channel, nonce="sw1", enforce_nonce=True)
        found = us.discord_.channel_messages(channel)
    assert len(found) == messages
    assert (first["id"] == second["id"]) == (messages == 1)


async def test_a_nonce_that_is_not_enforced_or_of_another_channel_keeps_nothing_away() -> None:
    async with bot() as us:
        here, there, *_ = us.discord_.guilds[0].channel_ids
        await us.send(here, nonce="sw1")
        await us.send(here, nonce="sw1", enforce_nonce=True)
        await us.send(there, nonce="sw1", enforce_nonce=True)
        _, found = await us.ask("GET", f"/channels/{here}/messages")
        assert len(found) == 1
        assert "nonce" not in found[0]
        await us.send(here, nonce="sw2")
        assert len(us.discord_.channel_messages(here)) == 2
        assert len(us.discord_.channel_messages(there)) == 1


async def test_history_is_the_newest_first_and_after_gives_those_nearest_to_it() -> None:
    async with bot() as us:
        channel = us.discord_.guilds[0].channel_id
        ids = [int((await us.send(channel, str(number)))[1]["id"]) for number in range(6)]
        assert await us.history(channel, limit=2) == ["5", "4"]
        assert await us.history(channel, limit=2, after=ids[1]) == ["3", "2"]
        assert await us.history(channel, limit=2, before=ids[3]) == ["2", "1"]
        assert await us.history(channel, limit=3, around=ids[3]) == ["4", "3", "2"]
        assert await us.history(channel, after=ids[5]) == []
        assert (await us.ask("GET", f"/channels/{channel}/messages", limit=101))[0] == 400


async def test_a_conversation_is_the_same_each_time_and_the_closed_one_refuses() -> None:
    async with bot() as us:
        alice, bob = us.discord_.guilds[0].members[1:3]
        [one, again, closed] = [
            int((await us.ask("POST", "/users/@me/channels", {"recipient_id": person.id}))[1]["id"])
            for person in (alice, alice, bob)
        ]
        us.discord_.channels.closed[bob.id] = MESSAGES_CLOSED
        assert one == again
        assert (await us.send(one))[0] == 200
        status, refused = await us.send(closed)
    assert (status, refused["code"]) == (403, 50_007)


def _remove(guild: Any, channel: int) -> None:
    guild.removed.add(channel)


def _hide(guild: Any, channel: int) -> None:
    guild.hidden.add(channel)


def _silence(guild: Any, channel: int) -> None:
    guild.silent.add(channel)


@pytest.mark.parametrize(
    ("change", "status", "code"), [(_remove, 404, 10_003), (_hide, 403, 50_001), (_silence, 403, 50_013)]
)
async def test_channels_refuse_with_discords_codes(
    change: Callable[[Any, int], None], status: int, code: int
) -> None:
    async with bot() as us:
        guild = us.discord_.guilds[0]
        change(guild, guild.channel_id)
        answered, refused = await us.send(guild.channel_id)
        elsewhere, _ = await us.send(guild.channel_ids[1])
    assert (answered, refused["code"], elsewhere) == (status, code, 200)


async def test_a_history_that_may_not_be_read_is_empty() -> None:
    async with bot() as us:
        guild = us.discord_.guilds[0]
        await us.send(guild.channel_id)
        guild.unreadable.add(guild.channel_id)
        status, found = await us.ask("GET", f"/channels/{guild.channel_id}/messages")
    assert (status, found) == (200, [])


async def test_a_thread_takes_messages_until_its_channel_is_gone() -> None:
    async with bot() as us:
        guild = us.discord_.guilds[0]
        status, thread = await us.ask("POST", f"/channels/{guild.channel_id}/threads", {"name": "Wed"})
        assert (status, thread["parent_id"]) == (201, str(guild.channel_id))
        assert (await us.send(int(thread["id"]), "a"))[0] == 200
        assert await us.history(int(thread["id"])) == ["a"]
        assert await us.history(guild.channel_id) == []
        guild.removed.add(guild.channel_id)
        assert (await us.send(int(thread["id"])))[1]["code"] == 10_003


async def test_whoever_left_is_no_member() -> None:
    async with bot() as us:
        guild = us.discord_.guilds[0]
        left = guild.members.pop()
        there, _ = await us.ask("GET", f"/guilds/{guild.id}/members/{guild.members[0].id}")
        status, refused = await us.ask("GET", f"/guilds/{guild.id}/members/{left.id}")
    assert (there, status, refused["code"]) == (200, 404, 10_007)


async def test_all_requests_and_those_of_a_channel_are_limited_as_discord_says_it() -> None:
    async with bot(limits=Limits(every_second=8, seconds=0.3)) as us:
        channel, other = us.discord_.guilds[0].channel_ids[:2]
        address = f"{us.discord_.api_base}/channels/{channel}/messages"
        answers = []
        for _ in range(6):
            async with us.session.post(address, json={"content": "a"}) as response:
                answers.append((response.status, response.headers.copy(), await response.json()))
        statuses = [status for status, _, _ in answers]
        elsewhere = [(await us.send(other))[0] for _ in range(3)]
        _, every = await us.send(other)
        interactions, _ = await us.ask("POST", "/interactions/1/x/callback", {"type": 1})
    assert statuses == [200] * 5 + [429]
    assert answers[0][1]["X-RateLimit-Remaining"] == "4"
    assert answers[5][1]["X-RateLimit-Scope"] == "user"
    assert 0 < answers[5][2]["retry_after"] <= 0.3
    assert elsewhere == [200, 200, 429]
    assert every["global"] is True
    assert interactions == 404


@pytest.mark.parametrize("kind", KINDS)
async def test_a_fault_strikes_before_or_after_the_message_was_accepted(kind: str) -> None:
    faults = Faults(seed=1, odds={kind: 1.0}, slow_seconds=0.01, late_seconds=0.35, retry_after=0.01)
    async with bot(before_reply=faults) as us:
        channel = us.discord_.guilds[0].channel_id
        began = time.perf_counter()
        try:
            status, _ = await us.send(channel)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            status = None
        seconds = time.perf_counter() - began
        if kind == "late":
            assert us.discord_.channel_messages(channel) == []
            await asyncio.sleep(0.1)  # it is accepted when nobody waits any more
        accepted = len(us.discord_.channel_messages(channel))
        faults.on = False
        assert (await us.send(channel))[0] == 200
    assert accepted == (kind.endswith("after") or kind in ("slow", "late"))
    assert (status == 200) == (kind == "slow")
    assert ("hang" in kind or kind == "late") == (seconds > 0.29)
    assert faults.injected == {kind: 1}


def test_faults_of_one_seed_are_the_same_again() -> None:
    first, second = (Faults(seed=4) for _ in range(2))
    drawn = [first._choose() for _ in range(200)]
    assert drawn == [second._choose() for _ in range(200)]
    assert 20 < sum(kind is not None for kind in drawn) < 100
