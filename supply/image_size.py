"""What the image weighs compressed, worked out from its parts where no engine can build it.

python -m supply.image_size

Every part is made here and packed as an image's layer is (tar, gzip): a smallest Debian of the base's release by
debootstrap, which holds more than the base image's own, this machine's CPython of the image's version where there is
one (else the one that runs this), the packages of the lock for that version, bot and cogs, and libfribidi0.
"""

from __future__ import annotations

import gzip
import io
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MOST = 250_000_000
PLATFORMS = (
    "manylinux_2_28_x86_64",
    "manylinux_2_27_x86_64",
    "manylinux_2_17_x86_64",
    "manylinux2014_x86_64",
)
_NOT_IN_THE_IMAGE = {"test", "tests", "idlelib", "ensurepip", "__pycache__", "site-packages", "config"}


def layer(folder: Path, skip: frozenset[str] = frozenset()) -> int:
    """Bytes of a folder as a layer."""

    class Count(io.RawIOBase):
        size = 0

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            length = len(data)  # type: ignore[arg-type]
            self.size += length
            return length

    counted = Count()
    with (
        gzip.GzipFile(fileobj=counted, mode="wb", compresslevel=6) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        archive.add(folder, filter=lambda each: None if Path(each.name).name in skip else each)
    return counted.size


def packages(folder: Path, version: str) -> int:
    """The lock's packages for `version` (such as 3.13), unpacked as pip unpacks them."""
    lines = (ROOT / "lock/postgresql.txt").read_text("utf-8")
    wanted = re.sub(r" *\\\n +--hash=\S+", "", lines)
    wheels, installed, asked = folder / "wheels", folder / "installed", folder / "asked.txt"
    asked.write_text(wanted, "utf-8")
    platforms = [part for each in PLATFORMS for part in ("--platform", each)]
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
    command += [
        "--implementation",
        "cp",
        "--python-version",
        version,
        *platforms,
        "-d",
        str(wheels),
        "-r",
        str(asked),
    ]
    subprocess.run(command, check=True, capture_output=True)
    for wheel in wheels.iterdir():
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(installed)
    return layer(installed)


def interpreter(version: str) -> tuple[int, str]:
    """The standard library and the program, without what the image's leaves out too, and which one it was."""
    here = next(iter(sorted(Path.home().glob(f".pyenv/versions/{version}.*"))), Path(sys.base_prefix))
    own = (
        f"python{version}"
        if (here / f"lib/python{version}").is_dir()
        else f"python3.{sys.version_info.minor}"
    )
    size = layer(here / "lib" / own, frozenset(_NOT_IN_THE_IMAGE | {f"config-{version}-x86_64-linux-gnu"}))
    binaries = [here / "bin" / own, *here.glob("lib/libpython3*.so.1.0")]
    return size + sum(len(gzip.compress(each.read_bytes(), 6)) for each in binaries if each.is_file()), own


def debian(folder: Path, release: str) -> int | None:
    """A smallest Debian; None where debootstrap is not installed or gets nothing."""
    if shutil.which("debootstrap") is None:
        return None
    mirrors = re.findall(r"(?m)^(?:deb .*?|URIs: *)(https?://\S+|file:\S+)", _sources())
    mirror = [each for each in mirrors if each.rstrip("/").endswith("/debian")][:1]
    made = subprocess.run(
        ["debootstrap", "--variant=minbase", release, str(folder), *mirror],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        return None
    for bulky in ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"):
        shutil.rmtree(folder / bulky, ignore_errors=True)
    return layer(folder)


def _sources() -> str:
    places = [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]
    return "\n".join(each.read_text(errors="replace") for each in places if each.is_file())


def fribidi() -> int:
    shown = subprocess.run(
        ["apt-cache", "show", "libfribidi0"], capture_output=True, text=True, check=False
    ).stdout
    size = re.search(r"(?m)^Size: (\d+)", shown)
    return int(size[1]) if size else 30_000


def main() -> int:
    base = re.search(r"(?m)^FROM python:(\d+\.\d+)\S*-slim-(\w+)", (ROOT / "Dockerfile").read_text("utf-8"))
    if base is None:
        raise SystemExit("Dockerfile: no FROM python:3.x-slim-release")
    version, release = base[1], base[2]
    with tempfile.TemporaryDirectory(prefix="second-wind-image-") as name:
        folder = Path(name)
        python, which = interpreter(version)
        parts: list[tuple[str, int | None]] = [
            (f"Debian {release}, smallest", debian(folder / "debian", release)),
            (f"CPython ({which} of this machine)", python),
            (f"packages of lock/postgresql.txt for {version}", packages(folder, version)),
            ("bot and cogs", sum(layer(ROOT / each, frozenset({"__pycache__"})) for each in ("bot", "cogs"))),
            ("libfribidi0", fribidi()),
        ]
    for what, size in parts:
        print(f"{what:<48} {'not known' if size is None else f'{size / 1e6:6.1f} MB'}")
    total = sum(size or 0 for _, size in parts)
    known = all(size is not None for _, size in parts)
    unknown = "" if known else ", a part unknown"
    print(f"{'in all, compressed':<48} {total / 1e6:6.1f} MB of at most {MOST / 1e6:.0f}{unknown}")
    return 0 if known and total <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
