"""Deliveries on their way: each step may be the last one, and nothing is there twice."""

from __future__ import annotations

import asyncio
import json
from datetime import date, timedelta
from typing import Any

import pytest
from aiohttp import web

from benchmarks.standin import Reply
from benchmarks.standin_limits import too_many
from benchmarks.standin_rest import as_json, error
from bot.scheduling import delivery as courier_module
from bot.scheduling.model import LEASE, Channel, Hold, Send, Skip
from tests.scheduling.conftest import PostOffice, lose_connection

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TODAY = date(2026, 11, 16)


def is_post(request: web.Request) -> bool:
    return request.method == "POST" and request.path.endswith("/messages")


def is_look(request: web.Request) -> bool:
    return request.method == "GET" and request.path.endswith("/messages")


async def test_what_is_due_is_posted_once_and_marked(office: PostOffice) -> None:
    await office.schedule(13 * 60)
    assert await office.wake(HOUR) == 1
    assert await office.wake() == 0
    [row] = await office.rows("SELECT * FROM deliveries")
    assert await office.states() == [(TODAY, "sent", None)]
    assert office.posted() == [row["delivery_id"]]
    assert row["message_id"] in office.discord_.messages


async def test_one_second_before_nothing_comes(office: PostOffice) -> None:
    await office.schedule(13 * 60)
    assert await office.wake(HOUR - timedelta(seconds=1)) == 0
    assert await office.states() == []


async def test_three_days_of_downtime_end_in_the_right_posts_and_no_others(office: PostOffice) -> None:
    await office.schedule(13 * 60)
    await office.wake(3 * DAY + HOUR)
    late = [(TODAY + timedelta(days=n), "skipped", "late") for n in range(3)]
    assert await office.states() == [*late, (TODAY + timedelta(days=3), "sent", None)]
    assert len(office.posted()) == 1


async def test_what_is_never_too_late_comes_once_for_every_day_missed(office: PostOffice) -> None:
    office.restart(lateness=None)
    await office.schedule(13 * 60)
    await office.wake(2 * DAY + HOUR)
    assert [state for _, state, _ in await office.states()] == ["sent"] * 3
    assert len(set(office.posted())) == 3


async def test_two_hours_late_is_sent_and_a_second_more_is_dropped_and_counted(office: PostOffice) -> None:
    await office.schedule(13 * 60)
    await office.wake(3 * HOUR)
    await office.wake(DAY + timedelta(seconds=1))
    assert await office.states() == [(TODAY, "sent", None), (TODAY + DAY, "skipped", "late")]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("accepted", [True, False])
async def test_a_servers_error_is_no_answer_so_the_channel_is_asked(
    office: PostOffice, status: int, accepted: bool
) -> None:
    posts: list[int] = []

    async def fail_once(request: web.Request, reply: Reply) -> web.StreamResponse | None:
        if not is_post(request):
            return None
        posts.append(1)
        if len(posts) > 1:
            return None
        if accepted:
            await reply()
        return error(status, 0, "no")

    office.doors.append(fail_once)
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    assert [state for _, state, _ in await office.states()] == ["sending"]
    assert len(posts) == 1, "discord.py tried again by itself"
    await office.wake(timedelta(seconds=10))
    assert await office.states() == [(TODAY, "sent", None)]
    assert len(office.posted()) == 1
    assert len(posts) == (1 if accepted else 2)


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_connection_that_breaks_or_answers_nonsense_doubles_nothing(
    office: PostOffice, accepted: bool
) -> None:
    ways = iter(("reset", "html", "broken"))

    async def fail(request: web.Request, reply: Reply) -> web.StreamResponse | None:
        way = next(ways, None) if is_post(request) else None
        if way is None:
            return None
        if accepted:
            await reply()
        if way == "reset":
            lose_connection(request)
        kind = "text/html" if way == "html" else "application/json"
        return web.Response(body=b"<html>" if way == "html" else b'{"id": ', content_type=kind)

    office.doors.append(fail)
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    for _ in range(4):
        await office.wake(timedelta(minutes=1))
    assert await office.states() == [(TODAY, "sent", None)]
    assert len(office.posted()) == 1


def due(office: PostOffice) -> float | None:
    """What a scrape finds."""
    return office.client.courier.metrics.registry.get_sample_value("secondwind_deliveries_due")


async def test_a_scrape_finds_what_is_due_and_not_sent_while_it_is_brought_and_none_after(
    office: PostOffice,
) -> None:
    found: list[float | None] = []

    async def scrape(request: web.Request, _reply: Reply) -> None:
        if is_post(request):
            found.append(due(office))

    office.doors.append(scrape)
    made = [await office.schedule(13 * 60, person_id=number) for number in (1, 2, 3)]
    assert due(office) == 0
    office.decision = lambda delivery: Send(Channel(office.channel_id), 1, {"number": 1})
    assert await office.wake(HOUR) == len(made)
    assert max(each or 0 for each in found) == 3
    assert due(office) == 0


async def test_what_discord_did_not_take_is_due_until_it_does(office: PostOffice) -> None:
    away = [True]

    async def refuse(request: web.Request, _reply: Reply) -> web.StreamResponse | None:
        return error(503, 0, "no") if is_post(request) and away else None

    office.doors.append(refuse)
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    assert due(office) == 1
    await office.wake(timedelta(minutes=1))
    assert due(office) == 1
    away.clear()
    await office.wake(timedelta(minutes=1))
    assert (due(office), [state for _, state, _ in await office.states()]) == (0, ["sent"])


async def test_what_is_held_on_purpose_is_not_called_due(office: PostOffice) -> None:
    office.decision = lambda delivery: Hold(office.clock.now() + timedelta(minutes=5))
    await office.schedule(13 * 60)
    assert await office.wake(HOUR) == 1
    assert [state for _, state, _ in await office.states()] == ["due"]
    assert due(office) == 0


async def test_a_wait_for_everything_ends_though_whoever_was_told_of_it_has_given_up(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []

    async def tell(request: web.Request, _reply: Reply) -> web.StreamResponse | None:
        if is_post(request) and not told:
            told.append(1)
            return too_many("global", 0.5)
        return None

    office.doors.append(tell)
    await office.schedule(13 * 60)
    with monkeypatch.context() as impatient:
        impatient.setattr("bot.scheduling.posting.PATIENCE_SECONDS", 0.1)
        await office.wake(HOUR)
    assert [state for _, state, _ in await office.states()] == ["sending"]
    async with asyncio.timeout(5):
        await office.wake(timedelta(minutes=1))
    assert await office.states() == [(TODAY, "sent", None)]


async def test_an_answer_that_never_comes_is_looked_for_later(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung: list[int] = []

    async def hang(request: web.Request, reply: Reply) -> web.StreamResponse | None:
        if is_post(request) and not hung:
            hung.append(1)
            await reply()
            await asyncio.sleep(0.3)
        return None

    office.doors.append(hang)
    await office.schedule(13 * 60)
    with monkeypatch.context() as impatient:
        impatient.setattr("bot.scheduling.posting.PATIENCE_SECONDS", 0.05)
        await office.wake(HOUR)
    await office.wake(timedelta(seconds=10))
    assert await office.states() == [(TODAY, "sent", None)]
    assert len(office.posted()) == 1


async def test_a_process_that_died_after_sending_finds_its_message(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: Any) -> None:
        raise asyncio.CancelledError

    await office.schedule(13 * 60)
    with monkeypatch.context() as dying:
        dying.setattr(type(office.client.services.deliveries), "sent", dies)
        await office.wake(HOUR)
    office.restart()
    assert await office.wake(timedelta(seconds=1)) == 0  # its lease is not over
    await office.wake(timedelta(seconds=60))
    assert await office.states() == [(TODAY, "sent", None)]
    assert len(office.posted()) == 1
    assert len(office.decided) == 1


async def test_a_process_that_died_before_sending_sends_what_it_had_chosen(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: Any) -> None:
        raise asyncio.CancelledError

    await office.schedule(13 * 60)
    with monkeypatch.context() as dying:
        dying.setattr(courier_module, "post", dies)
        await office.wake(HOUR)
    office.restart()
    await office.wake(timedelta(seconds=61))
    [row] = await office.rows("SELECT content, tries FROM deliveries")
    assert json.loads(row["content"]) == {"number": 1}
    assert row["tries"] == 2
    assert await office.states() == [(TODAY, "sent", None)]
    assert len(office.posted()) == 1


async def test_where_the_channel_cannot_be_read_it_is_not_sent_twice(office: PostOffice) -> None:
    async def lose(request: web.Request, reply: Reply) -> web.StreamResponse | None:
        if is_post(request):
            await reply()
            return error(500, 0, "no")
        return error(403, 50013, "Missing Permissions") if is_look(request) else None

    office.doors.append(lose)
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    await office.wake(timedelta(minutes=1))
    assert await office.states() == [(TODAY, "skipped", "unconfirmed")]
    assert len(office.posted()) == 1


async def test_three_final_refusals_in_a_row_switch_it_off_and_tell_its_owner(office: PostOffice) -> None:
    async def closed(request: web.Request, _reply: Reply) -> web.StreamResponse | None:
        return error(403, 50007, "Cannot send messages to this user") if is_post(request) else None

    office.doors.append(closed)
    person = office.discord_.guilds[0].members[1].id
    await office.schedule(13 * 60, person_id=person)
    await office.wake(HOUR)
    for _ in range(4):
        await office.wake(DAY)
    assert [reason for _, _, reason in await office.states()] == ["messages_closed"] * 3
    [schedule] = await office.rows("SELECT off_reason, next_due_at FROM schedules")
    notices = await office.rows("SELECT kind, detail FROM notices ORDER BY notice_id")
    assert (schedule["off_reason"], schedule["next_due_at"]) == ("messages_closed", None)
    assert [(row["kind"], row["detail"]) for row in notices] == [
        ("note_failed", "messages_closed"),
        ("note_off", "messages_closed"),
    ]


async def test_a_delivery_that_arrives_forgives_the_refusals_before(office: PostOffice) -> None:
    refusing = [True]

    async def gone(request: web.Request, _reply: Reply) -> web.StreamResponse | None:
        return error(404, 10003, "Unknown Channel") if is_post(request) and refusing[0] else None

    office.doors.append(gone)
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    await office.wake(DAY)
    refusing[0] = False
    await office.wake(DAY)
    refusing[0] = True
    await office.wake(DAY)
    [schedule] = await office.rows("SELECT failures, off_reason FROM schedules")
    assert (schedule["failures"], schedule["off_reason"]) == (1, None)
    told = await office.rows("SELECT kind, detail FROM group_notices")
    assert [(row["kind"], row["detail"]) for row in told] == [("note_failed", "channel_gone")]


async def test_too_many_requests_are_waited_for_and_nothing_is_doubled(office: PostOffice) -> None:
    limits = iter((False, True))

    async def limited(request: web.Request, _reply: Reply) -> web.StreamResponse | None:
        shared = next(limits, None) if is_post(request) else None
        if shared is None:
            return None
        answer = as_json({"message": "slow down", "retry_after": 0.01, "global": shared}, 429)
        answer.headers["Via"] = "1.1 google"
        return answer

    office.doors.append(limited)
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    assert await office.states() == [(TODAY, "sent", None)]
    assert len(office.posted()) == 1


async def test_a_proxy_that_waited_in_vain_is_no_final_refusal(office: PostOffice) -> None:
    """It may have arrived: it is looked for, and found."""
    lost = iter((True,))

    async def timed_out(request: web.Request, reply: Reply) -> web.StreamResponse | None:
        if is_post(request) and next(lost, False):
            await reply()
            return web.Response(status=408, text="Request Timeout")
        return None

    office.doors.append(timed_out)
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    assert [row[1] for row in await office.states()] == ["sending"]
    await office.wake(timedelta(minutes=2))
    assert [row[1] for row in await office.states()] == ["sent"]
    assert len(office.posted()) == 1


async def test_an_edge_that_asks_to_wait_is_waited_for_by_all_that_leaves(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discord's own 429 is discord.py's to wait for; a page of the edge before it is not JSON."""
    # of the two waits this one goes by a clock that no test moves
    monkeypatch.setattr("bot.rest_limits.RestLimits._wait", lambda *_: 0.0)
    asked = iter(("120",))

    async def banned(request: web.Request, _reply: Reply) -> web.StreamResponse | None:
        seconds = next(asked, None) if is_post(request) else None
        if seconds is None:
            return None
        return web.Response(status=429, text="<html>1015</html>", headers={"Retry-After": seconds})

    office.doors.append(banned)
    held: list[float] = []
    office.client.courier.pace.hold = held.append  # type: ignore[assignment, method-assign]
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    assert held == [120.0]
    assert [row[1] for row in await office.states()] == ["due"]
    await office.wake(timedelta(seconds=119))
    assert not office.posted()
    await office.wake(timedelta(seconds=2))
    assert len(office.posted()) == 1


async def test_what_is_held_is_looked_at_again_and_what_is_skipped_keeps_its_reason(
    office: PostOffice,
) -> None:
    await office.schedule(13 * 60)
    until = office.clock.now() + 2 * HOUR
    office.decision = lambda _: Hold(until)
    await office.wake(HOUR)
    assert await office.wake(HOUR - timedelta(seconds=1)) == 0
    office.decision = lambda _: Skip("day_kept")
    assert await office.wake(timedelta(seconds=1)) == 1
    assert await office.states() == [(TODAY, "skipped", "day_kept")]
    assert office.posted() == []


async def test_a_bug_in_a_feature_is_tried_again_and_given_up_in_the_end(
    office: PostOffice, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.scheduling.service.MOST_TRIES", 3)
    office.restart(lateness=None)

    def stumble(_: Any) -> Send:
        raise KeyError("a value of somebody's")

    office.decision = stumble
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    for _ in range(4):
        await office.wake(timedelta(minutes=20))
    assert await office.states() == [(TODAY, "skipped", "gave_up")]
    assert "delivery_bug" in caplog.text


async def test_what_was_due_in_a_group_that_the_bot_left_does_not_come(office: PostOffice) -> None:
    await office.schedule(13 * 60)
    await office.put("UPDATE groups SET left_at = 1")
    await office.wake(HOUR)
    assert await office.states() == [(TODAY, "skipped", "group_left")]


async def test_an_unknown_kind_waits_for_the_program_that_knows_it(office: PostOffice) -> None:
    await office.schedule(13 * 60)
    await office.put("UPDATE schedules SET kind = 'later'")
    assert await office.wake(HOUR) == 0
    assert [state for _, state, _ in await office.states()] == ["due"]


async def test_a_direct_message_opens_its_conversation_once(office: PostOffice) -> None:
    opened: list[int] = []

    async def count(request: web.Request, _reply: Reply) -> None:
        if request.path.endswith("/users/@me/channels"):
            opened.append(1)

    office.doors.append(count)
    person = office.discord_.guilds[0].members[1].id
    await office.schedule(13 * 60, person_id=person)
    await office.wake(HOUR)
    office.client._connection._private_channels.clear()
    office.client._connection._private_channels_by_user.clear()
    await office.wake(DAY)
    [one, two] = await office.rows("SELECT channel_id, state FROM deliveries")
    assert one["state"] == two["state"] == "sent"
    assert len(office.posted(one["channel_id"])) == 2
    assert len(opened) == 1


async def test_another_channel_button_with_the_id_in_a_foreign_message_is_no_proof(
    office: PostOffice,
) -> None:
    office.decision = lambda each: Send(Channel(office.channel_id), each.delivery_id, {})
    lost: list[int] = []

    async def foreign(request: web.Request, reply: Reply) -> web.StreamResponse | None:
        if is_post(request) and not lost:
            lost.append(1)
            await reply()
            for message in office.discord_.messages.values():
                message["author"] = {**message["author"], "id": "42"}
            return error(500, 0, "no")
        return None

    office.doors.append(foreign)
    await office.schedule(13 * 60)
    await office.wake(HOUR)
    await office.wake(timedelta(seconds=10))
    assert await office.states() == [(TODAY, "sent", None)]
    assert len(office.posted()) == 2  # the other one is somebody else's


async def test_a_group_that_fills_its_share_leaves_room_for_anothers(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier_module, "GROUPS_SHARE", 1)
    for number in range(3):
        await office.schedule(13 * 60, person_id=20 + number)
    under_way: list[int] = []
    most = 0
    deliver = office.client.courier._deliver

    async def watched(client: Any, delivery: Any) -> None:
        nonlocal most
        under_way.append(delivery.group_id)
        most = max(most, under_way.count(delivery.group_id))
        await deliver(client, delivery)
        under_way.remove(delivery.group_id)

    monkeypatch.setattr(office.client.courier, "_deliver", watched)
    assert await office.wake(HOUR) == 3
    assert most == 1


async def test_a_process_that_stood_still_after_its_claim_posts_nothing(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one may have taken over: it finds that nothing left, and brings it."""
    await office.schedule(13 * 60)
    stood_still = iter((LEASE / 2 + timedelta(seconds=1),))

    async def turn() -> None:
        office.clock.advance(next(stood_still, timedelta(0)))

    monkeypatch.setattr(office.client.courier.pace, "turn", turn)
    await office.wake(HOUR)
    assert office.posted() == []
    assert [row[1] for row in await office.states()] == ["sending"]
    await office.wake(LEASE)
    await office.wake(LEASE)
    assert len(office.posted()) == 1
    assert [row[1] for row in await office.states()] == ["sent"]
