"""The Discord client: what the bot holds for its cogs, and how interactions reach them."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.care.service import CareService
from bot.challenges.making import MakingService
from bot.challenges.service import ChallengeService
from bot.checkins.service import CheckinService
from bot.consents.service import ConsentService
from bot.encouragement.service import EncouragementService
from bot.erasures.ledger import NoLedger
from bot.errors import StorageUnavailable
from bot.groupmoods.service import GroupFigureService
from bot.groups.service import GroupService
from bot.leaderboards.service import LeaderboardService
from bot.limits.doorstep import admitted
from bot.limits.quotas import NO_QUOTAS, Quotas
from bot.members.lookup_delivery import Names
from bot.members.lookups import LookupService
from bot.members.service import MemberService
from bot.monitoring.hooks import Watched, request_trace
from bot.monitoring.metrics import Metrics
from bot.moodpolls.service import MoodPollService
from bot.moods.reading import TrendService
from bot.moods.service import MoodService
from bot.odd_events import bear_odd_events
from bot.openers.service import OpenerService
from bot.plans.service import PlanService
from bot.reminders.service import ReminderService
from bot.rest_limits import RestLimits
from bot.scheduling.delivery import Courier
from bot.scheduling.pace import REQUESTS_A_SECOND, Pace
from bot.scheduling.posting import once_only
from bot.scheduling.service import DeliveryService
from bot.shards.service import IdentifyService
from bot.shards.starts import SessionStarts
from bot.ui.doors import report_error, tell_of_the_stop
from bot.ui.first_answer import FirstAnswer
from bot.ui.refusals import Refusals
from bot.ui.router import Router
from bot.under_way import UnderWay
from bot.words import Catalogues, CommandTranslator

if TYPE_CHECKING:
    from bot.attachments import AttachmentReader
    from bot.checkins.files import FileReader
    from bot.clock import Clock
    from bot.limits.rules import Limits
    from bot.storage import Database

log = logging.getLogger(__name__)

REMEMBERED = 2_000  # interactions: more than come in the seconds that a connection takes to resume

COGS: tuple[str, ...] = (
    "cogs.checkins",
    "cogs.corrections",
    "cogs.history",
    "cogs.overview",
    "cogs.imports",
    "cogs.plans",
    "cogs.members",
    "cogs.openers",
    "cogs.encouragement",
    "cogs.leaderboards",
    "cogs.reminders",
    "cogs.challenges",
    "cogs.challenge_making",
    "cogs.care",
    "cogs.consents",
    "cogs.moods",
    "cogs.mood_trends",
    "cogs.moodpolls",
    "cogs.groups",
    "cogs.posts",
    "cogs.help",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HostInfo:
    """What whoever hosts the bot tells its people: both empty unless configured."""

    policy_url: str = ""
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the cogs call: built once, by `over`."""

    clock: Clock
    database: Database
    groups: GroupService
    members: MemberService
    lookups: LookupService
    plans: PlanService
    checkins: CheckinService
    deliveries: DeliveryService
    openers: OpenerService
    encouragement: EncouragementService
    leaderboards: LeaderboardService
    reminders: ReminderService
    challenges: ChallengeService
    making: MakingService
    care: CareService
    consents: ConsentService
    moods: MoodService
    trends: TrendService
    moodpolls: MoodPollService
    group_figures: GroupFigureService
    files: FileReader
    attachments: AttachmentReader
    host: HostInfo = field(default_factory=HostInfo)
    ledger: NoLedger = field(default_factory=NoLedger)
    quotas: Quotas = NO_QUOTAS

    @classmethod
    def over(
        cls,
        database: Database,
        *,
        clock: Clock,
        files: FileReader,
        attachments: AttachmentReader,
        host: HostInfo | None = None,
        ledger: NoLedger | None = None,
        quotas: Quotas = NO_QUOTAS,
    ) -> Services:
        """Every feature's service on `database`; whoever opened what is handed over closes it.

        `ledger`: where erasures are written down; nowhere unless given. `quotas` on rows; none unless given.
        """
        return cls(
            clock=clock,
            database=database,
            groups=GroupService(database, ledger),
            members=MemberService(database, ledger),
            lookups=LookupService(database),
            plans=PlanService(database),
            checkins=CheckinService(database, quotas),
            deliveries=DeliveryService(database),
            openers=OpenerService(database),
            encouragement=EncouragementService(database),
            leaderboards=LeaderboardService(database),
            reminders=ReminderService(database),
            challenges=ChallengeService(database),
            making=MakingService(database, quotas),
            care=CareService(database),
            consents=ConsentService(database, ledger),
            moods=MoodService(database, quotas),
            trends=TrendService(database),
            moodpolls=MoodPollService(database, quotas),
            group_figures=GroupFigureService(database),
            files=files,
            attachments=attachments,
            host=host or HostInfo(),
            ledger=ledger or NoLedger(),
            quotas=quotas,
        )


class Tree(app_commands.CommandTree["SecondWind"]):
    """The command tree; every command is known to the client while it is under way."""

    async def _call(self, interaction: discord.Interaction[SecondWind]) -> None:
        if self.client.stopping or self.client.had(interaction):
            return
        with self.client.under_way(), Watched(self.client, interaction):
            if await admitted(interaction):
                if interaction.type is discord.InteractionType.autocomplete:
                    await super()._call(interaction)
                    return
                with self.client.answering(interaction) as first:
                    async with first:
                        await super()._call(interaction)

    async def on_error(
        self, interaction: discord.Interaction[SecondWind], error: app_commands.AppCommandError, /
    ) -> None:
        await report_error(interaction, error)


class SecondWind(commands.AutoShardedBot):
    """The bot. No privileged intent, lean caches, no mention ever parsed."""

    def __init__(
        self,
        services: Services,
        catalogues: Catalogues,
        *,
        cogs: Sequence[str] = COGS,
        at_setup: Sequence[Callable[[SecondWind], Awaitable[None]]] = (),
        shard_count: int | None = None,
        shard_ids: list[int] | None = None,
        limits: Limits | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        """`limits` on what members and groups can use at once; none unless given."""
        trace = once_only(request_trace(metrics := metrics or Metrics()))
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=False, private_channel=False
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            http_trace=RestLimits(lambda: self.http).watch(trace),
            shard_count=shard_count,
            shard_ids=shard_ids,  # type: ignore[arg-type]  # discord.py takes None, its signature says otherwise
        )
        bear_odd_events(self)
        self.services = services
        self.metrics = metrics
        self.catalogues = catalogues
        self.router = Router()
        self.limits = limits
        self.identifies = IdentifyService(services.database)
        self.starts = SessionStarts(lambda: self.http.get_bot_gateway())
        share = len(shard_ids) / shard_count if shard_ids and shard_count else 1.0
        self.courier = Courier(
            services.deliveries, services.clock, pace=Pace(REQUESTS_A_SECOND * share), metrics=metrics
        )
        if shard_ids and shard_count:
            services.deliveries.serve(shard_count, shard_ids)
        self.names = Names()
        self.refusals = Refusals()
        self.redraw_boards: Callable[[], None] = lambda: None  # the boards' cog knows how
        self.redraw_challenges: Callable[[], None] = lambda: None  # the challenges' cog does
        self.tend_polls: Callable[[], None] = lambda: None  # the polls' cog does
        self.languages: dict[int, str] = {}  # by person: the language that they chose over their Discord's
        self._cog_names = tuple(cogs)
        self._at_setup = tuple(at_setup)
        self.stopping = False
        self._work = UnderWay()
        self._unanswered: set[FirstAnswer] = set()
        self._had: dict[int, None] = {}

    @property
    def clock(self) -> Clock:
        return self.services.clock

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait until this shard may identify: processes that share the bot take turns by their database."""
        await self.starts.take()
        if not self.identifies.shared:
            await super().before_identify_hook(shard_id, initial=initial)
            return
        try:
            await asyncio.sleep(await self.identifies.take(shard_id or 0, self.starts.max_concurrency))
        except StorageUnavailable as refused:
            log.warning("identify_not_ordered", extra={"reason": refused.reason})
            await super().before_identify_hook(shard_id, initial=initial)

    async def launch_shards(self) -> None:
        """Connect, when Discord lets the bot start as many sessions as this process needs."""
        await self.starts.make_sure(len(self.shard_ids) if self.shard_ids else self.shard_count)
        await super().launch_shards()

    async def setup_hook(self) -> None:
        """Cogs, then what else starts with the bot: once, however often the gateway says READY."""
        await self.tree.set_translator(CommandTranslator(self.catalogues))
        self.languages = await self.services.members.chosen_languages()
        for name in self._cog_names:
            # not as an extension, whose module is executed anew for every client: nothing is ever reloaded here
            await importlib.import_module(name).setup(self)
        for step in self._at_setup:
            await step(self)

    async def add_cog(self, cog: commands.Cog, /, **options: Any) -> None:
        await super().add_cog(cog, **options)
        self.router.add(cog)

    async def on_message(self, message: discord.Message, /) -> None:
        """There are no text commands."""

    async def on_interaction(self, interaction: discord.Interaction[SecondWind]) -> None:
        """Presses, choices and forms; commands come through the tree."""
        if interaction.type not in (discord.InteractionType.component, discord.InteractionType.modal_submit):
            return
        if self.stopping or self.had(interaction):
            return
        with self.under_way(), Watched(self, interaction), self.answering(interaction) as first:
            async with first:
                try:
                    if await admitted(interaction):
                        await self.router.dispatch(interaction)
                except Exception as error:  # noqa: BLE001 - the one door for whatever a handler raises
                    await report_error(interaction, error)

    def had(self, interaction: discord.Interaction[SecondWind]) -> bool:
        """Whether this very interaction came before: a resumed connection can deliver it twice.

        What is stored also carries the interaction's id where a second time would store it twice, for deliveries to
        the next process.
        """
        if interaction.id in self._had:
            return True
        self._had[interaction.id] = None
        if len(self._had) > REMEMBERED:
            del self._had[next(iter(self._had))]
        return False

    def under_way(self) -> AbstractContextManager[None]:
        """Marks an interaction as begun, so that a stop waits for its end."""
        return self._work.begun()

    @contextmanager
    def answering(self, interaction: discord.Interaction[SecondWind]) -> Iterator[FirstAnswer]:
        """The first answer of an interaction; a stop meanwhile tells whoever had no word of it."""
        self._unanswered.add(first := FirstAnswer(interaction))
        try:
            yield first
        finally:
            self._unanswered.discard(first)

    async def finish(self, seconds: float) -> bool:
        """Begin nothing new, and end what is under way, see `UnderWay.finish`."""
        self.stopping = True
        return await self._work.finish(seconds, lambda: tell_of_the_stop(self._unanswered))
