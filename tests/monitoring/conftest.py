"""Tests of this folder move Discord for the whole process."""

from __future__ import annotations

import discord
import pytest
from discord.gateway import DiscordWebSocket


@pytest.fixture(autouse=True)
def _discord_stays_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
