"""The comparison of `/run stats` in words: means now and before, neither praised nor blamed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from babel.numbers import format_decimal

from bot.checkins.overview_model import Overview
from bot.checkins.statistics import Comparison, Metric, StatsRange
from bot.checkins.units import Units, format_distance, format_duration, format_pace, half_up
from bot.words import Words


def compared_lines(overview: Overview, words: Words) -> str:
    """Means now and before, each with what it rests on where that is few or not all."""
    compared = overview.comparison
    if compared is None:
        return words.say("A comparison stands here once there is a whole week before to compare with.")
    lines: list[str | None] = [_beside_what(overview.chosen, compared, words)]
    lines.append(_line(compared, "days_kept", words.say("Days kept"), _decimal(words), words))
    units, language = overview.units, words.language
    lines.append(
        _line(
            compared,
            "metres",
            words.say("Distance"),
            lambda mean: format_distance(half_up(mean), units, language),
            words,
        )
    )
    lines.append(
        _line(compared, "seconds", words.say("Time"), lambda mean: format_duration(half_up(mean)), words)
    )
    lines.append(_pace_line(compared, units, words))
    return "\n".join(line for line in lines if line)


def _decimal(words: Words) -> Callable[[Fraction], str]:
    """Days a week are means: one decimal, where there is one."""

    def shown(mean: Fraction) -> str:
        return format_decimal(half_up(mean * 10) / 10, format="#,##0.#", locale=words.locale)

    return shown


def _beside_what(chosen: StatsRange, compared: Comparison, words: Words) -> str:
    weeks = compared.before_spans
    if chosen == "week":
        return words.count(
            "**So far, beside the same days of the week before**",
            "**So far, beside the same days of the {n} weeks before** (their mean)",
            weeks,
        )
    return words.count(
        "**A week of the last four, beside the week before them** (means)",
        "**A week of the last four, beside the {n} weeks before them** (means)",
        weeks,
    )


def _line(
    compared: Comparison, metric: Metric, label: str, shown: Callable[[Fraction], str], words: Words
) -> str | None:
    means = compared.means(metric) if metric != "pace" else None
    if means is None:
        return None
    now, before = (shown(mean) for mean in means)
    line = words.say("{what}: {now} (before: {before})", what=label, now=now, before=before)
    return line + _rests(compared, metric, words)


def _pace_line(compared: Comparison, units: Units, words: Words) -> str | None:
    if compared.paces() is None:
        return None
    now, before = (
        format_pace(side.paced_metres, side.paced_seconds, units) for side in (compared.now, compared.before)
    )
    line = words.say("{what}: {now} (before: {before})", what=words.say("Pace"), now=now, before=before)
    return line + _rests(compared, "pace", words)


def _rests(compared: Comparison, metric: Metric, words: Words) -> str:
    """How many check-ins (for a pace: runs) both figures rest on, where these are few, or not all of them."""
    now, before = compared.now.rests_on(metric), compared.before.rests_on(metric)
    all_now, all_before = (
        side.runs if metric == "pace" else side.check_ins for side in (compared.now, compared.before)
    )
    if compared.is_small(metric):
        rests = words.say("small sample: {now} now, {before} before", now=now, before=before)
    elif (now, before) == (all_now, all_before):
        return ""
    else:
        rests = words.say(
            "from {now} of {all_now} now, {before} of {all_before} before",
            now=now,
            all_now=all_now,
            before=before,
            all_before=all_before,
        )
    return f"\n-# {rests}"
