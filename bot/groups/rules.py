"""What is true of a group's settings, and what a group is before anybody set it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.errors import Refusal

UNITS = ("km", "mi")
MAKERS = ("organisers", "members")  # who may make challenges
MEASURES = ("off", "weekly", "three", "daily")  # how often the group's own posts come
LATEST_DAY_START = 12 * 60  # minutes after midnight: a day that turned later would belong to tomorrow
_MOST_OPTIONS = 24  # a menu of Discord's holds 25, the last one being "Another…"

# Where groups of a Discord language mostly live, the likeliest first.
_BY_LOCALE = {
    "bg": ("Europe/Sofia",),
    "cs": ("Europe/Prague",),
    "da": ("Europe/Copenhagen",),
    "de": ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich"),
    "el": ("Europe/Athens", "Asia/Nicosia"),
    "en-GB": (
        "Europe/London",
        "Europe/Dublin",
        "Australia/Sydney",
        "Pacific/Auckland",
        "Africa/Johannesburg",
    ),
    "en-US": (
        "America/New_York",
        "America/Chicago",
        "America/Denver",
        "America/Los_Angeles",
        "America/Toronto",
    ),
    "es-419": ("America/Mexico_City", "America/Bogota", "America/Lima", "America/Santiago"),
    "es-ES": ("Europe/Madrid", "Atlantic/Canary"),
    "fi": ("Europe/Helsinki",),
    "fr": ("Europe/Paris", "Europe/Brussels", "America/Montreal", "Europe/Zurich"),
    "hi": ("Asia/Kolkata",),
    "hr": ("Europe/Zagreb", "Europe/Sarajevo"),
    "hu": ("Europe/Budapest",),
    "id": ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"),
    "it": ("Europe/Rome", "Europe/Zurich"),
    "ja": ("Asia/Tokyo",),
    "ko": ("Asia/Seoul",),
    "lt": ("Europe/Vilnius",),
    "nl": ("Europe/Amsterdam", "Europe/Brussels"),
    "no": ("Europe/Oslo",),
    "pl": ("Europe/Warsaw",),
    "pt-BR": ("America/Sao_Paulo", "America/Manaus", "America/Fortaleza", "Europe/Lisbon"),
    "ro": ("Europe/Bucharest", "Europe/Chisinau"),
    "ru": ("Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Asia/Vladivostok"),
    "sv-SE": ("Europe/Stockholm", "Europe/Helsinki"),
    "th": ("Asia/Bangkok",),
    "tr": ("Europe/Istanbul",),
    "uk": ("Europe/Kyiv",),
    "vi": ("Asia/Ho_Chi_Minh",),
    "zh-CN": ("Asia/Shanghai",),
    "zh-TW": ("Asia/Taipei", "Asia/Hong_Kong"),
}
_EVERYWHERE = (
    "Europe/London",
    "Europe/Berlin",
    "Europe/Athens",
    "Europe/Istanbul",
    "Africa/Lagos",
    "Africa/Nairobi",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
    "Pacific/Honolulu",
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Sao_Paulo",
    "UTC",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSettings:
    """How a group counts and where its cards go; the defaults are a group before its setup.

    Args:
        zone: IANA name; the wall clock of the group, and of members who have not set their own.
        units: "km" or "mi", for the group's public cards and for members who have not chosen.
        language: BCP 47 tag of the group's public cards.
        week_starts_on: 0 (Monday) to 6 (Sunday).
        day_starts_minute: minutes after midnight at which a running day turns, 0 to 720.
        panel: channel and message of the permanent card, once posted.
        posts: how often the group's own posts come: "off", "weekly", "three" or "daily".
        posts_channel_id: where they go; None: to the runs channel.
        challenges_by: who may make challenges: "organisers" or "members".
        feelings_confirmed_at: when the group's resources were last confirmed; None: feelings are off.
    """

    group_id: int
    zone: str = "UTC"
    units: str = "km"
    language: str = "en"
    week_starts_on: int = 0
    day_starts_minute: int = 240
    organiser_role_id: int | None = None
    runs_channel_id: int | None = None
    panel: tuple[int, int] | None = None
    set_up: bool = False
    posts: str = "weekly"
    posts_channel_id: int | None = None
    challenges_by: str = "organisers"
    feelings_confirmed_at: datetime | None = None

    @property
    def feelings_on(self) -> bool:
        return self.feelings_confirmed_at is not None

    @property
    def channel_for_posts(self) -> int | None:
        return self.posts_channel_id or self.runs_channel_id


@dataclass(frozen=True, slots=True)
class ComingPost:
    """The next post of a kind, and when it is due."""

    kind: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class GroupPosts:
    """A group's own posts as they stand.

    Args:
        minutes: clock time of each kind, in minutes after midnight.
        coming: what comes next, the earliest first; empty where nothing does.
        stopped: why nothing comes although posts are on: Discord refused three times in a row.
    """

    settings: GroupSettings
    minutes: dict[str, int]
    coming: tuple[ComingPost, ...]
    stopped: str | None


def likely_zones(locale: str) -> tuple[str, ...]:
    """Up to 24 zones to offer a group whose Discord language is `locale` ("de", "en-US"), the likeliest first."""
    offered = dict.fromkeys((*_BY_LOCALE.get(locale, ()), *_EVERYWHERE))
    return tuple(offered)[:_MOST_OPTIONS]


def checked_units(text: str) -> str:
    """`text` where it is "km" or "mi". Raises Refusal for anything else, as anybody can send any value."""
    if text not in UNITS:
        raise Refusal("Units are kilometres or miles. Choose one of the two.")
    return text


def checked_week_start(text: str) -> int:
    """The weekday that `text` names as a digit, 0 (Monday) to 6 (Sunday). Raises Refusal."""
    if len(text) != 1 or text not in "0123456":
        raise Refusal("A week starts on one of seven days. Choose one from the menu.")
    return int(text)


def checked_measure(text: str) -> str:
    """How often posts come, where `text` is one of MEASURES. Raises Refusal for anything else."""
    if text not in MEASURES:
        raise Refusal("Posts come off, weekly, three times a week or daily. Choose one from the menu.")
    return text


def checked_day_start(minute: int) -> int:
    """`minute` (after midnight) where a day may turn then. Raises Refusal later than 12:00."""
    if not 0 <= minute <= LATEST_DAY_START:
        raise Refusal("A running day can start between 00:00 and 12:00. 04:00 suits most groups.")
    return minute


def checked_makers(text: str) -> str:
    """Who may make challenges, where `text` is one of MAKERS. Raises Refusal for anything else."""
    if text not in MAKERS:
        raise Refusal("Challenges are made by organisers or by every member. Choose one of the two.")
    return text
