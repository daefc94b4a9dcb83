"""What a file from a watch may ask for, and the words for one that is not taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from bot.checkins.track import Reason
from bot.errors import Refusal

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file and one archive may ask for. Sizes in bytes; `memory_bytes` is the whole worker's."""

    file_bytes: int = 10 * MIB
    archive_bytes: int = 25 * MIB
    unpacked_bytes: int = 64 * MIB
    unpacked_bytes_in_all: int = 512 * MIB
    members: int = 2_000
    points: int = 400_000
    seconds_per_file: float = 5.0
    memory_bytes: int = 256 * MIB


def refuse(reason: Reason, limits: Limits, *, archive: bool = False) -> NoReturn:
    """Say what is the matter with a file, and what to do next."""
    match reason:
        case "empty":
            raise Refusal("That file is empty: export it again from the watch's app.")
        case "too_large" if archive:
            raise Refusal(
                "That archive is too large: {most} MiB is the most. Split it and send the parts.",
                most=limits.archive_bytes // MIB,
            )
        case "too_large":
            raise Refusal(
                "That file is too large: {most} MiB is the most, {unpacked} MiB once it is unpacked. Type the run with"
                " /run log.",
                most=limits.file_bytes // MIB,
                unpacked=limits.unpacked_bytes // MIB,
            )
        case "damaged" if archive:
            raise Refusal("That archive is damaged or was cut short: download it again, then send it again.")
        case "damaged":
            raise Refusal("That file is damaged or was cut short: export it again from the watch's app.")
        case "not_a_watch_file":
            raise Refusal("That is no file from a watch: send a FIT, GPX or TCX file, or a zip of them.")
        case "no_activity":
            raise Refusal("That file holds no recorded run: export the activity itself, as FIT, GPX or TCX.")
        case "archive":
            raise Refusal(
                "That is an archive of many files: send it with /run import, unzipped once if it holds a zip."
            )
        case "hostile":
            raise Refusal(
                "That file holds what no watch writes, so it was not opened: export it again from the watch's app."
            )
        case "too_slow":
            raise Refusal(
                "That file takes too long to read, so nothing was taken from it: type the run with /run log."
            )
        case "too_many_points":
            raise Refusal(
                "That file holds more than {most} points, so it was not read: type the run with /run log.",
                most=limits.points,
            )
        case "implausible":
            raise Refusal(
                "Most of the times or places in that file can't be right: type the run with /run log."
            )
        case "encrypted" | "unsupported" | "crashed":
            raise Refusal(
                "That file could not be read, and nothing was taken from it: export it again, or type the run."
            )
