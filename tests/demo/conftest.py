"""The demo's pictures with plain edges: a story draws some hundred, and nobody looks at their pixels here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="package")
def _plain_edges() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.ui.pictures.canvas._SMOOTH", 1)
        yield
