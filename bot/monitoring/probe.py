"""The image's health check: `python -m bot.monitoring.probe` ends with 0 where all is well, else with 1.

It runs twice a minute, on small machines too, so it needs the standard library alone and reads of the settings only
where /healthz is. Where monitoring is turned off there is nobody to ask, and no ground to call the container unwell:
that its process runs is known to the engine.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

PATIENCE_SECONDS = 4.0
CONFIG = Path("config.toml")  # in the image there is no other one
PREFIX = "SECONDWIND_MONITORING__"
# Who listens everywhere is asked on this machine.
HERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - nothing listens here


def where(environment: Mapping[str, str], file: Path = CONFIG) -> str | None:
    """The address of /healthz by the settings; None where monitoring is off. Raises ValueError for a port that is
    none."""
    stored = _stored(file)
    port = int(environment.get(f"{PREFIX}PORT") or stored.get("port", 0))
    if port == 0:
        return None
    address = str(environment.get(f"{PREFIX}ADDRESS") or stored.get("address", ""))
    address = HERE.get(address, address)
    return f"http://{f'[{address}]' if ':' in address else address}:{port}/healthz"


def _stored(file: Path) -> Mapping[str, Any]:
    try:
        section = tomllib.loads(file.read_text(encoding="utf-8")).get("monitoring", {})
    except (OSError, ValueError):  # `run` and `check` say what is wrong with it
        return {}
    return section if isinstance(section, dict) else {}


def asked(address: str) -> tuple[bool, str]:
    """Whether all is well, and what was said."""
    try:
        # a proxy of the environment's is for the world outside
        with build_opener(ProxyHandler({})).open(address, timeout=PATIENCE_SECONDS) as answer:
            return True, answer.read().decode(errors="replace")
    except HTTPError as unwell:
        return False, unwell.read().decode(errors="replace")
    except OSError as error:
        return False, f"/healthz gave no answer ({error})"


def main() -> int:
    """Ask, and write one line that the engine keeps; the exit code."""
    address = where(os.environ)
    if address is None:
        well, said = (
            True,
            "Monitoring is off (monitoring.port is 0): that the process runs is all that is known.",
        )
    else:
        well, said = asked(address)
    sys.stdout.write(f"{said}\n")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
