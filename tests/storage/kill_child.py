"""The child of test_kill.py: writes rows for ever and prints each number once it is stored."""

from __future__ import annotations

import asyncio
import sys

from bot.storage import Connection, open_database


async def main(url: str, first: int) -> None:
    database = await open_database(url)

    async def store(number: int) -> None:
        async def work(connection: Connection) -> None:
            # Two rows a transaction: half of one would show.
            await connection.run("INSERT INTO people (person_id, created_at) VALUES (:n, 0)", {"n": number})
            await connection.run("INSERT INTO groups (group_id, created_at) VALUES (:n, 0)", {"n": number})

        await database.write(work)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()

    number = first
    while True:
        await asyncio.gather(*(store(number + ahead) for ahead in range(4)))
        number += 4


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
