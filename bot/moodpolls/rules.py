"""What is true of polls."""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction

from bot.errors import Refusal
from bot.moodpolls.model import ItemResult, PollPlan

SECRET_BYTES = 32


def new_secret() -> str:
    """A poll's secret: 32 random bytes, hexadecimal."""
    return secrets.token_hex(SECRET_BYTES)


def voter_code(secret: str, poll_id: int, person_id: int) -> str:
    """The one-way code under which a person's vote stands: HMAC-SHA-256 (RFC 2104) under the poll's secret.

    With the secret it is always the same, so that a vote can be changed and taken out; without it nobody can compute
    it, not for any id.
    """
    key = bytes.fromhex(secret)
    return hmac.new(key, f"{poll_id}:{person_id}".encode(), hashlib.sha256).hexdigest()


# A pulse's two questions are answered from 1 to 5.
PULSE_ANSWERS = 5
FEWEST, MOST_MINIMUM = 5, 100
SHORTEST, LONGEST, LONGEST_WEEKLY = timedelta(hours=1), timedelta(days=14), timedelta(days=6)
USUAL_OPEN = timedelta(days=2)
LONGEST_QUESTION, LONGEST_ANSWER = 200, 60


def check_plan(plan: PollPlan) -> None:
    """Raises Refusal for what cannot be asked so."""
    if not FEWEST <= plan.minimum <= MOST_MINIMUM:
        raise Refusal(
            "A result shows from {fewest} votes on, so that nobody stands out. Give a minimum of {fewest} to {most}.",
            fewest=FEWEST,
            most=MOST_MINIMUM,
        )
    longest = LONGEST_WEEKLY if plan.weekly else LONGEST
    if not SHORTEST <= plan.open_for <= longest:
        if plan.weekly:
            raise Refusal("A weekly poll is open for 1 hour to 6 days. Try a duration like “2 days”.")
        raise Refusal("A poll is open for 1 hour to 14 days. Try a duration like “2 days”.")
    if plan.kind == "pulse":
        if plan.question is not None or plan.answers:
            raise Refusal(
                "A pulse brings its own two questions. Leave question and answers out, or choose kind: question."
            )
        return
    if not plan.question:
        raise Refusal("Type the question too: question: How was the hill?")
    if not 2 <= len(plan.answers) <= 5:
        raise Refusal("Give two to five answers, parted by “|”: answers: Fine | Tough | Not there")
    if len({answer.casefold() for answer in plan.answers}) < len(plan.answers):
        raise Refusal("Two of the answers are the same. Give each one once, parted by “|”.")


def pulse_item(votes: Sequence[int], minimum: int) -> ItemResult:
    """What is shown of one question of a pulse: the mean to the half, with its number of votes as a band.

    Args:
        votes: 1 to 5 each.
    """
    if len(votes) < minimum:
        return ItemResult(withheld="few_or_alike")
    mean = Fraction(sum(votes), len(votes))
    middle, reach = Fraction(1 + PULSE_ANSWERS, 2), Fraction(PULSE_ANSWERS - 1, 2)
    if len(set(votes)) == 1 or abs(mean - middle) > Fraction(4, 5) * reach:
        return ItemResult(withheld="few_or_alike")
    return ItemResult(half_points=halves(mean), band=band(len(votes)))


def question_item(votes: Sequence[int], answers: int, minimum: int) -> ItemResult:
    """What is shown of an own question: how many chose each answer. `votes` are numbers of answers, from 1."""
    if len(votes) < minimum:
        return ItemResult(withheld="few_or_alike")
    if len(set(votes)) == 1:
        return ItemResult(withheld="few_or_alike")
    return ItemResult(counts=tuple(votes.count(number) for number in range(1, answers + 1)))


def halves(mean: Fraction) -> int:
    """A mean as the nearest number of halves; from the middle upwards."""
    return math.floor(mean * 2 + Fraction(1, 2))


def band(number: int) -> str:
    """How many answered, as it is shown. `number` is at least 5."""
    if number >= 20:
        return "20+"
    return "10-19" if number >= 10 else "5-9"
