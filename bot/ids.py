"""Ids of our own rows."""

from __future__ import annotations

import secrets
import threading
from datetime import datetime

_RANDOM_BITS = 20
_last = 0
_one_at_a_time = threading.Lock()  # transactions run in the threads of their connections


def first_id(at: datetime) -> int:
    """No id that was made from `at` on is smaller, and none from before is as large."""
    return int(at.timestamp() * 1000) << _RANDOM_BITS


def new_id(now: datetime) -> int:
    """A 63-bit id that grows with time (milliseconds, then 20 random bits), so that new rows lie together.

    Within one millisecond of `now` each is larger than the one before: ids of one process tell the order in which
    rows were made even where a clock stands still. It is no secret: every query that takes one also names the group
    and the member.
    """
    global _last
    made = int(now.timestamp() * 1000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS - 1)
    with _one_at_a_time:
        if made <= _last and made >> _RANDOM_BITS == _last >> _RANDOM_BITS:
            made = _last + 1
        _last = made
    return made
