"""The composition root: builds everything from the settings, runs it, closes it in reverse."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.attachments import CDNReader
from bot.backups.service import BackupService
from bot.challenges.routes import use_folder
from bot.checkins.files import FileReader
from bot.client import HostInfo, SecondWind, Services
from bot.clock import Clock, SystemClock, epoch
from bot.commands.service import CommandTreeService
from bot.commands.sync import Outcome, sync_commands
from bot.discord_address import attachment_hosts, follow_gateway, use_api_base
from bot.doctor.sqlite_file import file_system
from bot.erasures.again import erase_again
from bot.erasures.ledger import Ledger
from bot.errors import HostError
from bot.housekeeping.doorstep import Doorstep
from bot.housekeeping.jobs import Housekeeping, Job
from bot.housekeeping.service import HousekeepingService
from bot.housekeeping.turns import TurnService
from bot.limits.quotas import NO_QUOTAS, Quotas
from bot.limits.rules import Limits
from bot.login import explained, log_in
from bot.members.erasing_delivery import erase_leavers
from bot.members.lookup_delivery import look_for_leavers
from bot.members.removals import CardRemovals
from bot.members.sweep import sweep
from bot.monitoring.health import BEAT_SECONDS, Health
from bot.monitoring.reports import reported
from bot.monitoring.watching import Watching
from bot.settings import Settings
from bot.storage import open_database
from bot.storage.open import backups_folder, present_on, sqlite_path
from bot.words import Catalogues

if TYPE_CHECKING:
    from bot.storage.presence import Presence

log = logging.getLogger(__name__)
# Within 5 s in all: what people began may take 3 of them, Discord's goodbye 1, the database the rest.
FINISH_SECONDS, GOODBYE_SECONDS, STOP_SECONDS = 3.0, 1.0, 4.5
BACKUP_AFTER_SECONDS = 300.0


class App:
    """Everything that one process holds. Made by `build`; `close` lets go of it in reverse."""

    def __init__(
        self,
        client: SecondWind,
        settings: Settings,
        presence: Presence | None,
        closing: contextlib.AsyncExitStack,
    ) -> None:
        self.client = client
        self._settings = settings
        self._presence = presence
        self._closing = closing

    async def run(self) -> None:
        """Connect and serve until closed. Raises HostError where Discord cannot be had."""
        with explained(self._settings.discord.api_base):
            await log_in(self.client, require_token(self._settings))
            await follow_gateway(self.client, self._settings.discord.api_base)
            await self._connected()

    async def _connected(self) -> None:
        """Serve until closed. Raises HostError where another process has taken this one's shards."""
        if self._presence is None:
            await self.client.connect()
            return
        serving = asyncio.create_task(self.client.connect())
        losing = asyncio.create_task(self._presence.lost())
        try:
            await asyncio.wait({serving, losing}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
            elif not self.client.stopping:
                raise self._presence.refusal()
            else:
                await serving
        finally:
            losing.cancel()
            serving.cancel()
            await asyncio.wait({serving, losing})

    async def sync(self) -> Outcome:
        """Send the commands to Discord, whether or not they changed."""
        with explained(self._settings.discord.api_base):
            await log_in(self.client, require_token(self._settings))
        service = CommandTreeService(self.client.services.database)
        return await sync_commands(self.client.tree, service, self.client.clock, force=True)

    async def close(self) -> None:
        """Finish what people began, say goodbye to Discord, let go of the rest: within 5 s. Twice is once."""
        if not await self.client.finish(FINISH_SECONDS):
            log.warning("stopped_with_work_under_way")
        await self._closing.aclose()


async def build(settings: Settings, clock: Clock | None = None, *, live: bool = True) -> App:
    """Open the database, migrate it, and build the client on it; nothing is connected yet.

    Args:
        clock: what the bot takes for the time; the machine's unless given.
        live: sync changed commands and start the housekeeping once the client is logged in.

    Raises:
        HostError: where the database cannot serve.
    """
    use_api_base(settings.discord.api_base)
    closing = contextlib.AsyncExitStack()
    watching = Watching(settings.scheduling.tick)
    try:
        closing.push_async_callback(watching.close)
        if live:
            await watching.start(settings.monitoring.address, settings.monitoring.port)
        # tools that only look or sync go beside a bot that runs
        presence = (
            await present_on(settings.storage.url, settings.discord.shard_ids or None) if live else None
        )
        services = await _services(settings, clock or SystemClock(), presence, closing)
        client = await _client(settings, services, watching, closing, live=live)
    except BaseException:
        await closing.aclose()
        raise
    return App(client, settings, presence, closing)


async def _services(
    settings: Settings, clock: Clock, presence: Presence | None, closing: contextlib.AsyncExitStack
) -> Services:
    if settings.storage.url.startswith("sqlite:"):
        disk = file_system(sqlite_path(settings.storage.url))
        if disk.level == "problem":
            raise HostError(disk.text, exit_code=2)
    routes_folder = settings.challenges.routes_folder
    use_folder(Path(routes_folder) if routes_folder else None)
    database = await open_database(settings.storage.url)
    closing.push_async_callback(database.close)
    if presence is not None:
        closing.push_async_callback(presence.close)
    applied = await database.migrate(now=epoch(clock.now()))
    if applied:
        log.info("migrated", extra={"migrations": ",".join(applied)})
    ledger = Ledger(backups_folder(settings.storage.url, settings.storage.backups))
    await erase_again(database, ledger, clock.now())  # before anybody is served from a restored backup
    api_base = settings.discord.api_base
    attachments = CDNReader(attachment_hosts(api_base), plain_http=api_base.startswith("http://"))
    closing.push_async_callback(attachments.close)
    files = FileReader()
    closing.push_async_callback(files.close)
    return Services.over(
        database,
        clock=clock,
        files=files,
        attachments=attachments,
        host=HostInfo(policy_url=settings.host.policy_url, contact=settings.host.contact),
        ledger=ledger,
        quotas=Quotas() if settings.limits.on else NO_QUOTAS,
    )


async def _client(
    settings: Settings,
    services: Services,
    watching: Watching,
    closing: contextlib.AsyncExitStack,
    *,
    live: bool,
) -> SecondWind:
    database, clock, host = services.database, services.clock, settings.host
    housekeeping = Housekeeping(database, clock, ledger=services.ledger)
    folder = backups_folder(settings.storage.url, settings.storage.backups)
    backups = BackupService(settings.storage.url, folder)
    watching.database(database)
    turns, tick = TurnService(database), settings.scheduling.tick

    async def at_setup(client: SecondWind) -> None:
        service = HousekeepingService(database)
        await client.add_cog(Doorstep(client, service, allowed=host.allowed_groups, contact=host.contact))
        housekeeping.start(
            # at once and then every hour, so that what Discord refused goes through later by itself
            Job("sync", partial(sync_commands, client.tree, CommandTreeService(database), clock)),
            Job("sweep", partial(sweep, client, CardRemovals(database)), for_all=True),
            Job("leaving", partial(_leaving, client)),
            Job("boards", partial(_redraw_boards, client), for_all=True),
            Job("backup", lambda: backups.daily(clock.now()), for_all=True, first_after=BACKUP_AFTER_SECONDS),
            Job("beat", partial(watching.health.beat, database), BEAT_SECONDS),
            Job("deliver", partial(_deliver, client, watching.health, turns, tick), tick),
        )

    client = SecondWind(
        services,
        Catalogues(),
        at_setup=(at_setup,) if live else (),
        shard_count=settings.discord.shard_count,
        shard_ids=list(settings.discord.shard_ids) or None,
        limits=Limits() if settings.limits.on else None,
        metrics=watching.metrics,
    )
    watching.client(client, folder, clock)
    await client.__aenter__()  # so that it can be closed even where it never logs in
    closing.push_async_callback(_say_goodbye, client)
    closing.push_async_callback(housekeeping.stop)
    return client


async def _deliver(client: SecondWind, health: Health, turns: TurnService, tick: float) -> None:
    """Bring what is due; then cards of challenges that changed within their minute, in the background."""
    health.ticked()
    await client.courier.wake(client)
    health.ticked()
    if await turns.take("upkeep", tick, client.clock.now()):
        client.redraw_challenges()
        client.tend_polls()


async def _leaving(client: SecondWind) -> None:
    """Who left long ago is erased; then those are looked up of whom Discord was not asked for a week."""
    await client.wait_until_ready()  # before that no group is known
    await erase_leavers(client)
    await look_for_leavers(client)


async def _redraw_boards(client: SecondWind) -> None:
    """Posted boards from which a name was taken out, where Discord refused the change before."""
    client.redraw_boards()


async def serve(settings: Settings, clock: Clock | None = None) -> None:
    """Run the bot until a signal: the first ends it in order, a second at once."""
    dsn = settings.log.sentry_dsn
    with reported(None if dsn is None else dsn.get_secret_value()):
        await _serve(settings, clock)


async def _serve(settings: Settings, clock: Clock | None) -> None:
    stop = asyncio.Event()
    _listen_for_signals(stop)
    app = await build(settings, clock)
    running = asyncio.create_task(app.run())
    waiting = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        waiting.cancel()
        await _close_in_time(app)
        running.cancel()
        await asyncio.wait({running})
        log.info("stopped")


async def _close_in_time(app: App) -> None:
    """Close, and end at once where a disk or a server hangs beneath: what is on its way there is stored or it is not,
    as in a power cut, and who waited for it was told to look."""
    closing = asyncio.create_task(app.close())
    await asyncio.wait({closing}, timeout=STOP_SECONDS)
    if not closing.done():
        log.warning("stopped_while_storage_hangs")
        logging.shutdown()
        os._exit(1)  # a thread that waits for the disk would keep the interpreter
    closing.result()


def _listen_for_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    both = (signal.SIGTERM, signal.SIGINT)

    def on_signal() -> None:
        log.info("stopping")
        stop.set()
        for each in both:  # the next one is the operating system's own: the end
            loop.remove_signal_handler(each)
            signal.signal(each, signal.SIG_DFL)

    for each in both:
        loop.add_signal_handler(each, on_signal)


async def sync(settings: Settings) -> Outcome:
    """Log in, send the commands, and leave."""
    app = await build(settings, live=False)
    try:
        return await app.sync()
    finally:
        await app.close()


async def migrate(settings: Settings) -> list[str]:
    """Bring the database up to this version; the names of what was applied."""
    database = await open_database(settings.storage.url)
    try:
        return await database.migrate(now=epoch(SystemClock().now()))
    finally:
        await database.close()


async def _say_goodbye(client: SecondWind) -> None:
    # closing a gateway that does not answer would take half a minute
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(client.close(), GOODBYE_SECONDS)


def require_token(settings: Settings) -> str:
    """The bot's token. Raises HostError (exit code 2) where there is none."""
    if settings.discord.token is None:
        raise HostError(
            "discord.token is missing: put the bot's token (Developer Portal, your application, Bot) into "
            "SECONDWIND_DISCORD__TOKEN, or into the configuration file under [discord].",
            exit_code=2,
        )
    return settings.discord.token.get_secret_value()
