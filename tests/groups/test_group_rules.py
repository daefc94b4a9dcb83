"""A group's settings: what can be set, and what is offered."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from bot.errors import Refusal
from bot.groups.rules import checked_day_start, checked_units, checked_week_start, likely_zones

LOCALES = ["de", "en-US", "en-GB", "pt-BR", "ja", "th", "uk", "zh-CN", "tlh", ""]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_zone_on_offer_exists_and_leaves_room_for_another(locale: str) -> None:
    zones = likely_zones(locale)

    assert set(zones) <= available_timezones()
    assert len(zones) == len(set(zones)) <= 24


def test_the_zone_of_the_group_s_language_comes_first() -> None:
    assert likely_zones("de")[0] == "Europe/Berlin"
    assert likely_zones("ja")[0] == "Asia/Tokyo"


@pytest.mark.parametrize("text", ["", "KM", "furlongs", "km; DROP TABLE groups"])
def test_units_other_than_the_two_are_refused(text: str) -> None:
    with pytest.raises(Refusal):
        checked_units(text)


@pytest.mark.parametrize("text", ["", "7", "-1", "Monday", "٣", "06"])
def test_a_week_can_only_start_on_one_of_seven_days(text: str) -> None:
    with pytest.raises(Refusal):
        checked_week_start(text)


@pytest.mark.parametrize("minute", [-1, 721, 1440])
def test_a_day_can_not_start_after_noon(minute: int) -> None:
    with pytest.raises(Refusal):
        checked_day_start(minute)


def test_a_day_can_start_at_midnight_and_at_noon() -> None:
    assert (checked_day_start(0), checked_day_start(720)) == (0, 720)
