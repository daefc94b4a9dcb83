"""Polls in words: questions, answers, results, durations."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.ui.text import plain

if TYPE_CHECKING:
    from bot.moodpolls.model import ItemResult, PollPlan, PollView
    from bot.words import Words


def question_words(words: Words, plan: PollPlan, question: int) -> str:
    """The question with this number, from 1."""
    if plan.kind == "question":
        return plain(plan.question or "", 400)
    if question == 1:
        return words.say("Most of this week I felt…")
    return words.say("I felt part of this group…")


def answer_words(words: Words, plan: PollPlan, question: int, answer: int) -> str:
    """An answer as its button says it, at most 80 characters: an own one as typed, a pulse's 1 to 5."""
    if plan.kind == "question":
        return plan.answers[answer - 1][:80]
    anchors = {
        1: {1: words.say("1 low"), 3: words.say("3 all right"), 5: words.say("5 bright")},
        2: {1: words.say("1 not at all"), 3: words.say("3 partly"), 5: words.say("5 completely")},
    }
    return anchors[question].get(answer, str(answer))


def result_lines(words: Words, view: PollView) -> list[str]:
    """What came of a closed poll, question by question."""
    lines = []
    for number, item in enumerate(view.result or (), start=1):
        lines.append(f"**{question_words(words, view.plan, number)}**")
        lines.extend(_item_lines(words, view.plan, number, item))
    return lines


def _item_lines(words: Words, plan: PollPlan, number: int, item: ItemResult) -> list[str]:
    if item.withheld == "few_or_alike":
        return [
            words.say(
                "Not shown: fewer than {least} voted, or the votes were too much alike.", least=plan.minimum
            )
        ]
    if item.withheld == "restored":
        return [words.say("Closed without a result: the votes were left out of a backup that was restored.")]
    if item.counts is not None:
        total = sum(item.counts)
        return [
            f"{plain(answer)}  {_bar(count, total)}  **{count}**"
            for answer, count in zip(plan.answers, item.counts, strict=True)
        ]
    assert item.half_points is not None
    mean = item.half_points / 2
    shown = f"{mean:g}"
    return [
        words.say(
            "{bar} about **{mean}** of 5 ({band})",
            bar="▰" * round(mean) + "▱" * (5 - round(mean)),
            mean=shown,
            band=band_words(words, item.band or ""),
        )
    ]


def _bar(count: int, total: int) -> str:
    filled = round(10 * count / total) if total else 0
    return "▰" * filled + "▱" * (10 - filled)


def band_words(words: Words, band: str) -> str:
    """How many answered, as a band."""
    return {
        "5-9": words.say("5 to 9 people"),
        "10-19": words.say("10 to 19 people"),
        "20+": words.say("20 people or more"),
    }.get(band, "")


def duration_words(words: Words, duration: timedelta) -> str:
    """A duration of whole days, hours or minutes."""
    minutes = int(duration.total_seconds()) // 60
    if minutes % (24 * 60) == 0:
        return words.count("{n} day", "{n} days", minutes // (24 * 60))
    if minutes % 60 == 0:
        return words.count("{n} hour", "{n} hours", minutes // 60)
    return words.count("{n} minute", "{n} minutes", minutes)
