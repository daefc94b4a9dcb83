"""What an organiser types about the group's resources."""

from __future__ import annotations

import re

from bot.care.rules import Resource, Resources
from bot.errors import Refusal
from bot.ui.text import clean

MOST_PLACES = 5
LONGEST_NAME, LONGEST_WORDS = 80, 300
LONGEST_LINK, LONGEST_CONTACT = 200, 100
# A host's name and a path in plain ASCII. One address that Discord does not take, and nobody's /care would come.
_LINK = re.compile(
    r"https://(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
    r"(?:[/?#][^\x00-\x20<>\"'`|\\{}^\x7f-\U0010ffff]*)?"
)


def read_resources(typed: str, words: str) -> Resources:
    """One resource a line, "name | link or number".

    Raises Refusal for none or more than five, for a line without both parts, for a contact that is too long to be
    shown whole, and for a link that is not https.
    """
    lines = [line for line in typed.splitlines() if line.strip()]
    if not 1 <= len(lines) <= MOST_PLACES:
        raise Refusal("Give one to five places, each on a line of its own: name | link or number")
    return Resources(tuple(_resource(line) for line in lines), clean(words, LONGEST_WORDS))


def _resource(line: str) -> Resource:
    name, parted, contact = line.partition("|")
    name, contact = clean(name, LONGEST_NAME), clean(contact, 2 * LONGEST_LINK)
    if not parted or not name or not contact:
        raise Refusal("“{line}” lacks its “|”. Each line reads: name | link or number", line=clean(line, 60))
    link = "://" in contact or contact.lower().startswith("www.")
    if link and not _LINK.fullmatch(contact):
        raise Refusal(
            "“{contact}” is no link that can be a button. Give one that begins with https://",
            contact=contact[:60],
        )
    if len(contact) > (LONGEST_LINK if link else LONGEST_CONTACT):
        # cut short it would lead nowhere
        raise Refusal(
            "“{contact}…” is too long. A link holds up to {link} characters, a number or words up to {other}.",
            contact=contact[:60],
            link=LONGEST_LINK,
            other=LONGEST_CONTACT,
        )
    return Resource(name, contact)


def written(resources: Resources) -> str:
    """The same lines again, for the form."""
    return "\n".join(f"{each.name} | {each.contact}" for each in resources.places)
