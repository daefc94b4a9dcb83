"""What a statement runs on, whichever engine stands behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

Dialect = Literal["sqlite", "postgresql"]
Parameters = Mapping[str, Any] | Sequence[Any]


class Row(Protocol):
    """One row: values by column name."""

    def __getitem__(self, column: str, /) -> Any: ...

    def keys(self) -> Any: ...


class Connection(Protocol):
    """What a query runs on; handed to the function given to `Database.write` or `read`, never kept."""

    async def all(self, sql: str, parameters: Parameters) -> list[Row]: ...

    async def one(self, sql: str, parameters: Parameters) -> Row | None: ...

    async def value(self, sql: str, parameters: Parameters) -> Any: ...

    async def run(self, sql: str, parameters: Parameters) -> int:
        """Run a statement that returns no rows; how many rows it touched."""
        ...

    async def many(self, sql: str, parameters: Sequence[Parameters]) -> None: ...
