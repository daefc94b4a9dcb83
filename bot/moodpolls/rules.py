"""What is true of polls."""

from __future__ import annotations

import hashlib
import hmac
import secrets

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
