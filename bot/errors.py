"""What can go wrong in words: for the person at the keyboard, or for the host at the console.

Everything else that is raised is a bug: it is logged with a reference, and the person is given the reference.
"""

from __future__ import annotations


class Refusal(Exception):
    """Something a person asked for that cannot be done, in words for that person.

    `message` is the English sentence (also the key of its translation) with named {places}; `values` fill the
    places when the sentence is shown, so that a value can be written in the reader's own units and language.
    The sentence says what happened and what to do next. The constructor's name is what the catalogue's
    extraction looks for, so always write the sentence out at the call: Refusal("...").
    """

    def __init__(self, message: str, /, **values: object) -> None:
        super().__init__(message)
        self.message = message
        self.values = values


class HostError(Exception):
    """Something only the host can mend: a wrong setting, an unreadable file. One line that says what to do.

    `exit_code` is what the command line ends with: 1 for a problem found, 2 for configuration.
    """

    def __init__(self, message: str, /, *, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class StorageUnavailable(Exception):
    """The database could not take or give anything just now.

    `reason` is one of busy, full, read_only, damaged, unreachable, where nothing was stored or changed, and in_doubt,
    where the connection to a server broke off as it was storing: nobody can say. For the log, never for a person.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
