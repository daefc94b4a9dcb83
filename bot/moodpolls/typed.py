"""What organisers type after /moodpoll, as a plan."""

from __future__ import annotations

import re
from datetime import timedelta

from bot.errors import Refusal
from bot.moodpolls.model import PollPlan
from bot.moodpolls.rules import LONGEST_ANSWER, LONGEST_QUESTION, USUAL_OPEN, check_plan
from bot.ui.text import clean

_DURATION = re.compile(
    r"(\d{1,4})\s*(m|min|mins|minutes?|h|hours?|d|days?|w|weeks?)", re.IGNORECASE | re.ASCII
)
_UNIT = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


def read_plan(
    kind: str | None,
    question: str | None,
    answers: str | None,
    duration: str | None,
    repeat: str | None,
    minimum: int | None,
) -> PollPlan:
    """The plan that the options of /moodpoll ask for. Raises Refusal for what cannot be asked so."""
    asked = clean(question, LONGEST_QUESTION + 1) if question else ""
    if len(asked) > LONGEST_QUESTION:
        raise Refusal("That question is longer than {most} characters. Shorten it.", most=LONGEST_QUESTION)
    # who gives a question means one
    meant = kind or ("question" if question or answers else "pulse")
    plan = PollPlan(
        kind="question" if meant == "question" else "pulse",
        question=asked or None,
        answers=_answers(answers or ""),
        minimum=5 if minimum is None else minimum,
        open_for=USUAL_OPEN if not duration else read_duration(duration),
        weekly=repeat == "weekly",
    )
    check_plan(plan)
    return plan


def _answers(text: str) -> tuple[str, ...]:
    found = []
    for part in text.split("|"):
        answer = clean(part, LONGEST_ANSWER + 1)
        if len(answer) > LONGEST_ANSWER:
            raise Refusal(
                "“{answer}…” is longer than {most} characters. Shorten that answer.",
                answer=answer[:20],
                most=LONGEST_ANSWER,
            )
        if answer:
            found.append(answer)
    return tuple(found)


def read_duration(text: str) -> timedelta:
    """How long a poll is open: "48 h", "2 days", "1 week". Raises Refusal for anything else."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise Refusal(
            "“{text}” is not a duration that I can read. Try “48 h”, “2 days” or “1 week”.", text=text[:40]
        )
    return int(found[1]) * _UNIT[found[2][0].lower()]
