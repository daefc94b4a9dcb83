"""The longest and the worst of texts everywhere at once; and logs in which nobody finds any of it."""

from __future__ import annotations

import io
import logging
import zipfile
from datetime import timedelta
from typing import Any

import pytest

from bot.log import ConsoleFormatter
from tests.cogs.conftest import World, seen
from tests.cogs.test_crawl import check_limits
from tests.hostile.sending import answers

NASTY = {
    "markup": "[](*_~`|" * 2_000,
    "mentions": "@everyone <@&1> <#2> </run:3> [x](https://example.org) " * 200,
    "bidi": "\u202e\u2066abc\u2069" * 2_000,
    "zalgo": "a" + "\u0301" * 10_000,
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈" * 1_000,
    "nul": "a\x00b" * 3_000,
    "surrogates": "\ud800x\udc00" * 3_000,
    "formula": '=cmd|"/c calc"!A1' + "9" * 10_000,
    "wide": "﷽" * 10_000,
    "invisible": "\u200b\u2060\ufeff" * 3_000,
}


@pytest.mark.parametrize("kind", NASTY)
async def test_the_worst_text_is_shown_clean_wherever_it_shows(world: World, kind: str) -> None:
    text = NASTY[kind]
    results = [
        await world.alice.slash(world.runs, "run log", distance="5k", time="26:41", note=text),
        await world.alice.slash(world.runs, "pause", until="Friday", reason=text[:200]),
        await world.form(
            world.alice, world.runs, "sw:goal.wishes", {"distance": "", "time": "", "plan": text}
        ),
    ]
    (run,) = await world.rows("SELECT run_id, note FROM runs")
    number = run["run_id"]
    # as many open reports as a page holds, and one more; for one kind of text, as that is enough
    reported = 26 if kind == "markup" else 3
    for days in range(1, reported):
        await world.put(
            "INSERT INTO runs (run_id, group_id, person_id, interaction_id, activity, running_day, metres, seconds,"
            " source, visibility, note, created_at) SELECT run_id + :n, group_id, person_id, interaction_id + :n,"
            " activity, date(running_day, '-' || :n || ' days'), metres, seconds, source, visibility, note, created_at"
            " FROM runs WHERE run_id = :run",
            n=days,
            run=number,
        )
    results += [
        await world.form(world.bob, world.runs, f"sw:run.reported:{number + days}", {"reason": text})
        for days in range(reported)
    ]
    press = world.press
    results += [
        await press(world.olive, world.runs, "sw:run.reports"),
        await world.form(world.olive, world.runs, f"sw:run.asided:{number}", {"reason": text}),
        await press(world.olive, world.runs, f"sw:run.note:{number}:1"),
        await press(world.alice, world.runs, f"sw:run.more:{number}"),
        await press(world.alice, world.runs, f"sw:run.edit:{number}"),
        await world.alice.slash(world.runs, "run history"),
        await world.alice.slash(world.runs, "run stats"),
        await world.alice.slash(world.runs, "pause"),
        await world.alice.slash(world.runs, "goal"),
        await press(world.alice, world.runs, "sw:goal.form"),
        await press(world.alice, world.runs, "sw:pause.open"),
        await world.form(world.alice, world.runs, "sw:checkin.typed:run:9", {"distance": text, "note": text}),
        await world.form(
            world.alice, world.runs, f"sw:run.edited:{number}", {"distance": text, "note": text}
        ),
        await world.form(world.olive, world.runs, "sw:setup.zone:quick", {"zone": text}),
        await world.form(world.alice, world.runs, "sw:settings.zone", {"zone": text}),
    ]
    check_clean(world, results)
    for stored in await world.rows("SELECT note AS t FROM runs UNION SELECT reason FROM reports"):
        assert len(stored["t"] or "") <= 200
    check_errors(world)


def check_clean(world: World, results: list[Any]) -> None:
    """Every answer fits into Discord's limits, and nothing in it does anything."""
    for result in results:
        assert result.acknowledged
        for message in answers(result):
            check_limits(world, message)
            check_message(message)


def check_message(message: Any) -> None:
    shown = seen(message)
    assert "reference" not in shown
    for bad in ("\u202e", "\x00", "\ud800", "\u200b"):
        assert bad not in shown, (bad, shown)
    for bad in ("@everyone", "<@&1>", "<#2>", "</run:3>", "](https"):
        assert bad not in written(message), (bad, shown)


def written(message: Any) -> str:
    """What a message says where Discord reads marks: not on buttons, in menus and beside pictures."""
    waiting, found = [] if message is None else list(message.components), []
    while waiting:
        part = waiting.pop()
        raw = part if isinstance(part, dict) else part.to_dict()
        waiting.extend(raw.get("components") or ())
        found.append(raw.get("content") or "")
    return "\n".join(found)


@pytest.mark.parametrize("kind", NASTY)
async def test_the_worst_words_of_a_challenge_are_shown_clean_on_its_card_and_all_around_it(
    world: World, kind: str
) -> None:
    text = NASTY[kind]
    name = text.replace("|", "")[:40]  # which parts teams
    fields = {
        "teams": {
            "title": f"Owls {text}",
            "teams": f"Owls {name}\nLarks {name}",
            "measure": "distance",
            "end": "1 week",
        },
        "together": {"title": f"Owls {text}", "target": "9 km", "start": "", "end": "1 week", "line": text},
    }
    results: list[Any] = []
    for number, (shape, typed) in enumerate(fields.items()):
        form = await world.form(world.olive, world.runs, f"sw:challenge.form:{shape}", {"start": "", **typed})
        draft = await world.rows("SELECT challenge_id FROM challenges WHERE posted_at IS NULL")
        assert len(draft) == 1, seen(form)
        found = draft[0]["challenge_id"]
        results += [
            form,
            await world.press(world.olive, world.runs, f"sw:challenge.change:{found}"),
            await world.press(world.olive, world.runs, f"sw:challenge.post:{found}"),
            await world.press(world.alice, world.runs, f"sw:challenge.join:{found}"),
            await world.press(world.bob, world.runs, f"sw:challenge.join:{found}"),
            await world.alice.slash(world.runs, "run log", distance=f"{7 + number}k"),
            await world.press(world.alice, world.runs, f"sw:challenge.standings:{found}:1"),
            await world.press(world.olive, world.runs, f"sw:challenge.show:{found}"),
            await world.press(world.olive, world.runs, f"sw:challenge.end:{found}"),
            await world.press(world.olive, world.runs, f"sw:challenge.off:{found}"),
            await world.press(world.bob, world.runs, f"sw:challenge.leave:{found}"),
        ]
    results.append(await world.alice.slash(world.runs, "challenge list"))
    world.clock.advance(timedelta(days=12))
    for _ in range(2):
        await world.bot.courier.wake(world.bot)
        await world.env.settle()

    check_clean(world, results)
    posted = [each for each in world.runs.history() if "Owls" in seen(each)]
    assert len([each for each in posted if "sw:challenge." in str(each.components)]) >= 4, "cards and results"
    for message in posted:
        check_message(message)
    check_errors(world)


def check_errors(world: World) -> None:
    """Whatever was refused was refused in words."""
    assert not [
        e for e in world.env.errors if "Refusal" not in repr(e) and "Refusal" not in repr(e.__cause__)
    ]


async def test_a_formula_in_a_note_is_text_in_the_export(world: World) -> None:
    for note in ("=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(1)", "\t=1", "=HYPERLINK(1)"):
        await world.alice.slash(world.runs, "run log", distance=f"{5 + len(note)}k", note=note)
    exported = await world.press(world.alice, world.runs, "sw:privacy.export")
    (attachment,) = [each for message in answers(exported) for each in message.attachments]
    with zipfile.ZipFile(io.BytesIO(await attachment.read())) as packed:
        for name in packed.namelist():
            if name.endswith(".csv"):
                for line in packed.read(name).decode("utf-8-sig").splitlines():
                    for cell in line.split(","):
                        bare = cell.strip('"')
                        if bare[:1] in tuple("=+@\t") or (bare[:1] == "-" and not bare[1:].isdigit()):
                            raise AssertionError((name, line))


async def test_logs_name_nobody_and_quote_nothing(world: World) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(ConsoleFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        note = "Zinnwaldit"
        await world.alice.slash(world.runs, "run log", distance="4321 m", time="33:33", note=note)
        (run,) = await world.rows("SELECT run_id FROM runs")
        await world.form(world.bob, world.runs, f"sw:run.reported:{run['run_id']}", {"reason": note})
        await world.form(world.alice, world.runs, f"sw:run.edited:{run['run_id']}", {"distance": note})
        await world.alice.slash(world.runs, "pause", until=note, reason=note)
        await world.alice.slash(world.runs, "run import", file=(note + ".gpx", b"<gpx>" + note.encode()))
        await world.press(world.alice, world.runs, "sw:checkin.zone:" + note)
        await world.press(world.alice, world.runs, "sw:privacy.export")
        plan = {"title": note, "target": "4321 km", "start": "", "end": "1 week", "line": note}
        await world.form(world.olive, world.runs, "sw:challenge.form:together", plan | {"target": note})
        await world.form(world.olive, world.runs, "sw:challenge.form:together", plan)
        (draft,) = await world.rows("SELECT challenge_id FROM challenges")
        await world.press(world.olive, world.runs, f"sw:challenge.post:{draft['challenge_id']}")
        await world.press(world.alice, world.runs, f"sw:challenge.join:{draft['challenge_id']}")
        world.clock.advance(timedelta(days=12))
        await world.bot.courier.wake(world.bot)

        async def broken(*_: Any, **__: Any) -> Any:
            raise LookupError(note, world.alice.id)

        world.bot.services.checkins.panel = broken  # type: ignore[method-assign]
        told = await world.alice.slash(world.runs, "checkin")
        assert "reference" in seen(told)
        world.env.inject_error("POST", "/interactions/*/*/callback", status=500)
        await world.alice.slash(world.runs, "goal")
        await world.press(world.alice, world.runs, "sw:privacy.erased:everything")
    finally:
        root.removeHandler(handler)
        root.setLevel(logging.WARNING)
    logged = stream.getvalue()
    assert "bug" in logged
    assert world.env.errors
    for private in (note, "4321", "33:33", str(world.alice.id), str(world.bob.id), str(world.olive.id)):
        assert private not in logged, [line for line in logged.splitlines() if private in line]
