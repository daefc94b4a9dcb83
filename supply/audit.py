"""Asks whether anything in the lock files has a known vulnerability.

python -m supply.audit PIP_AUDIT lock/run.txt lock/postgresql.txt

Exit codes: 0 none known, 1 some are, 2 some packages could not be asked about (no way to the advisories, say).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

SECONDS = 300


@dataclass
class Audit:
    """What is known of the packages of one lock: names with versions."""

    asked: int = 0
    vulnerable: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        if self.vulnerable:
            return 1
        return 2 if self.unknown or not self.asked else 0


def read(report: dict[str, Any]) -> Audit:
    """What pip-audit's JSON report comes to. A package that it skipped was not asked about."""
    audit = Audit()
    for package in report["dependencies"]:
        if "skip_reason" in package:
            audit.unknown.append(package["name"])
            continue
        audit.asked += 1
        for found in package["vulns"]:
            mended = ", ".join(found["fix_versions"]) or "nothing yet"
            audit.vulnerable.append(
                f"{package['name']} {package['version']}: {found['id']}, mended by {mended}"
            )
    return audit


def ask(program: str, lock: str) -> Audit:
    """Run pip-audit over one lock, of which every package is pinned and hashed, so that nothing is installed."""
    ran = subprocess.run(
        [
            program,
            "-r",
            lock,
            "--require-hashes",
            "--disable-pip",
            "--format",
            "json",
            "--progress-spinner",
            "off",
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    try:
        return read(json.loads(ran.stdout))
    except (json.JSONDecodeError, KeyError):
        return Audit(
            unknown=[f"all of {lock} ({(ran.stderr.strip().splitlines() or ['no answer'])[-1][:200]})"]
        )


def main(program: str, locks: Iterable[str]) -> int:
    """Print what is known of each lock; the worst exit code, where a vulnerability is worse than not knowing."""
    codes = set()
    for lock in locks:
        audit = ask(program, lock)
        codes.add(audit.exit_code)
        print(f"{lock}: {audit.asked} packages asked about, {len(audit.vulnerable)} vulnerabilities known")
        for line in audit.vulnerable:
            print(f"  {line}")
        if audit.unknown:
            print(f"  not asked about, as the advisories gave no answer: {', '.join(audit.unknown)}")
    return 1 if 1 in codes else max(codes, default=2)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
