"""`make demo`: a running group in the browser, without an account and without a network."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
import tempfile
import webbrowser
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

PORT = 8765


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo until Ctrl+C; exit code 0."""
    options = _options(arguments)
    logging.basicConfig(
        level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    logging.getLogger("discord").setLevel(logging.ERROR)  # its hints are for bots that speak
    with ExitStack() as closing:
        if options.keep is None:
            folder = Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="second-wind-demo-")))
        else:
            folder = options.keep
            folder.mkdir(parents=True, exist_ok=True)
        asyncio.run(_run(folder, options.port, look=not options.no_browser))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="second-wind demo", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"where to listen on this machine ({PORT} unless given)"
    )
    parser.add_argument(
        "--keep",
        type=Path,
        nargs="?",
        const=Path("data/demo"),
        metavar="FOLDER",
        help="keep the demo's data (in data/demo unless given); without it they are gone afterwards",
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address, open nothing")
    return parser.parse_args(arguments)


async def _run(folder: Path, port: int, *, look: bool) -> None:
    from demo.hub import Hub
    from demo.world import open_world

    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    print("Half a year of running is being made up…", flush=True)
    async with open_world(folder, datetime.now(UTC).date()) as world:
        hub = Hub(world.stage, port)
        await world.stage.start()
        await hub.start()
        print(f"Second Wind demo: {hub.address}   (Ctrl+C ends it)", flush=True)
        if look and (
            os.environ.get("DISPLAY")
            or os.environ.get("WAYLAND_DISPLAY")
            or sys.platform in ("darwin", "win32")
        ):
            await asyncio.to_thread(webbrowser.open, hub.address)
        await stop.wait()
        await hub.close()


if __name__ == "__main__":
    sys.exit(main())
