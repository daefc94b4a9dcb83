"""Ids of our own rows."""

from __future__ import annotations

import secrets
from datetime import datetime

_RANDOM_BITS = 20


def new_id(now: datetime) -> int:
    """A 63-bit id that grows with time (milliseconds, then 20 random bits), so that new rows lie together.

    It is no secret: every query that takes one also names the group and the member.
    """
    return int(now.timestamp() * 1000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
