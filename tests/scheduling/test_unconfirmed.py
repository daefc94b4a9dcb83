"""What may have arrived, where the channel does not tell: better not at all than twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from benchmarks.standin import Reply
from benchmarks.standin_faults import HTML
from benchmarks.standin_messages import new_message
from benchmarks.standin_rest import as_json, error
from tests.scheduling.conftest import PostOffice

HOUR, SOON = timedelta(hours=1), timedelta(seconds=10)


def lose_first_answer(office: PostOffice, *, accepted: bool) -> None:
    """The first message is taken, or not, and the answer is 500 either way."""
    lost: list[int] = []

    async def lose(request: web.Request, reply: Reply) -> web.StreamResponse | None:
        if lost or request.method != "POST" or not request.path.endswith("/messages"):
            return None
        lost.append(1)
        if accepted:
            await reply()
        return error(500, 0, "no")

    office.doors.append(lose)


@pytest.mark.parametrize(("accepted", "state"), [(True, ("skipped", "unconfirmed")), (False, ("sent", None))])
async def test_a_history_that_may_not_be_read_is_no_proof_that_nothing_is_there(
    office: PostOffice, accepted: bool, state: tuple[str, str | None]
) -> None:
    lose_first_answer(office, accepted=accepted)
    office.discord_.guilds[0].unreadable.add(office.channel_id)
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    await office.wake(SOON)
    [(_, *found)] = await office.states()
    assert tuple(found) == state
    assert len(office.posted()) == 1


async def test_what_is_posted_between_two_looks_does_not_make_a_channel_unreadable(
    office: PostOffice,
) -> None:
    looks: list[int] = []

    async def nothing_yet(request: web.Request, _reply: Reply) -> web.StreamResponse | None:
        if looks or request.method != "GET" or not request.path.endswith("/messages"):
            return None
        looks.append(1)
        return as_json([])

    office.doors.append(nothing_yet)
    lose_first_answer(office, accepted=True)
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    await office.wake(SOON)
    await office.wake(SOON)
    assert looks == [1]
    assert [(state, reason) for _, state, reason in await office.states()] == [("sent", None)]
    assert len(office.posted()) == 1


async def test_a_quiet_channel_that_can_be_read_gets_what_did_not_arrive(office: PostOffice) -> None:
    lose_first_answer(office, accepted=False)
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    await office.wake(SOON)
    assert [state for _, state, _ in await office.states()] == ["sent"]


async def test_a_channel_too_busy_to_be_looked_through_is_no_proof_either(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.scheduling.posting.MOST_LOOKED_THROUGH", 3)
    office.discord_.channels.now = lambda: office.clock.now().timestamp()
    lose_first_answer(office, accepted=True)
    await office.schedule(13 * 60)
    for number in range(4):
        message = new_message(office.channel_id, {"content": str(number)}, [], at=1_794_834_000 - 60 + number)
        office.discord_.channels.keep(message)
    await office.wake(HOUR)
    await office.wake(SOON)
    assert [reason for _, _, reason in await office.states()] == ["unconfirmed"]
    assert len(office.posted()) == 1


async def test_a_page_instead_of_a_conversation_is_asked_for_again(office: PostOffice) -> None:
    pages: list[int] = []

    async def page(request: web.Request, _reply: Reply) -> web.StreamResponse | None:
        if pages or not request.path.endswith("/users/@me/channels"):
            return None
        pages.append(1)
        return web.Response(text=HTML, content_type="text/html")

    office.doors.append(page)
    person = office.discord_.guilds[0].members[1].id
    await office.schedule(13 * 60, person_id=person)
    await office.wake(HOUR)
    await office.wake(SOON)
    assert pages == [1]
    assert [state for _, state, _ in await office.states()] == ["sent"]
    assert len(office.posted(person + 1)) == 1


async def test_a_channel_that_never_tells_is_given_up_in_the_end(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.scheduling.delivery.MOST_TRIES", 3)
    office.restart(lateness=None)

    async def no_history(request: web.Request, _reply: Reply) -> web.StreamResponse | None:
        looks = request.method == "GET" and request.path.endswith("/messages")
        return web.Response(text="[1]", content_type="application/json") if looks else None

    office.doors.append(no_history)
    lose_first_answer(office, accepted=True)
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    for _ in range(5):
        await office.wake(timedelta(minutes=20))
    assert [(state, reason) for _, state, reason in await office.states()] == [("skipped", "unconfirmed")]
    assert len(office.posted()) == 1


async def test_what_left_late_has_as_long_to_arrive(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose_first_answer(office, accepted=True)
    looks: list[int] = []

    async def count(request: web.Request, _reply: Reply) -> None:
        if request.method == "GET" and request.path.endswith("/messages"):
            looks.append(1)

    office.doors.append(count)
    waits = iter((timedelta(seconds=20),))

    async def turn() -> None:
        office.clock.advance(next(waits, timedelta(0)))

    monkeypatch.setattr(office.client.courier.pace, "turn", turn)
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    await office.wake(timedelta(seconds=4))
    assert looks == []
    await office.wake(timedelta(seconds=1))
    assert looks == [1]
    assert [state for _, state, _ in await office.states()] == ["sent"]


@pytest.mark.parametrize(
    "refused",
    [
        {"status": 429},
        {"status": 429, "text": HTML, "content_type": "text/html", "headers": {"Retry-After": "1"}},
        {"status": 403, "text": HTML, "content_type": "text/html"},
        {
            "status": 401,
            "text": '{"message": "401: Unauthorized", "code": 0}',
            "content_type": "application/json",
        },
    ],
    ids=["too many", "a page of too many", "a firewall's page", "unauthorised"],
)
async def test_a_look_that_was_refused_says_nothing_about_what_is_there(
    office: PostOffice, refused: dict[str, Any]
) -> None:
    office.discord_.channels.nonce_seconds = 0.0
    looks: list[int] = []

    async def refuse(request: web.Request, _reply: Reply) -> web.StreamResponse | None:
        if looks or request.method != "GET" or not request.path.endswith("/messages"):
            return None
        looks.append(1)
        return web.Response(**refused)

    office.doors.append(refuse)
    lose_first_answer(office, accepted=True)
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    for _ in range(3):
        await office.wake(SOON)
    assert looks == [1]
    assert [(state, reason) for _, state, reason in await office.states()] == [("sent", None)]
    assert len(office.posted()) == 1


async def test_a_firewalls_page_is_not_discords_last_word(office: PostOffice) -> None:
    refused: list[int] = []

    async def blocked(request: web.Request, _reply: Reply) -> web.StreamResponse | None:
        if refused or request.method != "POST" or not request.path.endswith("/messages"):
            return None
        refused.append(1)
        return web.Response(status=403, text=HTML, content_type="text/html")

    office.doors.append(blocked)
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    await office.wake(SOON)
    assert [(state, reason) for _, state, reason in await office.states()] == [("sent", None)]
    assert len(office.posted()) == 1
