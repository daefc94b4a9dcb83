"""What runs come to in a challenge, in words: distances, times, days kept, and how far that is.

Amounts are whole numbers in the challenge's measure (metres, seconds, days); each is rounded once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from babel.numbers import format_decimal, format_percent

from bot.challenges.model import Counted, Measure
from bot.checkins.units import Units, format_distance, rounded, unit_millimetres
from bot.ui.text import plain

if TYPE_CHECKING:
    from bot.words import Words

_MOST_COUNTED = 3  # challenges that a run's card names
_SIGNS = 10  # of a bar
# What a distance or time changes by at least when shown: 0.01 of a unit, a minute, a day.
_STEPS: dict[tuple[Measure, Units], int] = {
    ("metres", "km"): 10,
    ("metres", "mi"): 17,
    ("seconds", "km"): 60,
    ("seconds", "mi"): 60,
    ("days", "km"): 1,
    ("days", "mi"): 1,
}


def amount_words(amount: int, measure: Measure, units: Units, words: Words) -> str:
    """ "42.30 km", "5 h 20 min", "12 days"."""
    if measure == "metres":
        return format_distance(amount, units, words.language)
    return _time(amount, words) if measure == "seconds" else words.count("{n} day", "{n} days", amount)


def target_words(target: int, measure: Measure, units: Units, words: Words) -> str:
    """A target as people say it, without decimals that say nothing: "50 km", "20 h", "12 days"."""
    if measure == "metres":
        return f"{_decimals(target, 1, units, '#,##0.##', words)} {units}"
    return amount_words(target, measure, units, words)


def short_of(amount: int, target: int, measure: Measure, units: Units, words: Words) -> int:
    """`amount`, or a little less where rounding would make it look as if the target were reached when it is not."""
    shown, aim = (amount_words(each, measure, units, words) for each in (amount, target))
    return max(target - _STEPS[measure, units], 0) if amount < target and shown == aim else amount


def done_words(amount: int, target: int, measure: Measure, units: Units, words: Words) -> str:
    """ "12.40 of 50 km", "5 h 20 min of 20 h", "3 of 12 days"."""
    amount = short_of(amount, target, measure, units, words)
    if measure == "metres":
        done = _decimals(amount, 1, units, "#,##0.00", words)
    elif measure == "seconds":
        done = _time(amount, words)
    else:
        done = format_decimal(amount, locale=words.locale)
    return words.say("{done} of {target}", done=done, target=target_words(target, measure, units, words))


def paid_distance_words(metres: int, units: Units, words: Words) -> str:
    """A distance that is paid for by the kilometre: "42.20 km", and in a group of miles "42.20 km (26.22 mi)"."""
    kilometres = format_distance(metres, "km", words.language)
    if units == "km":
        return kilometres
    return f"{kilometres} ({format_distance(metres, units, words.language)})"


def mean_words(amount: int, people: int, measure: Measure, units: Units, words: Words) -> str:
    """The mean of `people` (at least one): "42.30 km", "5 h 20 min", "3.4 days"."""
    if measure == "metres":
        return f"{_decimals(amount, people, units, '#,##0.00', words)} {units}"
    if measure == "seconds":
        return _time(rounded(amount, 60 * people) * 60, words)
    tenths = rounded(amount * 10, people)
    return words.say("{mean} days", mean=format_decimal(tenths / 10, format="#,##0.0", locale=words.locale))


def percent(amount: int, target: int) -> int:
    """How much of `target` is done, rounded down: 100 is reached."""
    return amount * 100 // target


def bar_words(amount: int, target: int, words: Words) -> str:
    """ "▰▰▰▰▰▰▱▱▱▱ 62%"; beyond the target the figure goes on."""
    share = percent(amount, target)
    full = min(share * _SIGNS // 100, _SIGNS)
    return f"{'▰' * full}{'▱' * (_SIGNS - full)} {format_percent(share / 100, locale=words.locale)}"


def counted_lines(counted: Sequence[Counted], units: Units, words: Words) -> str | None:
    """What a run counts for, a line each: at most three challenges are named. None where it counts for none."""
    lines = [_counted(each, units, words) for each in counted[:_MOST_COUNTED]]
    if len(counted) > _MOST_COUNTED:
        lines.append(
            words.count(
                "🎯 and {n} more challenge", "🎯 and {n} more challenges", len(counted) - _MOST_COUNTED
            )
        )
    return "\n".join(lines) or None


def _counted(each: Counted, units: Units, words: Words) -> str:
    title = plain(each.title)
    if each.target is None:
        added = amount_words(each.added, each.measure, units, words)
        return words.say("🎯 {title}: +{added}", title=title, added=added)
    if each.amount < each.target:
        done = done_words(each.amount, each.target, each.measure, units, words)
        return words.say("🎯 {title}: {done}", title=title, done=done)
    if each.amount - each.added < each.target:
        return words.say(
            "🎯 {title}: made it! {amount}",
            title=title,
            amount=amount_words(each.amount, each.measure, units, words),
        )
    return words.say(
        "🎯 {title}: {amount} ✅",
        title=title,
        amount=amount_words(each.amount, each.measure, units, words),
    )


def _time(seconds: int, words: Words) -> str:
    """Hours and whole minutes."""
    hours, minutes = divmod(rounded(seconds, 60), 60)
    if not hours:
        return words.say("{minutes} min", minutes=minutes)
    shown = format_decimal(hours, locale=words.locale)
    if not minutes:
        return words.say("{hours} h", hours=shown)
    return words.say("{hours} h {minutes} min", hours=shown, minutes=minutes)


def _decimals(metres: int, people: int, units: Units, pattern: str, words: Words) -> str:
    """Metres by `people` in the unit, to two decimals."""
    hundredths = rounded(metres * 100_000, unit_millimetres(units) * people)
    return format_decimal(hundredths / 100, format=pattern, locale=words.locale)
