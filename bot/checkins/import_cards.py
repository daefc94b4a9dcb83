"""What an import shows its member: how far it is, and what became of every file. All of it is private."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final, Literal

from babel.dates import format_date
from babel.numbers import format_decimal
from discord import ui

from bot.checkins.import_tally import LeftOut, Tally
from bot.checkins.import_work import ImportWork
from bot.checkins.imports import BroughtBack, Start, Undone
from bot.checkins.model import Visibility
from bot.checkins.records import Record
from bot.checkins.run_cards import DOT, record_words
from bot.checkins.units import Units, format_distance
from bot.ui.layout import Accent, button, card, row
from bot.ui.text import plain
from bot.words import Words

BAR = 10  # signs of the progress bar
MOST_SPORTS = 5  # named one by one; the rest is counted together
End = Literal["complete", "stopped", "restarting", "interrupted"]
Line = Callable[[Words, int], str]

_WORDS: Final[dict[LeftOut, Line]] = {
    "empty": lambda words, n: words.count("{n} was empty", "{n} were empty", n),
    "too_large": lambda words, n: words.count("{n} was too large", "{n} were too large", n),
    "not_a_watch_file": lambda words, n: words.count(
        "{n} was no file from a watch", "{n} were no files from a watch", n
    ),
    "no_activity": lambda words, n: words.count(
        "{n} held no recorded run", "{n} held no recorded run", n
    ),
    "damaged": lambda words, n: words.count(
        "{n} was damaged or cut short", "{n} were damaged or cut short", n
    ),
    "hostile": lambda words, n: words.count(
        "{n} held what no watch writes", "{n} held what no watch writes", n
    ),
    "too_slow": lambda words, n: words.count(
        "{n} took too long to read", "{n} took too long to read", n
    ),
    "too_many_points": lambda words, n: words.count(
        "{n} held too many points", "{n} held too many points", n
    ),
    "implausible": lambda words, n: words.count(
        "{n} held times or places that can't be right", "{n} held times or places that can't be right", n
    ),
    "encrypted": lambda words, n: words.count("{n} was locked by a password", "{n} were locked by a password", n),
    "unsupported": lambda words, n: words.count(
        "{n} was packed in a way that is not read here", "{n} were packed in a way that is not read here", n
    ),
    "archive": lambda words, n: words.count(
        "{n} was an archive inside the archive: send it by itself",
        "{n} were archives inside the archive: send them one by one",
        n,
    ),
    "crashed": lambda words, n: words.count("{n} could not be read", "{n} could not be read", n),
    "no_date": lambda words, n: words.count(
        "{n} does not say when it was: /run log takes it with a day",
        "{n} don't say when they were: /run log takes them with a day",
        n,
    ),
    "no_numbers": lambda words, n: words.count(
        "{n} held neither a distance nor a time", "{n} held neither a distance nor a time", n
    ),
    "impossible": lambda words, n: words.count(
        "{n} was faster than the world's best, or more than 24 hours or 400 km",
        "{n} were faster than the world's best, or more than 24 hours or 400 km",
        n,
    ),
    "future": lambda words, n: words.count("{n} is dated in the future", "{n} are dated in the future", n),
    "overlap": lambda words, n: words.count(
        "{n} was under way at the same time as another run of yours",
        "{n} were under way at the same time as other runs of yours",
        n,
    ),
}  # fmt: skip


def progress_card(work: ImportWork, words: Words) -> ui.LayoutView:
    """How far the import is, with a button that stops it."""
    if work.stop:
        return card(Accent.RUN, words.say("Stopping after the file at hand; what is taken stays."))
    lines = [words.say("**Bringing in your runs**")]
    if work.total:
        lines.append(_bar_line(work, words))
    else:
        lines.append(words.say("Opening the file…"))
    lines.append("-# " + words.say("You can go on with other things; this is answered when it is done."))
    return card(
        Accent.RUN, "\n".join(lines), row(button(words.say("Stop"), "import.stop", work.key.import_id))
    )


def silent_card(work: ImportWork, words: Words) -> ui.LayoutView:
    """Discord lets an answer be changed for a quarter of an hour: the rest goes on unseen, until one asks."""
    return card(
        Accent.RUN,
        words.say("**Bringing in your runs**"),
        _bar_line(work, words),
        words.say("This takes a while, and it goes on by itself. /run history shows what has been taken."),
        row(
            button(words.say("How far is it?"), "import.look", work.key.import_id),
            button(words.say("Stop"), "import.stop", work.key.import_id),
        ),
    )


def not_running_card(import_id: int, words: Words) -> ui.LayoutView:
    """The import ended, or the bot was started anew in the middle of it."""
    return card(
        Accent.RUN,
        words.say(
            "That import is no longer running. /run history shows what it took; send the same file again for the"
            " rest, and what is here already is left alone."
        ),
        row(_undo_button(import_id, words)),
    )


def summary_card(
    work: ImportWork,
    start: Start,
    end: End,
    records: tuple[Record, ...],
    visibility: Visibility,
    words: Words,
) -> ui.LayoutView:
    """What became of every file."""
    tally = work.tally
    lines = [_title(end, words)]
    if end != "complete":
        lines.append(
            words.say(
                "{n} of {total} files were read. Send the same file again to go on: what is here already is left"
                " alone.",
                n=_number(work.read, words),
                total=_number(work.total, words),
            )
        )
    lines += _taken(tally, start.units, words)
    if records:
        named = DOT.join(record_words(each, start.units, words) for each in records)
        lines.append("★ " + words.say("New bests: {records}", records=named))
    left = _left_out(tally, words)
    small = _small_print(work, start, visibility, words)
    undo = row(_undo_button(work.key.import_id, words)) if tally.taken else None
    return card(Accent.RUN, "\n".join(lines), "\n".join(left) or None, "\n".join(small) or None, undo)


def undone_card(import_id: int, undone: Undone, words: Words) -> ui.LayoutView:
    """The import was taken back."""
    return card(
        Accent.RUN,
        words.count(
            "The import was taken back: {n} run or walk is out of everything.",
            "The import was taken back: {n} runs and walks are out of everything.",
            undone.runs,
        ),
        "-# " + words.say("For ten minutes you can bring it back. Runs that you typed yourself stay."),
        row(button(words.say("Bring it back"), "import.back", import_id, undone.undone_at)),
    )


def brought_back_card(import_id: int, back: BroughtBack, words: Words) -> ui.LayoutView:
    """The import counts again."""
    lines = [
        words.count("{n} run or walk counts again.", "{n} runs and walks count again.", back.runs),
    ]
    if back.stay_out:
        lines.append(
            words.count(
                "{n} stays out: another run has taken its place.",
                "{n} stay out: other runs have taken their place.",
                back.stay_out,
            )
        )
    return card(Accent.RUN, "\n".join(lines), row(_undo_button(import_id, words)))


def _title(end: End, words: Words) -> str:
    if end == "complete":
        return words.say("**Your import is done.**")
    if end == "stopped":
        return words.say("**Stopped, as you asked.**")
    if end == "restarting":
        return words.say("**The bot is being restarted, so the import stopped here.**")
    return words.say("**The import was interrupted.**")


def _bar_line(work: ImportWork, words: Words) -> str:
    full = BAR * work.read // max(work.total, 1)
    return words.say(
        "{bar} {n} of {total}",
        bar="▰" * full + "▱" * (BAR - full),
        n=_number(work.read, words),
        total=_number(work.total, words),
    )


def _taken(tally: Tally, units: Units, words: Words) -> list[str]:
    lines = []
    if tally.taken:
        kinds = []
        if tally.runs:
            kinds.append(words.count("{n} run", "{n} runs", tally.runs))
        if tally.walks:
            kinds.append(words.count("{n} walk", "{n} walks", tally.walks))
        parts = [words.say("Taken: {what}", what=", ".join(kinds)), _days(tally, words)]
        if tally.metres:
            parts.append(format_distance(tally.metres, units, words.language))
        lines.append(DOT.join(parts))
    if tally.completed:
        lines.append(
            words.count(
                "{n} run that you had typed has its file's numbers now.",
                "{n} runs that you had typed have their files' numbers now.",
                len(tally.completed),
            )
        )
    if not lines:
        lines.append(words.say("Nothing new was taken."))
    if tally.already:
        lines.append(words.count("{n} was here already.", "{n} were here already.", tally.already))
    return lines


def _days(tally: Tally, words: Words) -> str:
    """ "Jan 3, 2024 to Nov 16, 2026", or the one day."""
    assert tally.first_day is not None
    assert tally.last_day is not None
    first, last = (
        format_date(day, "medium", locale=words.locale) for day in (tally.first_day, tally.last_day)
    )
    return first if first == last else words.say("{first} to {last}", first=first, last=last)


def _left_out(tally: Tally, words: Words) -> list[str]:
    total = sum(tally.left.values()) + sum(tally.sports.values())
    if not total:
        return []
    lines = [words.count("{n} file was left out:", "{n} files were left out:", total)]
    if tally.sports:
        others = sum(tally.sports.values())
        what = words.count("{n} of another sport", "{n} of other sports", others)
        names = _sports(tally.sports, words)
        lines.append(f"- {what} ({names})" if names else f"- {what}")
    lines += [f"- {_WORDS[reason](words, n)}" for reason, n in tally.left.most_common()]
    return lines


def _sports(sports: Counter[str], words: Words) -> str:
    """ "cycling 20, swimming 10 and 3 more", of those that say what they are."""
    named = [(name, n) for name, n in sports.most_common() if name]
    shown = [f"{plain(name)} {n}" for name, n in named[:MOST_SPORTS]]
    rest = sum(n for _, n in named[MOST_SPORTS:])
    if rest:
        shown.append(words.count("{n} more", "{n} more", rest))
    return ", ".join(shown)


def _small_print(work: ImportWork, start: Start, visibility: Visibility, words: Words) -> list[str]:
    tally, lines = work.tally, []
    if work.others:
        lines.append(
            words.count(
                "{n} other file in the archive was not opened.",
                "{n} other files in the archive were not opened.",
                work.others,
            )
        )
    if tally.late:
        lines.append(
            words.count(
                "{n} is more than 30 days old: it counts for records and statistics alone.",
                "{n} are more than 30 days old: they count for records and statistics alone.",
                tally.late,
            )
        )
    if tally.taken and visibility == "private":
        lines.append(words.say("Nobody else sees them. /run history shows single ones to the group."))
    elif tally.taken:
        lines.append(words.say("They are visible to the group; an import posts no cards."))
    if tally.taken and start.zone is not None:
        lines.append(
            words.say(
                "Days are counted by the group's clock ({zone}); /settings has yours.",
                zone=start.zone.replace("_", " "),
            )
        )
    return ["-# " + line for line in lines]


def _number(n: int, words: Words) -> str:
    return format_decimal(n, locale=words.locale)


def _undo_button(import_id: int, words: Words) -> ui.Button[ui.LayoutView]:
    return button(words.say("Take this import back"), "import.undo", import_id)
