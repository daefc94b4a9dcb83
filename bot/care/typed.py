"""What an organiser types about the group's resources."""

from __future__ import annotations

from bot.care.rules import Resource, Resources
from bot.errors import Refusal
from bot.ui.text import clean

MOST_PLACES = 5
LONGEST_NAME, LONGEST_CONTACT, LONGEST_WORDS = 80, 200, 300


def read_resources(typed: str, words: str) -> Resources:
    """One resource a line, "name | link or number".

    Raises Refusal for none or more than five, for a line without both parts, and for a link that is not https.
    """
    lines = [line for line in typed.splitlines() if line.strip()]
    if not 1 <= len(lines) <= MOST_PLACES:
        raise Refusal("Give one to five places, each on a line of its own: name | link or number")
    return Resources(tuple(_resource(line) for line in lines), clean(words, LONGEST_WORDS))


def _resource(line: str) -> Resource:
    name, parted, contact = line.partition("|")
    name, contact = clean(name, LONGEST_NAME), clean(contact, LONGEST_CONTACT)
    if not parted or not name or not contact:
        raise Refusal("“{line}” lacks its “|”. Each line reads: name | link or number", line=clean(line, 60))
    if "://" in contact and not _is_link(contact):
        raise Refusal(
            "“{contact}” is no link that can be a button. Give one that begins with https://",
            contact=contact[:60],
        )
    return Resource(name, contact)


def _is_link(contact: str) -> bool:
    host = contact.removeprefix("https://").split("/")[0]
    return (
        contact.startswith("https://") and "." in host and not any(sign in contact for sign in " <>\"'`|\\")
    )


def written(resources: Resources) -> str:
    """The same lines again, for the form."""
    return "\n".join(f"{each.name} | {each.contact}" for each in resources.places)
