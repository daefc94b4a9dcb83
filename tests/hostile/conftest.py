"""The same in-memory Discord as the tests of the cogs."""

from __future__ import annotations

from tests.cogs.conftest import env, services, world

__all__ = ["env", "services", "world"]
