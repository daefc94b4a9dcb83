"""Random histories of a group with challenges; after every step all that stands equals what the runs come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    rule,
    run_state_machine_as_test,
)

from bot.challenges.model import Counted
from bot.checkins.corrections import Wording
from bot.checkins.import_batch import Found, Key
from bot.checkins.model import Entry, RunLogged
from bot.checkins.track import Activity
from tests.challenges.standings_checks import check, check_counted
from tests.challenges.standings_history import History, any_of, flag, people
from tests.challenges.standings_world import GROUP, OLIVE, World

STEPS_OF_A_RUN = 50
ZONES = (None, "Pacific/Kiritimati", "Pacific/Honolulu", "Europe/Berlin")

metres = st.sampled_from((None, 1_500, 5_000, 10_000))
times = st.sampled_from((None, "12:00", "31:00", "1:02:03"))
days_back = st.integers(0, 6)
said = st.sampled_from((None, "group", "private"))


@dataclass
class Imported:
    """An import, and when it was taken back."""

    key: Key
    undone_at: int | None = None


class Standings(History):
    """What can happen to runs and members, beside all that can to challenges."""

    def __init__(self) -> None:
        super().__init__()
        self.told: tuple[int, tuple[Counted, ...]] | None = (
            None  # the newest run, and what it was said to count for
        )
        self.imports: list[Imported] = []

    def file(self, meters: int | None, seconds: int, back: int, hours: int, number: int) -> Activity:
        at = self.now - timedelta(days=back, hours=hours)
        return Activity("run", meters, seconds, at, {}, f"{number:064d}", "")

    # Runs.

    @rule(runs=st.lists(st.tuples(people, metres, times, days_back), min_size=3, max_size=6))
    def log_some(self, runs: list[tuple[int, int | None, str | None, int]]) -> None:
        for person, meters, time, back in runs:
            self.log(person, meters, time, back, walked=False, visibility=None, sure=True)

    @rule(person=people, metres=metres, time=times, back=days_back, walked=flag, visibility=said, sure=flag)
    def log(
        self,
        person: int,
        metres: int | None,
        time: str | None,
        back: int,
        walked: bool,
        visibility: Any,
        sure: bool,
    ) -> None:
        day = (self.now - timedelta(days=back)).date().isoformat()
        distance = None if metres is None else f"{metres} m"
        activity: Any = "walk" if walked else "run"
        entry = Entry(
            distance=distance, time=time, when=day if back else None, activity=activity, visibility=visibility
        )
        checkins, interaction = self.world.checkins, self.world.interaction()
        logged: Any = self.do("log", checkins.log_run(GROUP, person, interaction, entry, self.now))
        if logged is not None and not isinstance(logged, RunLogged) and sure:
            second = checkins.log_second(GROUP, person, interaction, logged.reading, self.now)
            logged = self.do("log a second", second)
        if isinstance(logged, RunLogged):
            self.told = (logged.figures.run.run_id, logged.figures.counted)

    @rule(
        person=people,
        metres=metres,
        back=st.sampled_from((0, 1, 2, 3, 40)),
        hours=st.integers(0, 9),
        visibility=said,
    )
    def log_file(self, person: int, metres: int | None, back: int, hours: int, visibility: Any) -> None:
        interaction = self.world.interaction()
        self._log_file(person, self.file(metres, 1_860, back, hours, interaction), interaction, visibility)

    @rule(number=any_of, visibility=said)
    def log_the_file_of(self, number: int, visibility: Any) -> None:
        """The watch tells a little else than what was typed."""
        run_id, person = self.run_of(number)
        typed = next((each for each in self.seen.dump.runs if each["run_id"] == run_id), None)
        if typed is None:
            return
        at = datetime.fromisoformat(typed["running_day"]).replace(hour=11, tzinfo=UTC)
        meters, seconds = typed["metres"] or 5_000, typed["seconds"] or 1_860
        interaction = self.world.interaction()
        file = Activity(typed["activity"], meters + 40, seconds + 9, at, {}, f"{interaction:064d}", "")
        self._log_file(person, file, interaction, visibility)

    def _log_file(self, person: int, file: Activity, interaction: int, visibility: Any) -> None:
        entry = Entry(file=file, visibility=visibility)
        logged = self.do(
            "log a file", self.world.checkins.log_run(GROUP, person, interaction, entry, self.now)
        )
        if isinstance(logged, RunLogged):
            self.tally["complete"] += logged.completed

    @rule(number=any_of, metres=metres, time=times, back=days_back, walked=flag)
    def edit(self, number: int, metres: int | None, time: str | None, back: int, walked: bool) -> None:
        run_id, person = self.run_of(number)
        wanted = Wording(
            distance="" if metres is None else f"{metres} m",
            time=time or "",
            when=(self.now - timedelta(days=back)).date().isoformat(),
            note="",
            activity="walk" if walked else "run",
        )
        self.do("edit", self.world.corrections.edit(GROUP, person, run_id, wanted, self.now))

    @rule(number=any_of)
    def undo_or_take_back(self, number: int) -> None:
        run_id, person = self.run_of(number)
        undone = any(run["run_id"] == run_id and run["undone_at"] for run in self.seen.dump.runs)
        corrections = self.world.corrections
        if undone:
            self.do("take back", corrections.take_back(GROUP, person, run_id, self.now))
        else:
            self.do("undo", corrections.undo(GROUP, person, run_id, self.now))

    @rule(number=any_of, private=flag)
    def show_to(self, number: int, private: bool) -> None:
        run_id, person = self.run_of(number)
        visibility: Any = "private" if private else "group"
        self.do("show", self.world.corrections.show_to(GROUP, person, run_id, visibility, self.now))

    @rule(number=any_of)
    def set_aside_or_count_again(self, number: int) -> None:
        run_id, _ = self.run_of(number)
        aside = any(run["run_id"] == run_id and run["set_aside_at"] for run in self.seen.dump.runs)
        moderation = self.world.moderation
        if aside:
            self.do("count again", moderation.count_again(GROUP, OLIVE, run_id, self.now))
        else:
            self.do("set aside", moderation.set_aside(GROUP, OLIVE, run_id, "why", self.now))

    @rule(
        person=people,
        files=st.lists(st.tuples(metres, days_back, st.integers(0, 9)), min_size=1, max_size=3),
        visibility=st.sampled_from(("group", "private")),
    )
    def bring_in(self, person: int, files: list[tuple[int | None, int, int]], visibility: Any) -> None:
        key = Key(GROUP, person, self.world.interaction())
        found = [
            Found(number, self.file(each[0], 1_860, each[1], each[2], key.import_id * 10 + number))
            for number, each in enumerate(files, start=1)
        ]
        imports = self.world.imports
        if self.do("begin an import", imports.begin(key, self.now)) is not None:
            self.do("import", imports.store(key, found, visibility, self.now))
            self.imports.append(Imported(key))

    @rule(number=any_of)
    def undo_import_or_take_it_back(self, number: int) -> None:
        if not self.imports:
            return
        which = self.imports[number % len(self.imports)]
        if which.undone_at is None:
            undone = self.do("undo an import", self.world.imports.undo(which.key, self.now))
            which.undone_at = None if undone is None else undone.undone_at
        else:
            back = self.world.imports.take_back(which.key, which.undone_at, self.now)
            self.do("take an import back", back)
            which.undone_at = None

    # Members.

    @rule(person=people, zone=st.sampled_from(ZONES))
    def move(self, person: int, zone: str | None) -> None:
        self.do("zone", self.world.members.set_zone(GROUP, person, zone, self.now))

    @rule(person=people, back=flag)
    def pause(self, person: int, back: bool) -> None:
        plans = self.world.plans
        state = self.do("plan", plans.state(GROUP, person, self.now))
        if state is not None and state.pauses and back:
            self.do("end a pause", plans.end_pause(GROUP, person, state.pauses[-1].pause_id, self.now))
            return
        interaction = self.world.interaction()
        paused = plans.pause(
            GROUP, person, start="", end="", reason=None, interaction_id=interaction, now=self.now
        )
        self.do("pause", paused)

    @rule(person=people)
    def leave_the_group(self, person: int) -> None:
        self.do("leave the group", self.world.lookups.seen(GROUP, (), (person,), self.now))

    @rule(number=any_of, everything=flag, sure=flag)
    def erase(self, number: int, everything: bool, sure: bool) -> None:
        if not sure:  # less often than the rest, so that there is something to erase
            return
        _, person = self.run_of(number)
        members = self.world.members
        if everything:
            self.do("erase everything", members.erase_everything(GROUP, person, self.now))
        else:
            self.do("erase runs", members.erase_runs(GROUP, person, self.now))
        self.stands.erased(self.seen, person, everything=everything)

    @invariant()
    def all_that_stands_is_what_the_runs_come_to(self) -> None:
        self.seen = self.world.picture(self.now)
        check(self.seen, self.stands)
        finals = sum(view.challenge.state == "final" for view in self.seen.views.values())
        self.tally["results compared"] += finals
        self.tally["standings compared"] += len(self.seen.views) - finals
        if self.told is not None:
            (run_id, counted), self.told = self.told, None
            shown = self.world.run(self.world.checkins.card_of(GROUP, run_id)).counted
            check_counted(self.seen, self.stands, run_id, counted, shown)


def play(world: World, runs: int, number: int, *, phases: Sequence[Phase] = tuple(Phase)) -> Counter[str]:
    """Play `runs` histories of 50 steps from the seed `number`; what was done in them.

    Raises AssertionError with the shortest history found that breaks a standing.
    """
    tally: Counter[str] = Counter()
    history = seed(number)(type("Histories", (Standings,), {"world": world, "tally": tally}))
    run_state_machine_as_test(
        history,
        settings=settings(
            max_examples=runs,
            stateful_step_count=STEPS_OF_A_RUN,
            deadline=None,
            database=None,
            derandomize=False,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return tally
