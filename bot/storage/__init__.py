"""Storage: one writer, readers that cannot write, the same SQL on SQLite and PostgreSQL."""

from bot.storage.connection import Connection, Row
from bot.storage.database import Database
from bot.storage.open import open_database
from bot.storage.queries import Queries, load_queries

__all__ = ["Connection", "Database", "Queries", "Row", "load_queries", "open_database"]
