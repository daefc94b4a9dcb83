"""What is true of consent to keeping feelings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.errors import Refusal

# Keeping one's own feelings; counting, without a name, in the group's weekly figure.
KEEP: Final = "keep"
GROUP_FIGURE: Final = "group_figure"
PURPOSES = (KEEP, GROUP_FIGURE)
# Of the words that are agreed to (bot/consents/cards.py). Raise one when its words come to mean something else: whoever
# agreed to the older ones is asked again, and until then nothing new is kept.
VERSIONS = {KEEP: 1, GROUP_FIGURE: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentState:
    """How feelings stand for one member of one group.

    `on`: an organiser confirmed the group's resources. `age` is what a member has to be at least (16 or 18). `keep` and
    `group_figure` are agreed to in the present words and at the present age; `agreed_before`: to older ones.
    """

    on: bool
    age: int
    keep: bool
    group_figure: bool
    agreed_before: bool = False


class ConsentNeeded(Refusal):
    """Feelings are on in the group, and the member has not agreed (again): show them what they would agree to."""

    def __init__(self, state: ConsentState) -> None:
        super().__init__("That needs your yes first. Use /mood log: it says what is kept, and asks.")
        self.state = state


def still_agreed(purpose: str, version: int | None, age: int | None, needed_age: int) -> bool:
    """Whether a stored consent (None: there is none) still stands."""
    return version == VERSIONS[purpose] and age is not None and age >= needed_age


def feelings_off() -> Refusal:
    """Feelings are off in this group."""
    return Refusal(
        "Feelings are off in this group. An organiser can turn them on in /setup, under Feelings and care."
    )
