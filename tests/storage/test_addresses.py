"""Which file an address means."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.storage.open import backups_folder, sqlite_path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///data/second-wind.db", "data/second-wind.db"),
        ("sqlite:////srv/second-wind.db", "/srv/second-wind.db"),
        ("sqlite://///srv/second-wind.db", "/srv/second-wind.db"),
        ("sqlite:///~/runs/second-wind.db", "/home/host/runs/second-wind.db"),
        ("sqlite:///data/~/second-wind.db", "data/~/second-wind.db"),
        ("sqlite:///50%25 of us.db", "50%25 of us.db"),
    ],
)
def test_an_address_means_a_file(url: str, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/host")
    assert sqlite_path(url) == Path(path)
    assert backups_folder(url) == Path(path).parent / "backups"
