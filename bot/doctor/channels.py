"""Discord, over REST alone: is the token good, and may the bot do its work in every runs channel?"""

from __future__ import annotations

from collections.abc import Sequence

import aiohttp
import discord

from bot.discord_address import use_api_base
from bot.doctor.findings import Finding, note, ok, problem

NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
    "send_messages_in_threads": "Send Messages in Threads",
}
MOST_GROUPS = 50  # three requests each; a look at thousands would take minutes of the bot's own budget


async def discord_side(token: str, api_base: str, channels: Sequence[tuple[int, int]]) -> list[Finding]:
    """Findings about the token and about `channels`: pairs of a group's id and its runs channel's id."""
    use_api_base(api_base)
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            await client.login(token)
            findings = [ok("Discord knows the token.")]
            for group_id, channel_id in channels[:MOST_GROUPS]:
                findings.append(await _channel(client, group_id, channel_id))
        except discord.LoginFailure:
            return [
                problem(
                    "Discord does not know discord.token: copy it again from the Developer Portal (Bot, Reset Token)."
                )
            ]
        except (discord.HTTPException, aiohttp.ClientError, OSError, ValueError, TypeError) as error:
            return [
                note(
                    f"Discord could not be reached at {api_base} ({type(error).__name__}), so the token and the "
                    "channels were not looked at: look at the network."
                )
            ]
    if len(channels) > MOST_GROUPS:
        findings.append(note(f"Looked at the runs channels of {MOST_GROUPS} of {len(channels)} groups."))
    return findings


async def _channel(client: discord.Client, group_id: int, channel_id: int) -> Finding:
    where = f"Server {group_id}, runs channel {channel_id}"
    assert client.user is not None
    try:
        guild = await client.fetch_guild(group_id, with_counts=False)
        me = await guild.fetch_member(client.user.id)
    except (discord.NotFound, discord.Forbidden):
        return note(f"{where}: the bot is not in that server any more; its rows are erased after 30 days.")
    try:
        channel = await guild.fetch_channel(channel_id)
    except discord.NotFound:
        return problem(f"{where}: the channel is gone. An organiser picks another with /setup.")
    except discord.Forbidden:
        return problem(f"{where}: the bot may not see it. Give it {', '.join(NEEDED.values())} there.")
    except discord.InvalidData:
        return problem(f"{where}: the channel is of another server. An organiser picks one with /setup.")
    may = channel.permissions_for(me)
    missing = [] if may.administrator else [words for name, words in NEEDED.items() if not getattr(may, name)]
    if missing:
        return problem(f"{where}: give the bot {', '.join(missing)} there.")
    return ok(f"{where}: the bot may do all it needs.")
