"""The command line: `second-wind` or `python -m bot`. Exit code 0 is fine, 1 a problem, 2 the configuration."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import HostError, StorageUnavailable
from bot.log import set_up_logging
from bot.settings import Settings, load_settings, readable_by_others

T = TypeVar("T")
COMMANDS = {
    "run": "connect to Discord and serve",
    "demo": "try everything in a browser, without an account (see `second-wind demo --help`)",
    "check": "look for what is wrong and say what to do",
    "sync": "give Discord the commands again (while the bot is stopped)",
    "migrate": "bring the database up to this version (run does so too)",
    "backup": "make a backup beside a running bot, and look through it (the bot makes one a day by itself)",
    "restore": "put a backup in the database's place, while the bot is stopped; the old database is kept aside",
    "copy": "move everything into an empty database, of the other engine for example, while no bot runs on either",
}
# Commands that take a file, and what it is.
FILES = {
    "backup": "the new file; unless given, one in the folder of backups, named by its moment",
    "restore": "the backup; the newest in the folder of backups unless given",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["demo"]:
        return _reported(lambda: _demo(given[1:]))
    options = _parser().parse_args(given)
    actions: dict[str, Callable[[Settings, Path | None], int]] = {
        "run": _run,
        "check": lambda settings, file: _rebuild(settings) if options.rebuild else _check(settings, file),
        "sync": _sync,
        "migrate": _migrate,
        "backup": lambda settings, _: _backup(settings, options.file),
        "restore": lambda settings, _: _restore(
            settings, options.file, without_ledger=options.without_ledger
        ),
        "copy": lambda settings, _: _copy(settings, options.source, options.target),
    }
    return _reported(lambda: actions[options.command](load_settings(options.config), options.config))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="second-wind", description="A Discord bot that keeps running groups accountable, kindly."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, meaning in COMMANDS.items():
        command = commands.add_parser(name, help=meaning, description=meaning.capitalize() + ".")
        command.add_argument(
            "--config",
            type=Path,
            metavar="FILE",
            help="the configuration (config.toml unless given); the environment's SECONDWIND_ settings come first",
        )
        if name in FILES:
            command.add_argument("file", type=Path, nargs="?", metavar="FILE", help=FILES[name])
        if name == "restore":
            command.add_argument(
                "--without-ledger",
                action="store_true",
                help="also where the ledger of erasures is missing: who was erased after the backup is back then",
            )
        if name == "check":
            command.add_argument(
                "--rebuild",
                action="store_true",
                help="look at every row while no bot runs, make anew what is derived, and remove what has no owner",
            )
        if name == "copy":
            command.add_argument("source", metavar="FROM", help="an address as in storage.url")
            command.add_argument(
                "target", metavar="TO", help="the address of a new file or of a database without tables"
            )
    return parser


def _reported(command: Callable[[], int]) -> int:
    """The command's exit code; what only the host can mend becomes a line on standard error."""
    try:
        return command()
    except HostError as error:
        print(*(f"second-wind: {line}" for line in str(error).splitlines()), sep="\n", file=sys.stderr)
        return error.exit_code
    except StorageUnavailable as error:
        print(
            f"second-wind: The database gave no answer ({error}): run `second-wind check`.", file=sys.stderr
        )
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if (told := _lacking(error)) is None:
            raise
        print(f"second-wind: {told}", file=sys.stderr)
        return 1


def _lacking(error: Exception) -> str | None:
    """In words, which right this user lacks; None where it is something else."""
    if isinstance(error, PermissionError) and error.filename:
        return (
            f"{error.filename} cannot be looked at or used ({error.strerror}): give this user the right to."
        )
    if (
        getattr(error, "sqlstate", None) == "42501"
    ):  # insufficient_privilege, whatever the server's driver calls it
        return "This user of PostgreSQL lacks a right: make it the owner of the database and of the bot's tables."
    return None


def _run(settings: Settings, file: Path | None) -> int:
    import logging

    from bot.app import require_token, serve

    require_token(settings)
    set_up_logging(settings.log.level, settings.log.format)
    if readable_by_others(file, settings):
        logging.getLogger("bot").warning(
            "config_readable_by_others: run `chmod 600` on it, as it holds the token"
        )
    _in_loop(serve(settings))
    return 0


def _sync(settings: Settings, _file: Path | None) -> int:
    from bot.app import require_token, sync

    require_token(settings)
    set_up_logging(settings.log.level, settings.log.format)
    outcome = _in_loop(sync(settings))
    if outcome == "synced":
        print("Discord has the commands now.")
    return 0 if outcome == "synced" else 1


def _migrate(settings: Settings, _file: Path | None) -> int:
    from bot.app import migrate

    applied = _in_loop(migrate(settings))
    print(f"Applied: {', '.join(applied)}." if applied else "The database is up to date.")
    return 0


def _backup(settings: Settings, to: Path | None) -> int:
    from bot.backups.service import BackupService
    from bot.backups.telling import made_line
    from bot.clock import SystemClock
    from bot.storage.open import backups_folder

    set_up_logging("ERROR", "console")
    folder = backups_folder(settings.storage.url, settings.storage.backups)
    made = _in_loop(BackupService(settings.storage.url, folder).make(SystemClock().now(), to))
    print(made_line(made))
    return 0


def _restore(settings: Settings, backup: Path | None, *, without_ledger: bool) -> int:
    from bot.backups.restoring import restore
    from bot.backups.telling import restored_lines
    from bot.clock import SystemClock
    from bot.erasures.ledger import Ledger
    from bot.storage.open import backups_folder

    set_up_logging("ERROR", "console")
    ledger = Ledger(backups_folder(settings.storage.url, settings.storage.backups))
    now = SystemClock().now()
    restored = _in_loop(restore(settings.storage.url, ledger, now, backup, without_ledger=without_ledger))
    print(*restored_lines(restored), sep="\n")
    return 0


def _copy(settings: Settings, source: str, target: str) -> int:
    from bot.clock import SystemClock, epoch
    from bot.copying.between import copy_between
    from bot.copying.telling import Bar, copied_lines

    set_up_logging("ERROR", "console")
    with Bar(sys.stderr) as bar:
        copied = _in_loop(copy_between(source, target, now=epoch(SystemClock().now()), on_progress=bar.show))
    print(*copied_lines(copied, source, target, settings.storage.backups), sep="\n")
    return 1 if copied.differing else 0


def _rebuild(settings: Settings) -> int:
    from bot.clock import SystemClock
    from bot.doctor import report
    from bot.progress import ProgressBar
    from bot.rebuilding.alone import rebuild
    from bot.rebuilding.telling import findings_of

    set_up_logging("ERROR", "console")
    bar = ProgressBar(sys.stderr)
    try:
        parts = _in_loop(rebuild(settings.storage.url, SystemClock().now(), bar.show))
    finally:
        bar.clear()
    return report(findings_of(parts), print)


def _check(settings: Settings, file: Path | None) -> int:
    from bot.clock import SystemClock
    from bot.doctor import Installation, examine, report

    set_up_logging("ERROR", "console")  # the findings say it in words
    token = settings.discord.token
    findings = _in_loop(
        examine(
            Installation(
                token=token.get_secret_value() if token else None,
                api_base=settings.discord.api_base,
                storage_url=settings.storage.url,
                config_readable_by_others=readable_by_others(file, settings),
                backups=settings.storage.backups,
            ),
            SystemClock().now(),
        )
    )
    return report(findings, print)


def _demo(arguments: list[str]) -> int:
    try:
        from demo.__main__ import main as demo
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] not in {"simcord", "demo"}:
            raise
        raise HostError(
            "The demo needs its own packages: run `make demo` in a clone, or pip install 'second-wind[demo]'."
        ) from None
    code: int = demo(arguments)
    return code


def _in_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on uvloop where there is one."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        return runner.run(work)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ImportError:  # not made for every system
        return asyncio.new_event_loop
    return uvloop.new_event_loop


if __name__ == "__main__":
    sys.exit(main())
