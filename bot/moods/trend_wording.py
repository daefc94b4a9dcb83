"""What one's own log says, in words. Every sentence says what it rests on, and none speaks of a cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from babel.dates import format_interval, format_skeleton
from babel.numbers import format_decimal

from bot.moods.statistics import ADJUSTED_FROM_DAILY, ADJUSTED_FROM_PAIRS, COUNT_FROM
from bot.moods.wording import item_name, label

if TYPE_CHECKING:
    from bot.groupmoods.rules import GroupFigure
    from bot.moods.model import Mood
    from bot.moods.statistics import Interval, Lift
    from bot.moods.trend_model import Trend, TrendRange
    from bot.words import Words


def signed(value: float, words: Words) -> str:
    """A difference or a mean mood with one decimal and its sign: "+1.2", "−0.3", "0"."""
    rounded = round(value, 1)
    if rounded == 0:
        return "0"
    return ("+" if rounded > 0 else "−") + format_decimal(abs(rounded), format="0.0", locale=words.locale)


def span(interval: Interval, words: Words) -> str:
    """An interval: "+0.3 to +2.1"."""
    return words.say("{low} to {high}", low=signed(interval[0], words), high=signed(interval[1], words))


def range_name(words: Words, chosen: TrendRange) -> str:
    """A range as a button and a heading name it."""
    return {
        "week": words.say("7 days"),
        "month": words.say("30 days"),
        "year": words.say("A year"),
        "all": words.say("All that is kept"),
    }[chosen]


def days_line(words: Words, trend: Trend) -> str:
    """The days that are shown, and how many entries they hold."""
    days = format_interval(trend.first, trend.last, "yMMMd", locale=words.locale)
    return f"{days} · " + words.count("{n} entry", "{n} entries", len(trend.entries))


def entries_words(words: Words, trend: Trend) -> str:
    """The entries of the range, by themselves: their mean where there are enough, else each with its day."""
    moods = trend.entries
    if not moods:
        return words.say("No entry in these days; a longer range may hold some.")
    lines = []
    if len(moods) >= COUNT_FROM:
        values = [mood.values.mood for mood in moods]
        mean, n = signed(sum(values) / len(values), words), len(values)
        least, most = label(words, "mood", min(values)), label(words, "mood", max(values))
        if least == most:
            lines.append(words.say("Mood: **{mood}** in all {n} entries.", mood=most, n=n))
        else:
            lines.append(
                words.say(
                    "Mood: mean **{mean}** of {n} entries, from {least} to {most}.",
                    mean=mean,
                    n=n,
                    least=least,
                    most=most,
                )
            )
    else:
        lines.extend(
            f"{day(words, mood)} · **{label(words, 'mood', mood.values.mood)}**" for mood in reversed(moods)
        )
    items = [
        words.say(
            "{item} {mean} ({n})",
            item=item_name(words, each.item),
            mean=format_decimal(each.mean, format="0.0", locale=words.locale),
            n=each.n,
        )
        for each in trend.items
    ]
    if items:
        lines.append(words.say("Means, with how many entries said them: {items}.", items=" · ".join(items)))
    return "\n".join(lines)


def day(words: Words, mood: Mood) -> str:
    """An entry's running day."""
    return format_skeleton("MMMEd", mood.day, locale=words.locale)


def lift_words(words: Words, trend: Trend) -> str:
    """The comparison of before and after, as far as so many runs let it be said."""
    shown, lift = trend.lift, trend.lift.lift
    title = words.say("**Before and after your runs**")
    if shown.stage == "entries" or lift is None:
        return f"{title}\n{_too_few(words, trend)}"
    if shown.stage == "count":
        said: list[str | None] = [_counted(words, lift)]
    elif shown.stage == "early":
        said = [words.say("An early picture: {mean}", mean=_mean(words, lift))]
    else:
        said = [*_claim(words, trend, lift)]
    said.append(_adjusted(words, trend))
    rests = words.count(
        "Rests on {n} run with both ratings, of all that is kept (up to 12 months), whatever range is shown. "
        "A pattern in your own log, not proof of cause.",
        "Rests on {n} runs with both ratings, of all that is kept (up to 12 months), whatever range is shown. "
        "A pattern in your own log, not proof of cause.",
        lift.n,
    )
    return "\n".join([title, *(each for each in said if each), _rated(words, trend), f"-# {rests}"])


def _too_few(words: Words, trend: Trend) -> str:
    if trend.rated:
        there = words.count(
            "{n} run has both ratings so far; a comparison begins with 5.",
            "{n} runs have both ratings so far; a comparison begins with 5.",
            trend.rated,
        )
    else:
        there = words.say("No run has both ratings yet; a comparison begins with 5.")
    what = words.say(
        "What counts. Before: press About to run in /checkin and choose, at most 60 minutes before the start. "
        "After: answer How did it feel 5 to 60 minutes after the end."
    )
    return f"{there}\n-# {what}"


def _counted(words: Words, lift: Lift) -> str:
    """ "Higher after 5 of 6 runs", the larger side first."""
    if lift.higher == 0 and lift.lower == 0:
        return words.say("The same after all {n} runs.", n=lift.n)
    higher = (
        lift.higher,
        words.say("Mood was **higher after {k} of {n} runs**", k=lift.higher, n=lift.n),
        words.say("higher after {k}", k=lift.higher),
    )
    lower = (
        lift.lower,
        words.say("Mood was **lower after {k} of {n} runs**", k=lift.lower, n=lift.n),
        words.say("lower after {k}", k=lift.lower),
    )
    first, second = (higher, lower) if lift.higher >= lift.lower else (lower, higher)
    rest = [second[2]] if second[0] else []
    if lift.same:
        rest.append(words.say("the same after {k}", k=lift.same))
    return ", ".join([first[1], *rest]) + "."


def _mean(words: Words, lift: Lift) -> str:
    assert lift.interval95 is not None  # there is one from two runs on
    return words.say(
        "mood after a run minus mood before it was **{mean}** on average over {n} runs (95% interval {span}).",
        mean=signed(lift.mean, words),
        n=lift.n,
        span=span(lift.interval95, words),
    )


def _claim(words: Words, trend: Trend, lift: Lift) -> list[str]:
    """What the last look said, and the figures as they are now."""
    shown = trend.lift
    if shown.claim == "rise":
        said = words.say("**Your log shows a lift**, looked at after {n} runs.", n=shown.look)
    elif shown.claim == "fall":
        said = words.say("**Your log shows a fall**, looked at after {n} runs.", n=shown.look)
    else:
        said = words.say("**Can't tell yet**, looked at after {n} runs.", n=shown.look)
    if shown.next_look is not None:
        said += " " + words.say("The next look is after {n} runs.", n=shown.next_look)
    return [said, words.say("As it stands now: {mean}", mean=_mean(words, lift))]


def _adjusted(words: Words, trend: Trend) -> str | None:
    shown = trend.lift
    if shown.adjusted is not None:
        return words.say(
            "Measured from your usual mood: **{lift}** after a run (rests on {runs} runs and {daily} entries of other "
            "moments). Whoever runs when low is higher afterwards by chance alone; this takes that out.",
            lift=signed(shown.adjusted, words),
            runs=trend.rated,
            daily=shown.daily,
        )
    if trend.rated >= ADJUSTED_FROM_PAIRS:
        return "-# " + words.say(
            "Whoever runs when low is higher afterwards by chance alone. With {needed} entries by /mood log that can "
            "be taken out; {n} so far.",
            needed=ADJUSTED_FROM_DAILY,
            n=shown.daily,
        )
    return None


def _rated(words: Words, trend: Trend) -> str:
    said = words.count(
        "{rated} of {n} run rated before and after since your first entry.",
        "{rated} of {n} runs rated before and after since your first entry.",
        trend.runs,
        rated=trend.rated,
    )
    if trend.sparse:
        said += " " + words.say("⚠ That is under 60%: the others may have felt different.")
    return said


def beside_words(words: Words, trend: Trend) -> str | None:
    """Run days against rest days, and the days on which one nearly did not go."""
    lines = []
    if trend.run_rest is not None:
        lines.append(_run_rest(words, trend))
    if trend.nearly_not:
        lines.append(
            words.count(
                "You went on {n} day when you nearly didn't.",
                "You went on {n} days when you nearly didn't.",
                trend.nearly_not,
            )
        )
    return "\n".join(lines) or None


def _run_rest(words: Words, trend: Trend) -> str:
    found = trend.run_rest
    assert found is not None
    low, high = found.interval95
    if low > 0:
        said = words.say("**Run days and a higher mood go together** in your log:")
    elif high < 0:
        said = words.say("**Run days and a lower mood go together** in your log:")
    else:
        said = words.say("Run days against rest days: **can't tell yet**.")
    figures = words.say(
        "{mean} on run days against rest days (95% interval {span}, over {n} weeks that have entries of both). A "
        "pattern in your own log, not proof of cause.",
        mean=signed(found.mean, words),
        span=span(found.interval95, words),
        n=found.weeks,
    )
    return f"{said} {figures}"


def older_words(words: Words, trend: Trend) -> str | None:
    """That entries of other versions of the scales are left out."""
    if not trend.older:
        return None
    return "-# " + words.count(
        "{n} entry answered an earlier wording of the questions: it is kept, and stands in none of these figures.",
        "{n} entries answered an earlier wording of the questions: they are kept, and stand in none of these figures.",
        trend.older,
    )


def group_words(words: Words, figures: Sequence[GroupFigure]) -> str:
    """The group's last week, about; and the weeks before it where each had enough people for a trend."""
    title = words.say("**The group's mood**")
    about = words.say(
        "Of members who agreed to count in it: worked out once for each week, from 5 people on, in steps of a half."
    )
    if not figures:
        return f"{title}\n{words.say('No week is worked out yet.')}\n-# {about}"
    latest, mood = figures[-1], figures[-1].mood
    week = format_skeleton("MMMd", latest.week_day, locale=words.locale)
    if mood is None or latest.band is None:
        lines = [words.say("Week of {day}: not shown.", day=week)]
    else:
        people = {
            "5-9": words.say("5 to 9 people"),
            "10-19": words.say("10 to 19 people"),
            "20+": words.say("20 people or more"),
        }[latest.band]
        lines = [
            words.say(
                "Week of {day}: about **{mood}** ({people}).",
                day=week,
                mood=signed(mood, words),
                people=people,
            )
        ]
    before = [
        f"{format_skeleton('MMMd', each.week_day, locale=words.locale)} {signed(each.mood, words)}"
        for each in figures[:-1]
        if each.for_trend and each.mood is not None
    ]
    if latest.for_trend and before:
        lines.append(
            words.say("Weeks before with at least 10 people, about: {weeks}.", weeks=" · ".join(before))
        )
    return "\n".join([title, *lines, f"-# {about}"])
