"""The lock by which one process owns an SQLite file."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from bot.errors import HostError


def lock(path: Path) -> int:
    """Lock the file for this process, whether or not it is there yet: the descriptor that holds the lock.

    The lock lies beside the database and goes when the process ends, however it ends; closing the descriptor lets go.
    Raises HostError where another process has it.
    """
    if not path.name:
        raise HostError(f"{path} is no file: storage.url has to name one.", exit_code=2)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(
            path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )
    except OSError as error:
        raise HostError(
            f"{path.parent} cannot be written to ({error.strerror}): give this user the right to write "
            "there, or change storage.url."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise HostError(
            f"Another Second Wind is already using {path}: stop it first, "
            "or give this one a storage.url of its own."
        ) from error
    except OSError as error:
        os.close(descriptor)
        raise _not_lockable(path, error) from error
    return descriptor


def claim(path: Path) -> int:
    """Lock the file, and make it where it is missing; what SQLite makes beside it (-wal, -shm) gets its rights."""
    descriptor = lock(path)
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        os.close(descriptor)
        raise _not_lockable(path, error) from error
    return descriptor


def _not_lockable(path: Path, error: OSError) -> HostError:
    return HostError(
        f"{path} cannot be opened or locked ({error.strerror}): storage.url has to name a file "
        "of this user's on a local disk."
    )
