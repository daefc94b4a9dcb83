"""What the commands tell the host."""

from __future__ import annotations

from bot.backups.restoring import Restored
from bot.backups.service import Made


def made_line(made: Made) -> str:
    """What `second-wind backup` prints."""
    return (
        f"{made.file.path}: {made.file.size / 1e6:,.1f} MB, {made.holds.rows:,} rows in {len(made.holds.counts)} "
        "tables, looked through and sound."
    )


def restored_lines(restored: Restored) -> list[str]:
    """What `second-wind restore` prints."""
    prepared, erased = restored.prepared, restored.prepared.erased
    lines = [f"Restored {restored.backup}: {prepared.holds.rows:,} rows, looked through and sound."]
    if prepared.migrations:
        lines.append(f"Brought up to this version: {', '.join(prepared.migrations)}.")
    if erased.any:
        lines.append(
            f"Erased again what was erased since it was made: {_counted(erased.members, 'member')}, "
            f"{_counted(erased.groups, 'group')}, runs of {erased.runs} more, feelings of {erased.feelings} more."
        )
    elif not prepared.ledger_trouble:
        lines.append("Nobody in it was erased since it was made.")
    if prepared.ledger_trouble:
        lines.append(
            f"Whoever was erased after the backup was made may be back. {prepared.ledger_trouble}, and restart the "
            "bot, as each start erases again."
        )
    if restored.kept_aside:
        lines.append(
            f"The old database is kept: {restored.kept_aside}. Remove it once all is well: it holds what was there."
        )
    lines.append("Start the bot again with `second-wind run`.")
    return lines


def _counted(number: int, one: str) -> str:
    return f"{number} {one}{'s' * (number != 1)}"
