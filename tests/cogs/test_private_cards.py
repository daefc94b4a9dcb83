"""Every private panel fits what Discord allows, whatever was typed, and offers languages where there are several."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from discord import ui

from bot.groups import cards as group_cards
from bot.groups import choices
from bot.groups.rules import GroupSettings, likely_zones
from bot.groups.service import GroupHoldings
from bot.help.cards import TOPICS, help_card
from bot.members import cards as member_cards
from bot.members import erasure_cards
from bot.members.rules import Holdings, MemberSettings
from bot.members.service import Erased
from bot.members.sweep import Swept, swept
from bot.plans import cards as plan_cards
from bot.plans.rules import Pause
from bot.plans.service import PlanState
from bot.ui.text import clean
from bot.words import Catalogues
from tests.cogs.conftest import _texts

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
TODAY = date(2026, 11, 18)
WORDS = Catalogues().choose("en")
MANY = ("en", *(f"l{number}" for number in range(40)))
BIG = 2**63 - 1
WILD = ["*" * 10_000, "[x](https://e.example)" * 500, "ﷺ" * 5_000, "👩‍👩‍👧‍👦" * 2_000, "@everyone " * 999]


def walk(components: list[Any]) -> Iterator[dict[str, Any]]:
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        if component.get("component"):
            yield from walk([component["component"]])


def check(layout: ui.LayoutView | ui.Modal) -> None:
    drawn: Any = layout.to_components()
    parts = list(walk(drawn))
    ids = [part["custom_id"] for part in parts if part.get("custom_id")]
    assert len(parts) <= 40
    assert sum(len(part.get("content") or "") for part in parts) <= 4_000
    assert all(1 <= len(each) <= 100 for each in ids)
    assert len(ids) == len(set(ids))
    for part in parts:
        assert len(part.get("options") or []) <= 25
        for option in part.get("options") or []:
            assert len(option["label"]) <= 100
            assert len(option.get("description") or "") <= 100
        if part["type"] == 2:
            assert len(part["label"]) <= 80
        if part["type"] == 4:
            assert len(part.get("value") or "") <= part["max_length"]
        if part["type"] == 18:
            assert len(part["label"]) <= 45
            assert len(part.get("description") or "") <= 100
        assert len(part.get("placeholder") or "") <= 100


def plan_state(text: str, *, pause: Pause | None) -> PlanState:
    return PlanState(
        today=TODAY,
        week_day=TODAY,
        zone=ZoneInfo("UTC"),
        day_starts_minute=240,
        units="mi",
        target=7,
        next_target=1,
        chosen=False,
        kept_days=7,
        metres=400_000,
        seconds=600_000,
        weekly_metres=400_000,
        weekly_minutes=1440,
        plan=clean(text, plan_cards.LONGEST_PLAN),
        last_check_in=TODAY,
        pause=pause,
        smaller=(5, 6),
        targets=(),
        pauses=(),
    )


@pytest.mark.parametrize("typed", WILD)
def test_goal_and_pause_fit_whatever_was_typed(typed: str) -> None:
    reason = clean(typed, plan_cards.LONGEST_REASON)
    for pause in (
        None,
        Pause(BIG, TODAY, TODAY + timedelta(days=366), reason),
        Pause(BIG, TODAY, None, reason),
    ):
        state = plan_state(typed, pause=pause)
        check(plan_cards.goal_panel(WORDS, state, "said"))
        check(plan_cards.pause_panel(WORDS, state, "said"))
        check(plan_cards.pause_form(WORDS, state))
        check(plan_cards.wishes_form(WORDS, state))


@pytest.mark.parametrize("languages", [("en",), MANY])
def test_every_card_of_setup_fits(languages: tuple[str, ...]) -> None:
    settings = GroupSettings(
        group_id=BIG, zone="America/Argentina/ComodRivadavia", organiser_role_id=BIG, runs_channel_id=BIG
    )
    zones = likely_zones("en-US")
    for layout in (
        group_cards.permanent_card(WORDS),
        group_cards.quick_zone(WORDS, zones, NOW, "said"),
        group_cards.quick_channel(WORDS, settings, group_cards.cannot_post(WORDS, BIG, ["View Channel"] * 5)),
        group_cards.quick_done(WORDS, settings),
        group_cards.panel(WORDS, settings, languages, NOW, "said"),
        group_cards.ask_erase(WORDS, GroupHoldings(BIG, BIG)),
        group_cards.erased(WORDS, GroupHoldings(BIG, BIG)),
        group_cards.nudge(WORDS),
        choices.choose_zone(WORDS, zones, NOW, choices.QUICK),
        choices.choose_channel(WORDS, "said"),
        choices.choose_units(WORDS),
        choices.choose_week_start(WORDS),
        choices.choose_day_start(WORDS),
        choices.choose_role(WORDS),
        choices.choose_language(WORDS, languages),
        group_cards.erase_form(WORDS),
    ):
        check(layout)


@pytest.mark.parametrize("languages", [("en",), MANY])
def test_settings_and_privacy_fit(languages: tuple[str, ...]) -> None:
    settings = MemberSettings(
        group_zone="UTC",
        group_units="km",
        day_starts_minute=240,
        week_starts_on=0,
        own_zone="America/Argentina/ComodRivadavia",
    )
    most: dict[str, Any] = dict.fromkeys(Holdings.__dataclass_fields__, BIG)
    holdings = Holdings(**{**most, "care_day": "2026-11-18"})
    check(member_cards.settings_panel(WORDS, settings, languages, NOW, "said"))
    check(member_cards.choose_zone(WORDS, likely_zones("de"), NOW))
    policy = "https://example.org/" + "p" * 400
    check(member_cards.privacy_panel(WORDS, holdings, settings, feelings_on=True, policy_url=policy))
    check(member_cards.export_card(WORDS))
    for what in (member_cards.RUNS, member_cards.EVERYTHING):
        check(erasure_cards.ask_erase(WORDS, what, holdings))
        check(erasure_cards.erased(WORDS, what, Erased(holdings, scrubbed=False)))
    check(swept(WORDS, Swept(BIG, BIG)))


@pytest.mark.parametrize("topic", list(TOPICS))
def test_every_topic_of_help_fits(topic: str) -> None:
    check(help_card(WORDS, topic, "https://example.org/policy", "c" * 200))


def test_languages_are_offered_where_there_are_several() -> None:
    settings = MemberSettings(group_zone="UTC", group_units="km", day_starts_minute=240, week_starts_on=0)
    several: Any = member_cards.settings_panel(WORDS, settings, ("en", "de"), NOW)
    group: Any = group_cards.panel(WORDS, GroupSettings(group_id=1), ("en", "de"), NOW)
    menu: Any = choices.choose_language(WORDS, ("en", "de"))

    assert "Deutsch" in "\n".join(_texts(several.to_components()))
    assert "Language of public cards" in "\n".join(_texts(group.to_components()))
    assert "Deutsch" in "\n".join(_texts(menu.to_components()))


def test_nothing_is_listed_as_lost_that_is_not_there() -> None:
    nothing: dict[str, Any] = dict.fromkeys(Holdings.__dataclass_fields__, 0)
    none = Holdings(**{**nothing, "care_day": None, "keep_version": None, "figure_version": None})
    layout: Any = erasure_cards.ask_erase(WORDS, member_cards.EVERYTHING, none)
    text = "\n".join(_texts(layout.to_components()))

    assert "0 " not in text
    assert "your settings in this group" in text
