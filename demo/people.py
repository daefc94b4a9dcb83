"""The group of the demo: about a dozen people, each with a habit of their own. Nobody here is real."""

from __future__ import annotations

from dataclasses import dataclass, field

GROUP = "Canal Path Runners"
ZONE = "Europe/Berlin"


@dataclass(frozen=True, slots=True)
class Habit:
    """How somebody runs.

    days: chance of a check-in on each weekday, Monday first.
    km: shortest and longest distance. pace: fastest and slowest seconds a kilometre.
    numbers: share of check-ins with distance and time. walks: share that are walks.
    paused_weeks_ago: first and last week (counted back from now) of a pause.
    """

    days: tuple[float, float, float, float, float, float, float]
    km: tuple[float, float]
    pace: tuple[int, int]
    numbers: float = 0.9
    walks: float = 0.0
    paused_weeks_ago: tuple[int, int] | None = None
    joined_weeks_ago: int = 26


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody of the group."""

    key: str
    username: str
    name: str
    about: str
    target: int
    habit: Habit
    organiser: bool = False
    private: bool = False
    plan: str | None = None
    weekly_km: int | None = None
    listed: bool | None = True  # on the boards; None: was not asked yet
    week_plan: tuple[int, str | None] | None = None  # days, and words if any: said on this week's opener
    reminder: tuple[str, str, str | None] | None = None  # time, days and own words
    waits: bool = False  # checks in by no habit once the story has begun, but when somebody plays them
    notes: tuple[str, ...] = field(default=())


_AFTER_WORK = "Home from work, shoes on before I sit down"
PEOPLE: tuple[Character, ...] = (
    Character(
        "mira",
        "mira",
        "Mira Okafor",
        "3 days a week, mostly easy",
        3,
        Habit((0, 0.75, 0, 0.7, 0, 0.8, 0.2), (4.0, 9.5), (320, 385)),
        plan=_AFTER_WORK,
        weekly_km=20,
        week_plan=(3, "One of them along the canal"),
        reminder=("18:00", "Tue, Thu, Sat", None),
        waits=True,
        notes=("Along the canal, herons again", "Nearly stayed home. Glad I went", "Slow and happy"),
    ),
    Character(
        "jonas",
        "jonas.w",
        "Jonas Weber",
        "training for a half marathon",
        4,
        Habit((0, 0.9, 0.5, 0.9, 0, 0.9, 0.6), (6.0, 18.0), (285, 330)),
        weekly_km=45,
        week_plan=(4, None),
        reminder=("06:30", "weekdays", "Shoes on, think later"),
        notes=("8 x 400 m, the last one hurt", "Long one with Łukasz"),
    ),
    Character(
        "olive",
        "olive",
        "Olive Hart",
        "keeps the group together",
        2,
        Habit((0.6, 0, 0.5, 0, 0.4, 0, 0.6), (3.0, 7.0), (350, 410), numbers=0.7),
        organiser=True,
        week_plan=(2, "Coffee after the long one"),
        notes=("Coffee afterwards, everybody welcome",),
    ),
    Character(
        "sakura",
        "sakura_runs",
        "さくら",
        "early mornings",
        5,
        Habit((0.9, 0.8, 0.9, 0.3, 0.9, 0.5, 0.6), (5.0, 12.0), (300, 345)),
        notes=("朝の川沿い、気持ちいい",),
    ),
    Character(
        "nour",
        "nour",
        "نور الهدى",
        "started eight weeks ago",
        2,
        Habit(
            (0, 0.6, 0, 0.5, 0, 0.7, 0), (1.5, 4.0), (400, 480), numbers=0.5, walks=0.35, joined_weeks_ago=8
        ),
        notes=("أول خمسة كيلومترات!",),
    ),
    Character(
        "lukasz",
        "lukasz",
        "Łukasz Żak",
        "coming back from an ankle injury",
        3,
        Habit((0, 0.8, 0, 0.7, 0, 0.8, 0), (5.0, 11.0), (305, 350), paused_weeks_ago=(5, 0)),
        waits=True,
        notes=("Ankle held", "Easy does it"),
    ),
    Character(
        "priya",
        "priya.k",
        "प्रिया",
        "pram runs at lunch",
        3,
        Habit((0.5, 0.3, 0.6, 0.3, 0.6, 0, 0), (2.5, 5.0), (370, 430), numbers=0.6),
    ),
    Character(
        "ming",
        "liming",
        "李明",
        "weekend long runs",
        3,
        Habit((0, 0, 0.4, 0, 0, 0.9, 0.5), (8.0, 24.0), (295, 340), joined_weeks_ago=20),
    ),
    Character(
        "dimitra",
        "dimitra",
        "Δήμητρα",
        "walks count here",
        4,
        Habit((0.5, 0.4, 0.5, 0.4, 0.5, 0.3, 0.3), (2.0, 5.0), (560, 640), walks=0.9),
        notes=("Walked with my mother",),
    ),
    Character(
        "noa",
        "noa.s",
        "נועה",
        "keeps her runs to herself",
        3,
        Habit((0.4, 0, 0.6, 0, 0.5, 0, 0.5), (3.0, 8.0), (340, 390)),
        private=True,
        listed=False,
    ),
    Character(
        "anan",
        "anan",
        "อนันต์",
        "ticks the box, no numbers",
        3,
        Habit((0.6, 0.3, 0.6, 0, 0.6, 0, 0.3), (3.0, 6.0), (350, 400), numbers=0.0, joined_weeks_ago=14),
    ),
    Character(
        "ben",
        "bigben",
        "Ben 🏃‍♂️ O'Neill",
        "new this week",
        3,
        Habit((0,) * 7, (2.0, 4.0), (400, 450), joined_weeks_ago=0),
        listed=None,
    ),
)
