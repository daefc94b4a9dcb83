"""Making challenges, as people press: forms and templates, the preview, the card, changes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import discord
import pytest

from tests.cogs.conftest import World, seen
from tests.cogs.test_challenges import button, card, edited, upkeep

FORMS: dict[str, dict[str, str]] = {
    "distance": {
        "title": "Fifty each",
        "target": "50 km",
        "start": "",
        "end": "4 weeks",
        "line": "Any pace.",
    },
    "minutes": {"title": "Ten hours", "target": "10 h", "start": "today", "end": "in 4 weeks", "line": ""},
    "days": {"title": "Twelve days", "target": "12", "start": "today", "end": "4 weeks", "line": ""},
    "together": {"title": "Five hundred", "target": "500 km", "start": "today", "end": "30 days", "line": ""},
    "teams": {
        "title": "Owls and larks",
        "teams": "Owls\nLarks",
        "measure": "minutes",
        "start": "",
        "end": "2 weeks",
    },
    "route": {"title": "", "route": "rhine", "start": "", "end": "3 months", "line": ""},
    "pledge": {
        "title": "For the food bank",
        "per_km": "0.50 EUR",
        "cap": "500",
        "start": "",
        "end": "30 days",
    },
}


async def preview(world: World, person: Any, kind: str, **changes: str) -> Any:
    """What the maker sees after the form of that kind."""
    return await world.form(person, world.runs, f"sw:challenge.form:{kind}", {**FORMS[kind], **changes})


async def settled(world: World) -> None:
    """The card that was just posted is there."""
    cog: Any = world.bot.get_cog("ChallengeMaking")
    for task in list(cog._waking):
        await task
    await edited(world)


@pytest.mark.parametrize("kind", list(FORMS))
async def test_each_kind_goes_from_its_form_over_a_preview_to_its_card(world: World, kind: str) -> None:
    opened = await world.olive.slash(world.runs, "challenge create", kind=kind)
    assert opened.modal is not None
    shown = await preview(world, world.olive, kind)
    assert shown.response.ephemeral
    title = FORMS[kind]["title"] or "Rhine"
    assert title in seen(shown)
    assert not [each for each in world.runs.history() if title in seen(each)]
    posted = await world.olive.click(shown.response, custom_id=button(shown.response, "post"))
    assert f"<#{world.runs.id}>" in seen(posted)
    await settled(world)
    assert "Join" in seen(card(world, title))


async def test_a_template_needs_one_press(world: World) -> None:
    for template in ("first_5k", "three_a_week", "river", "charity_month"):
        shown = await world.olive.slash(world.runs, "challenge create", template=template)
        assert shown.response.ephemeral
        await world.olive.click(shown.response, custom_id=button(shown.response, "post"))
        await settled(world)
    assert len([each for each in world.runs.history() if "Standings" in seen(each)]) == 4


async def test_without_options_one_chooses_by_a_press(world: World) -> None:
    chooser = await world.olive.slash(world.runs, "challenge create")
    assert chooser.response.ephemeral
    opened = await world.olive.click(chooser.response, custom_id="sw:challenge.kind:teams")
    assert opened.modal is not None
    shown = await world.olive.click(chooser.response, custom_id="sw:challenge.template:river")
    assert "Rhine" in seen(shown)


async def test_a_kind_and_a_template_together_are_refused(world: World) -> None:
    refused = await world.olive.slash(world.runs, "challenge create", kind="days", template="river")
    assert "one of the two" in seen(refused)


async def test_posting_twice_posts_one_card(world: World) -> None:
    shown = await preview(world, world.olive, "together")
    for _ in range(2):
        await world.press(world.olive, world.runs, button(shown.response, "post"))
        await settled(world)
    assert len([each for each in world.runs.history() if "Five hundred" in seen(each)]) == 1


async def test_the_card_goes_to_the_runs_channel_of_the_group(world: World) -> None:
    await world.bot.services.groups.set_runs_channel(world.group_id, world.lounge.id, world.clock.now())
    shown = await preview(world, world.olive, "together")
    assert f"<#{world.lounge.id}>" in seen(shown)
    await world.olive.click(shown.response, custom_id=button(shown.response, "post"))
    await settled(world)
    assert [each for each in world.lounge.history() if "Five hundred" in seen(each)]


async def test_where_the_bot_may_not_write_the_maker_is_told_and_the_preview_stays(world: World) -> None:
    closed = world.guild.create_text_channel(
        "closed",
        overwrites={world.guild.default_role: discord.PermissionOverwrite(attach_files=False)},
    )
    await world.env.settle()
    shown = await world.form(world.olive, closed, "sw:challenge.form:together", FORMS["together"])
    told = await world.press(world.olive, closed, button(shown.response, "post"))
    assert "Attach Files" in seen(told)
    [row] = await world.rows("SELECT posted_at FROM challenges")
    assert row["posted_at"] is None


async def test_members_make_challenges_where_organisers_let_them(world: World) -> None:
    refused = await world.alice.slash(world.runs, "challenge create", kind="days")
    assert refused.modal is None
    assert "organisers make" in seen(refused)
    assert "organisers make" in seen(await preview(world, world.alice, "days"))
    await world.bot.services.groups.set_makers(world.group_id, "members", world.clock.now())
    opened = await world.alice.slash(world.runs, "challenge create", kind="days")
    assert opened.modal is not None


@pytest.mark.parametrize(
    ("kind", "field", "typed", "said"),
    [
        ("distance", "end", "2026-11-01", "ends before"),
        ("distance", "target", "0 km", "more than zero"),
        ("distance", "title", "** __ **", "title"),
        ("teams", "teams", "Alone", "two"),
        ("route", "route", "atlantis", "route"),
        ("pledge", "per_km", "1 XXQ", "currency"),
        ("pledge", "per_km", "0.005 EUR", "smaller parts"),
    ],
)
async def test_what_cannot_be_is_refused_and_the_form_opens_again_as_it_was_left(
    world: World, kind: str, field: str, typed: str, said: str
) -> None:
    refused = await preview(world, world.olive, kind, **{field: typed})
    assert refused.response.ephemeral
    assert said in seen(refused)
    assert not await world.rows("SELECT challenge_id FROM challenges")
    kept = {name: value for name, value in {**FORMS[kind], field: typed}.items() if name != "route"}
    for _ in range(2):  # also where it is closed again, to look something up
        again = await world.olive.click(refused.response, custom_id=f"sw:challenge.kind:{kind}")
        assert again.modal is not None
        assert set(kept.values()) - {""} <= set(_filled(again.modal))


def _filled(modal: Any) -> list[str]:
    """What stands in a form."""
    found: list[str] = []
    waiting = list(modal["components"])
    while waiting:
        part = waiting.pop()
        waiting.extend(part.get("components") or ())
        if part.get("component"):
            waiting.append(part["component"])
        found += [part["value"]] if part.get("value") else []
        found += [each["value"] for each in part.get("options") or () if each.get("default")]
    return found


async def test_a_preview_can_be_changed_and_thrown_away(world: World) -> None:
    shown = await preview(world, world.olive, "together")
    which = button(shown.response, "change").rsplit(":", 1)[1]
    form = await world.olive.click(shown.response, custom_id=button(shown.response, "change"))
    assert "Five hundred" in _filled(form.modal)
    changed = await world.form(
        world.olive,
        world.runs,
        f"sw:challenge.changed:{which}",
        {**FORMS["together"], "title": "Six hundred"},
    )
    assert "Six hundred" in seen(changed)
    gone = await world.press(world.olive, world.runs, f"sw:challenge.discard:{which}")
    assert "gone" in seen(gone)
    assert "preview is gone" in seen(await world.press(world.olive, world.runs, f"sw:challenge.post:{which}"))


async def test_a_posted_challenge_is_edited_by_its_maker_and_by_organisers_alone(world: World) -> None:
    shown = await preview(world, world.olive, "together")
    await world.olive.click(shown.response, custom_id=button(shown.response, "post"))
    await settled(world)
    which = button(card(world, "Five hundred"), "join").split(":")[2]
    assert "organisers can" in seen(await world.press(world.alice, world.runs, f"sw:challenge.edit:{which}"))
    form = await world.press(world.olive, world.runs, f"sw:challenge.edit:{which}")
    assert "Five hundred" in _filled(form.modal)
    fields = {**FORMS["together"], "title": "Six hundred", "target": "600 km"}
    theirs = await world.form(world.alice, world.runs, f"sw:challenge.edited:{which}", fields)
    assert "organisers can" in seen(theirs)
    await world.form(world.olive, world.runs, f"sw:challenge.edited:{which}", fields)
    await upkeep(world)
    assert "600" in seen(card(world, "Six hundred"))


async def test_a_form_that_was_taken_is_not_kept(world: World) -> None:
    await preview(world, world.olive, "distance", target="many")
    await preview(world, world.olive, "distance")
    fresh = await world.olive.slash(world.runs, "challenge create", kind="distance")
    assert fresh.modal is not None
    assert _filled(fresh.modal) == []


async def test_a_preview_that_is_posted_while_its_form_is_open_takes_the_change_as_an_edit(
    world: World,
) -> None:
    shown = await preview(world, world.olive, "together")
    form = button(shown.response, "change").replace("change", "changed")
    await world.olive.click(shown.response, custom_id=button(shown.response, "post"))
    await settled(world)
    changed = await world.form(world.olive, world.runs, form, {**FORMS["together"], "title": "Six hundred"})
    assert "Call it off" in seen(changed)
    assert "Post it" not in seen(changed)
    await upkeep(world)
    assert card(world, "Six hundred")


async def test_whoever_may_not_change_a_challenge_is_told_before_any_form_or_question(world: World) -> None:
    shown = await preview(world, world.olive, "together")
    await world.olive.click(shown.response, custom_id=button(shown.response, "post"))
    await settled(world)
    which = button(card(world, "Five hundred"), "join").split(":")[2]
    for action in ("edit", "change", "end", "off"):
        told = await world.press(world.alice, world.runs, f"sw:challenge.{action}:{which}")
        assert told.modal is None
        assert "organisers can" in seen(told), action
    await world.press(world.olive, world.runs, f"sw:challenge.off_sure:{which}")
    off = await world.press(world.olive, world.runs, f"sw:challenge.edit:{which}")
    assert off.modal is None
    assert "/challenge list brings it back" in seen(off)


async def test_a_card_posted_again_takes_the_place_of_the_old_one(world: World) -> None:
    shown = await preview(world, world.olive, "together")
    await world.olive.click(shown.response, custom_id=button(shown.response, "post"))
    await settled(world)
    first = card(world, "Five hundred")
    which = button(first, "join").split(":")[2]
    await world.press(world.olive, world.runs, f"sw:challenge.again:{which}")
    await settled(world)
    cards = [each.id for each in world.runs.history() if "Five hundred" in seen(each)]
    assert len(cards) == 1
    assert cards != [first.id]


async def test_what_was_typed_is_kept_for_a_quarter_of_an_hour_and_for_its_writer_alone(world: World) -> None:
    await preview(world, world.olive, "distance", target="many")
    other = await world.press(world.alice, world.runs, "sw:challenge.kind:distance")
    assert other.modal is None  # organisers alone
    world.clock.advance(timedelta(minutes=16))
    late = await world.press(world.olive, world.runs, "sw:challenge.kind:distance")
    assert "many" not in _filled(late.modal)


@pytest.mark.parametrize(
    "custom_id", ["sw:challenge.kind:running", "sw:challenge.form:x", "sw:challenge.template:x"]
)
async def test_a_kind_or_template_that_there_is_not_is_refused(world: World, custom_id: str) -> None:
    answer = (
        await world.form(world.olive, world.runs, custom_id, FORMS["days"])
        if "form" in custom_id
        else await world.press(world.olive, world.runs, custom_id)
    )
    assert answer.response.ephemeral
    assert "fresh one" in seen(answer) or "template" in seen(answer)
