"""What one process knows of a try is nothing any more once another one has tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import web

from benchmarks.standin import Reply
from benchmarks.standin_faults import HTML
from bot.clock import epoch
from bot.scheduling.delivery import nonce
from bot.scheduling.model import LEASE
from bot.scheduling.posting import Arrived, post
from tests.scheduling.conftest import PostOffice, render

HOUR, SOON, LATENESS = timedelta(hours=1), timedelta(seconds=10), timedelta(hours=2)


async def deliver_beside(office: PostOffice) -> None:
    """As another process does that takes over, and whose answer is lost."""
    service = office.client.services.deliveries
    [due] = await service.due(office.clock.now())
    claimed = await service.claim(
        due.delivery_id, office.clock.now(), office.decide, LATENESS, tries=due.tries
    )
    assert claimed is not None
    assert due.person_id is not None
    channel_id = int(office.discord_.channels.open(due.person_id)["id"])
    await service.goes_to(due.delivery_id, due.person_id, channel_id)
    letter = await render(office.client, due, claimed.send.letter)
    assert isinstance(await post(office.client, channel_id, letter, nonce(due.delivery_id)), Arrived)
    await service.postpone(
        due.delivery_id, office.clock.now() + SOON, left=True, tries=claimed.delivery.tries
    )


async def test_a_conversation_that_could_not_be_opened_says_nothing_about_anothers_post(
    office: PostOffice,
) -> None:
    office.discord_.channels.nonce_seconds = 0.0
    opened: list[int] = []

    async def slowly_refused(request: web.Request, _reply: Reply) -> web.StreamResponse | None:
        if opened or not request.path.endswith("/users/@me/channels"):
            return None
        opened.append(1)
        office.clock.advance(LEASE + SOON)
        await deliver_beside(office)
        return web.Response(status=403, text=HTML, content_type="text/html")

    office.doors.append(slowly_refused)
    person = office.discord_.guilds[0].members[1].id
    await office.schedule(13 * 60, person_id=person)
    await office.wake(HOUR)
    assert [state for _, state, _ in await office.states()] == ["sending"]
    await office.wake(SOON + SOON)
    assert [state for _, state, _ in await office.states()] == ["sent"]
    assert len(office.posted(person + 1)) == 1


@pytest.mark.parametrize("what", ["claim", "postpone", "refused"])
async def test_what_is_known_of_an_earlier_try_changes_nothing(office: PostOffice, what: str) -> None:
    service = office.client.services.deliveries
    await office.schedule(13 * 60)
    office.clock.advance(HOUR)
    await service.plan(office.clock.now(), {"note": LATENESS})
    [due] = await service.due(office.clock.now())
    first = await service.claim(due.delivery_id, office.clock.now(), office.decide, LATENESS, tries=due.tries)
    assert first is not None
    assert (due.tries, first.delivery.tries) == (0, 1)
    office.clock.advance(LEASE + SOON)
    now = office.clock.now()
    second = await service.claim(due.delivery_id, now, office.decide, LATENESS, tries=1)
    assert second is not None
    await service.postpone(due.delivery_id, now + SOON, left=True, tries=second.delivery.tries)
    later = now + LEASE
    if what == "claim":
        assert await service.claim(due.delivery_id, later, office.decide, LATENESS, tries=1) is None
    elif what == "postpone":
        await service.postpone(due.delivery_id, later, left=False, counts=True, tries=1)
    else:
        await service.refused(due.delivery_id, "no_access", later, tries=1)
    [row] = await office.rows("SELECT state, tries, try_at FROM deliveries")
    assert (row["state"], row["tries"], row["try_at"]) == ("sending", 2, epoch(now + SOON))
    assert await office.rows("SELECT * FROM group_notices") == []
