"""Running days, weeks and zones.

A running day is a local date whose day turns at `day_starts_minute` (minutes after midnight on the wall clock). It
begins at the first moment whose wall clock shows that time on that date; where the clock skips that time, at the
first moment that exists; where it shows the time twice, at the first of the two. So running days follow each other
without gap or overlap in every zone. Outside the hours of a clock change this is what the wall clock says: before
`day_starts_minute` it is still yesterday.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from bot.errors import Refusal

DAY: Final = timedelta(days=1)
_LONGEST_ZONE = 64


@lru_cache(maxsize=4_096)
def at_local(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The UTC moment at which `zone`'s wall clock shows `minute` (0 to 1439, after midnight) on `day`.

    In a gap it is the first moment that exists, in an overlap the first of the two.
    """
    naive = datetime.combine(day, time(minute // 60, minute % 60))
    moment = naive.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == naive:
        return moment
    before = naive.replace(tzinfo=zone, fold=1).astimezone(UTC)
    low, high = int(before.timestamp()), int(moment.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).replace(tzinfo=None) >= naive:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)


def day_bounds(day: date, zone: ZoneInfo, day_starts_minute: int) -> tuple[datetime, datetime]:
    """The UTC start of a running day and that of the next; equal for a date that the zone skipped."""
    return at_local(day, day_starts_minute, zone), at_local(day + DAY, day_starts_minute, zone)


def running_day(moment: datetime, zone: ZoneInfo, day_starts_minute: int) -> date:
    """The running day that the aware `moment` belongs to: the one whose bounds hold it."""
    local = moment.astimezone(zone)
    day = local.date()
    if local.hour * 60 + local.minute < day_starts_minute:
        day -= DAY
    while moment < at_local(day, day_starts_minute, zone):
        day -= DAY
    while moment >= at_local(day + DAY, day_starts_minute, zone):
        day += DAY
    return day


def week_start(day: date, week_starts_on: int) -> date:
    """The first day of the week that holds `day`; `week_starts_on` is 0 for Monday to 6 for Sunday."""
    return day - timedelta(days=(day.weekday() - week_starts_on) % 7)


def weeks_between(first: date, last: date) -> list[date]:
    """The first days of all weeks from the one that begins on `first` to the one that begins on `last`."""
    return [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]


# What people look for first; the order is the one in which they are offered.
_COMMON: Final = (
    "Europe/London",
    "Europe/Berlin",
    "Europe/Paris",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Toronto",
    "America/Sao_Paulo",
    "America/Mexico_City",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Amsterdam",
    "Europe/Warsaw",
    "Europe/Istanbul",
    "Africa/Johannesburg",
    "Africa/Lagos",
    "Africa/Nairobi",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
    "UTC",
)

# Large cities and words that people type and no zone is named after.
_ALSO_KNOWN_AS: Final = {
    "atlanta": "America/New_York",
    "bangalore": "Asia/Kolkata",
    "barcelona": "Europe/Madrid",
    "beijing": "Asia/Shanghai",
    "bengaluru": "Asia/Kolkata",
    "birmingham": "Europe/London",
    "boston": "America/New_York",
    "cape town": "Africa/Johannesburg",
    "cologne": "Europe/Berlin",
    "dallas": "America/Chicago",
    "delhi": "Asia/Kolkata",
    "edinburgh": "Europe/London",
    "frankfurt": "Europe/Berlin",
    "geneva": "Europe/Zurich",
    "germany": "Europe/Berlin",
    "glasgow": "Europe/London",
    "gmt": "UTC",
    "hamburg": "Europe/Berlin",
    "houston": "America/Chicago",
    "koln": "Europe/Berlin",
    "kyoto": "Asia/Tokyo",
    "las vegas": "America/Los_Angeles",
    "manchester": "Europe/London",
    "miami": "America/New_York",
    "milan": "Europe/Rome",
    "montreal": "America/Toronto",
    "mumbai": "Asia/Kolkata",
    "munchen": "Europe/Berlin",
    "munich": "Europe/Berlin",
    "new delhi": "Asia/Kolkata",
    "osaka": "Asia/Tokyo",
    "ottawa": "America/Toronto",
    "philadelphia": "America/New_York",
    "portland": "America/Los_Angeles",
    "rio de janeiro": "America/Sao_Paulo",
    "san diego": "America/Los_Angeles",
    "san francisco": "America/Los_Angeles",
    "seattle": "America/Los_Angeles",
    "st petersburg": "Europe/Moscow",
    "tel aviv": "Asia/Jerusalem",
    "washington": "America/New_York",
    "wellington": "Pacific/Auckland",
}
# What an operating system keeps beside the zones: none of them is a place.
_NO_PLACE: Final = frozenset({"Factory", "localtime", "posixrules", "leapseconds"})


def _folded(text: str) -> str:
    """Letters and figures alone, in lower case, without accents, words parted by one space."""
    bare = (c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() or c in "/+" else " " for c in bare).split())


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """Folded name to IANA name of every zone that can be chosen."""
    return {_folded(name): name for name in sorted(available_timezones() - _NO_PLACE)}


@lru_cache(maxsize=1)
def _offered() -> tuple[tuple[str, str], ...]:
    """What autocomplete searches, as (folded words, IANA name): common zones first, cities, then other names."""
    places = sorted(name for name in _zones().values() if _is_place(name))
    names = dict.fromkeys((*_COMMON, *places))
    return tuple((_folded(name).replace("/", " / "), name) for name in names)


def _is_place(name: str) -> bool:
    return name.split("/", 1)[0] in {
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }


def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name in any case ("europe/berlin"), or of a city that names just one ("Berlin").

    Raises Refusal for every other text. No file is opened for a name that is not in the list of zones.
    """
    if len(name) <= _LONGEST_ZONE:
        known = _zones().get(_folded(name)) if "/" in name or name.upper() == "UTC" else None
        found = [known] if known else _cities(_folded(name))
        if len(found) == 1:
            return ZoneInfo(found[0])
    raise Refusal(
        "I don't know that time zone. Type the nearest large city, like Berlin or New York, and choose from the list."
    )


def _cities(words: str) -> list[str]:
    """The zones whose last part is exactly `words`, or the one that a large city without its own lies in."""
    if words in _ALSO_KNOWN_AS:
        return [_ALSO_KNOWN_AS[words]]
    return [name for folded, name in _offered() if words and folded.rsplit(" / ", 1)[-1] == words]


def zone_choices(text: str, limit: int = 25) -> list[str]:
    """IANA names that fit what was typed so far, at most `limit`: for autocomplete, never raises.

    Accents, case and underscores don't matter; names whose city begins so come first, common ones before others.
    """
    words = _folded(text[:_LONGEST_ZONE]).replace("/", " / ")
    words = " ".join(words.split())
    if not words:
        return list(_COMMON[:limit])
    aliases = (zone_name for city, zone_name in _ALSO_KNOWN_AS.items() if city.startswith(words))
    return list(dict.fromkeys((*_ranked(words), *aliases)))[:limit]


def _ranked(words: str) -> Iterable[str]:
    """Matching names: exact city, beginning of the city, of the whole name, of a word, anywhere."""
    ranks: list[tuple[int, str]] = []
    for folded, name in _offered():
        city = folded.rsplit(" / ", 1)[-1]
        if city == words:
            ranks.append((0, name))
        elif city.startswith(words):
            ranks.append((1, name))
        elif folded.startswith(words):
            ranks.append((2, name))
        elif f" {words}" in folded:
            ranks.append((3, name))
        elif words in folded:
            ranks.append((4, name))
    return (name for _, name in sorted(ranks, key=lambda each: each[0]))
