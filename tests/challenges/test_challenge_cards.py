"""What people see of challenges: each state and kind in words, within the limits, nothing typed taken as markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from discord import ui

from bot.challenges import cards
from bot.challenges.model import (
    KINDS,
    Challenge,
    ChallengeView,
    Joined,
    Kind,
    Left,
    Listed,
    Plan,
    State,
    TeamStanding,
)
from bot.challenges.result_cards import result_card
from bot.challenges.routes import route_of
from bot.challenges.rules import Part, ranked, ranked_teams
from bot.ui.layout import Accent
from bot.ui.pictures import Picture
from bot.words import Catalogues

WORDS = Catalogues().choose("en")
LARGEST = 2**63 - 1
DRAWN = Picture(b"", "a picture", "challenge.png")
EXTRAS: dict[Kind, dict[str, Any]] = {
    "distance": {"target": 50_000},
    "minutes": {"target": 72_000, "measure": "seconds"},
    "days": {"target": 12, "measure": "days"},
    "together": {"target": 500_000},
    "teams": {"teams": ("Owls", "Larks")},
    "route": {"target": 1_033_000, "route_key": "rhine"},
    "pledge": {"currency": "EUR", "per_km": 50, "cap": 50_000},
}


def view(
    kind: Kind,
    *parts: Part,
    state: State = "open",
    own: int | None = None,
    total: int | None = None,
    title: str = "Four weeks",
    line: str | None = None,
    challenge_id: int = 7,
    **extra: Any,
) -> ChallengeView:
    given: dict[str, Any] = {"measure": "metres", **EXTRAS[kind], **extra}
    plan = Plan(
        kind=kind, title=title, line=line, first_day=date(2026, 11, 16), last_day=date(2026, 12, 13), **given
    )
    standing = ranked_teams(
        TeamStanding(
            number,
            name,
            sum(each.team == number for each in parts),
            sum(each.amount for each in parts if each.team == number),
            None,
        )
        for number, name in enumerate(plan.teams, start=1)
    )
    entrants = ranked(parts)
    return ChallengeView(
        challenge=Challenge(challenge_id=challenge_id, group_id=5, maker_id=6, plan=plan, state=state),
        entrants=entrants,
        teams=standing,
        total=sum(each.amount for each in parts) if total is None else total,
        people=len(parts),
        units="km",
        language="en",
        own=next((each for each in entrants if each.person_id == own), None),
    )


def said(layout: ui.LayoutView) -> str:
    return "\n".join(each.content for each in layout.walk_children() if isinstance(each, ui.TextDisplay))


def buttons(layout: ui.LayoutView) -> dict[str, str]:
    """custom_ids of the buttons that can be pressed, by their labels."""
    return {
        str(each.label): str(each.custom_id)
        for each in layout.walk_children()
        if isinstance(each, ui.Button) and not each.disabled
    }


def public(of: ChallengeView) -> ui.LayoutView:
    return cards.challenge_card(of, WORDS, delivery_id=9, picture=None)


def result(of: ChallengeView) -> ui.LayoutView:
    final = replace(of, challenge=replace(of.challenge, state="final"))
    return result_card(final, WORDS, delivery_id=9, picture=None)


DISTANCE = [
    Part(101, 52_000, 1, finished_at=5),
    Part(102, 50_100, 2, finished_at=3),
    Part(103, 12_400, 3),
    Part(104, 0, 4),
]


def test_finishers_are_named_in_the_order_they_finished_and_nobody_else_is() -> None:
    shown = said(public(view("distance", *DISTANCE)))
    assert "To reach, each on their own: **50 km**" in shown
    assert "**2 of 4 have made it**\n✅ <@102>, <@101>" in shown
    assert re.findall(r"<@(\d+)>", shown) == ["102", "101", "6"]


def test_beyond_forty_finishers_the_card_counts_the_rest() -> None:
    parts = [Part(100 + number, 50_000, number, finished_at=number) for number in range(43)]
    shown = said(public(view("distance", *parts)))
    assert "<@139> and 3 more" in shown
    assert "<@140>" not in shown


@pytest.mark.parametrize(
    ("kind", "total", "told"),
    [
        ("together", 312_400, "**312.40 of 500 km**, together\n▰▰▰▰▰▰▱▱▱▱ 62%"),
        ("together", 512_400, "▰▰▰▰▰▰▰▰▰▰ 102%\n🎉 Reached!"),
        ("route", 312_400, "Last reached: **Strasbourg**\n*A cathedral"),
        ("route", 312_400, "➡️ Next: **Speyer**, in 87.60 km"),
        ("route", 2_000_000, "🎉 All the way: **Hoek van Holland**!"),
        ("pledge", 247_019, "**€123.50** of at most €500.00\n▰▰▱▱▱▱▱▱▱▱ 24%\nfor 247.02 km, together"),
        ("pledge", 247_019, "€0.50 for each kilometre, up to €500.00."),
        ("pledge", 247_019, "This bot handles no money: whoever pledged gives it themselves"),
        ("pledge", 1_000_000, "🎉 The whole amount is reached!"),
    ],
)
def test_one_total_is_told_with_its_bar_and_what_it_is_of(kind: Kind, total: int, told: str) -> None:
    assert told in said(public(view(kind, Part(1, total, 1))))


def test_teams_stand_by_their_means_and_an_empty_one_has_no_place() -> None:
    parts = [Part(1, 10_000, 1, team=1), Part(2, 20_010, 2, team=1), Part(3, 14_000, 3, team=2)]
    shown = said(public(view("teams", *parts, teams=("Owls", "Larks", "*Empty*"))))
    assert "🥇 **Owls** · 15.01 km on average · 2 people" in shown  # 15.005, rounded once
    assert "🥈 **Larks** · 14.00 km on average · 1 person" in shown
    assert r"▫️ **\*Empty\*** · nobody yet" in shown


def test_before_anybody_ran_no_team_wears_a_medal() -> None:
    shown = said(public(view("teams", Part(1, 0, 1, team=1), Part(2, 0, 2, team=2))))
    assert "🥇" not in shown
    assert "▫️ **Owls** · 0.00 km on average · 1 person" in shown


@pytest.mark.parametrize(
    ("state", "told", "pressable"),
    [
        ("coming", "Starts on Mon, Nov 16, 2026", {"Join", "Leave", "Standings"}),
        ("open", "Nov 16", {"Join", "Leave", "Standings"}),
        (
            "closing",
            "count until the end of Tue, Dec 15, 2026; then comes the result",
            {"Leave", "Standings"},
        ),
        ("final", "Over. Nothing changes any more.", {"Standings"}),
        ("removed", "This challenge was called off.", set()),
    ],
)
def test_each_state_says_what_comes_next_and_offers_what_can_be_done(
    state: State, told: str, pressable: set[str]
) -> None:
    layout = public(view("distance", *DISTANCE, state=state))
    assert told in said(layout)
    assert set(buttons(layout)) == pressable


def test_a_final_card_has_the_way_to_its_result() -> None:
    final = replace(view("distance", state="final"), result_channel_id=11, result_message_id=12)
    assert "https://discord.com/channels/5/11/12" in said(public(final))


def test_the_delivery_is_the_last_argument_of_standings() -> None:
    assert buttons(public(view("together"))) == {
        "Join": "sw:challenge.join:7",
        "Leave": "sw:challenge.leave:7",
        "Standings": "sw:challenge.standings:7:9",
    }
    assert buttons(result(view("together"))) == {"Standings": "sw:challenge.standings:7:9"}


def test_a_preview_says_where_it_goes_and_that_joining_means_being_named() -> None:
    layout = cards.preview_card(view("teams", state="draft"), WORDS, picture=None, channel_id=77)
    assert "It goes to <#77>." in said(layout)
    assert "Who joins is named" in said(layout)
    assert "▫️ **Owls**\n▫️ **Larks**" in said(layout)
    assert buttons(layout) == {
        "Post it": "sw:challenge.post:7",
        "Change": "sw:challenge.change:7",
        "Discard": "sw:challenge.discard:7",
    }


def test_a_preview_of_a_route_says_where_it_leads() -> None:
    layout = cards.preview_card(view("route", state="draft"), WORDS, picture=DRAWN)
    assert "From Konstanz to Hoek van Holland, past 14 more places." in said(layout)
    assert "runs channel" in said(layout)


def test_standings_show_oneself_first_and_equals_share_a_place() -> None:
    parts = [*DISTANCE, Part(105, 12_400, 5)]
    shown = said(cards.standings_card(view("distance", *parts, own=103), WORDS)).splitlines()
    assert shown[1] == "You: **12.40 of 50 km**"
    assert shown[2:] == [
        "✅ 50.10 km · <@102>",
        "✅ 52.00 km · <@101>",
        "`  3` 12.40 of 50 km · <@103> (you)",
        "`  3` 12.40 of 50 km · <@105>",
        "`  5` 0.00 of 50 km · <@104>",
    ]


def test_standings_of_teams_begin_with_the_teams_and_name_each_one_s() -> None:
    of = view("teams", Part(1, 10_000, 1, team=1), Part(2, 8_000, 2, team=2), own=2)
    shown = said(cards.standings_card(of, WORDS))
    assert "You: **8.00 km**, for Larks" in shown
    assert "`  1` 10.00 km · <@1> · Owls" in shown


@pytest.mark.parametrize(
    ("page", "first", "turns"),
    [
        (0, 1, {"▶": "sw:challenge.page:7:1"}),
        (1, 21, {"◀": "sw:challenge.page:7:0", "▶": "sw:challenge.page:7:2"}),
        (2, 41, {"◀": "sw:challenge.page:7:1"}),
        (99, 41, {"◀": "sw:challenge.page:7:1"}),
        (-5, 1, {"▶": "sw:challenge.page:7:1"}),
    ],
)
def test_standings_turn_by_twenty_and_a_page_that_is_not_there_is_the_nearest(
    page: int, first: int, turns: dict[str, str]
) -> None:
    of = view("together", *(Part(number, 1_000 - number, number) for number in range(1, 46)))
    layout = cards.standings_card(of, WORDS, page)
    assert buttons(layout) == turns
    assert re.findall(r"<@(\d+)>", said(layout))[0] == str(first)
    assert len(re.findall(r"<@\d+>", said(layout))) == min(20, 46 - first)


def test_standings_without_anybody_say_so() -> None:
    assert "Nobody is in yet." in said(cards.standings_card(view("distance"), WORDS))


# The result.


def test_a_result_names_every_finisher() -> None:
    shown = said(result(view("distance", *DISTANCE)))
    assert "**2 of 4 made it: 50 km each**" in shown
    assert "✅ <@102>, <@101>" in shown
    assert "<@103>" not in shown


def test_when_all_made_it_the_result_says_all() -> None:
    assert "**All 2 made it: 50 km each!**" in said(result(view("distance", *DISTANCE[:2])))


@pytest.mark.parametrize(
    ("kind", "part", "told"),
    [
        ("minutes", Part(1, 71_999, 1), "**20 h each was a long way, and nobody got there this time.**"),
        ("together", Part(1, 312_400, 1), "**312.40 of 500 km, together.**"),
        ("together", Part(1, 499_999, 1), "**499.99 of 500 km, together.**"),
        ("route", Part(1, 312_400, 1), "Hoek van Holland is 720.60 km farther; it waits for another time."),
        ("route", Part(1, 0, 1), "**0.00 km along The Rhine, together.**"),
    ],
)
def test_a_target_not_reached_is_said_plainly_and_warmly(kind: Kind, part: Part, told: str) -> None:
    shown = said(result(view(kind, part)))
    assert told in shown
    assert "🎉" not in shown


@pytest.mark.parametrize("kind", ["together", "route", "pledge"])
def test_a_result_names_those_who_brought_something_to_the_total(kind: Kind) -> None:
    shown = said(result(view(kind, Part(1, 5_000, 1), Part(2, 0, 2), Part(3, 7_000, 3))))
    assert "**2 people ran for it**\n<@3>, <@1>" in shown
    assert "<@2>" not in shown


def test_a_pledge_s_result_is_exact_in_the_smallest_coin_and_handles_no_money() -> None:
    shown = said(result(view("pledge", Part(1, 247_019, 1), per_km=37)))
    assert (
        "**€91.39 pledged**" in shown
    )  # 247.019 km x 37 cents = 9,139.7 cents: nothing is promised that was not run
    assert "This bot handles no money" in shown
    yen = said(result(view("pledge", Part(1, 12_000, 1), currency="JPY", per_km=50, cap=5_000)))
    assert "**¥600 pledged**" in yen


def test_a_result_of_teams_names_the_first_and_who_ran_and_nobody_beside_a_nought() -> None:
    parts = [Part(1, 10_000, 1, team=1), Part(2, 0, 2, team=1), Part(3, 7_000, 3, team=2)]
    shown = said(result(view("teams", *parts)))
    assert "🎉 **Larks**" in shown
    assert "🥇 **Larks** · 7.00 km on average · 1 person\n<@3>\n🥈 **Owls**" in shown
    assert re.findall(r"<@(\d+)>", shown) == ["3", "1"]


def test_teams_that_are_level_share_the_top() -> None:
    shown = said(result(view("teams", Part(1, 7_000, 1, team=1), Part(3, 7_000, 3, team=2))))
    assert "🎉 Level at the top: **Owls**, **Larks**" in shown


# Private answers.


def test_joining_says_one_s_team_what_counts_already_and_that_one_is_named() -> None:
    of = view("teams", Part(1, 12_400, 1, team=2), own=1)
    layout = cards.joined_card(Joined(of, again=False, team="*Larks*"), WORDS)
    shown = said(layout)
    assert "You are in: **Four weeks**." in shown
    assert r"Your team: **\*Larks\***." in shown
    assert "What you ran since the first day counts already: **12.40 km**." in shown
    assert "You are named in this challenge" in shown
    assert buttons(layout)["Leave"] == "sw:challenge.leave:7"
    assert "already" in said(cards.joined_card(Joined(of, again=True, team=None), WORDS))


def test_joining_early_says_when_it_starts() -> None:
    shown = said(
        cards.joined_card(Joined(view("days", Part(1, 0, 1), own=1, state="coming"), False, None), WORDS)
    )
    assert "It starts on Mon, Nov 16, 2026." in shown
    assert "counts already" not in shown


def test_leaving_asks_about_the_share_where_it_can_stay() -> None:
    shared = cards.ask_leave_card(view("together", Part(1, 12_400, 1), own=1), WORDS)
    assert "**12.40 km**" in said(shared)
    assert sorted(buttons(shared).values()) == ["sw:challenge.leave_share:7", "sw:challenge.leave_with:7"]


@pytest.mark.parametrize(("kind", "amount"), [("distance", 12_400), ("teams", 12_400), ("together", 0)])
def test_leaving_asks_nothing_about_a_share_that_cannot_stay(kind: Kind, amount: int) -> None:
    layout = cards.ask_leave_card(view(kind, Part(1, amount, 1, team=1), own=1), WORDS)
    assert buttons(layout) == {"Leave": "sw:challenge.leave_with:7"}


def test_who_left_is_told_what_became_of_their_share() -> None:
    of = view("together")
    assert "**12.40 km**, stays in the total" in said(cards.left_card(Left(of, 12_400, stays=True), WORDS))
    assert "**12.40 km**, is out of the total" in said(cards.left_card(Left(of, 12_400, stays=False), WORDS))
    assert "km" not in said(cards.left_card(Left(view("distance"), 12_400, stays=False), WORDS))
    over = cards.left_card(Left(view("together", state="closing"), 0, stays=False), WORDS)
    assert buttons(over) == {}


def test_ending_and_calling_off_ask_first_and_can_be_brought_back() -> None:
    of = view("together", title="*T*")
    assert buttons(cards.ask_end_card(of, WORDS)) == {"End it today": "sw:challenge.end_sure:7"}
    assert buttons(cards.ask_off_card(of, WORDS)) == {"Call it off": "sw:challenge.off_sure:7"}
    assert buttons(cards.called_off_card(of, WORDS)) == {"Bring it back": "sw:challenge.back:7"}
    assert all(r"\*T\*" in said(each(of, WORDS)) for each in (cards.ask_end_card, cards.ask_off_card))


@pytest.mark.parametrize(
    ("state", "own", "mine", "labels"),
    [
        ("open", False, False, {"Join", "Standings"}),
        ("open", True, False, {"Leave", "Standings"}),
        (
            "open",
            True,
            True,
            {"Leave", "Standings", "Edit", "End it today", "Post the card again", "Call it off"},
        ),
        ("coming", False, True, {"Join", "Standings", "Edit", "Post the card again", "Call it off"}),
        ("closing", False, True, {"Standings", "Edit", "Post the card again", "Call it off"}),
        ("final", True, True, {"Standings", "Post the result again"}),  # as it did not come
        ("removed", False, True, {"Standings", "Bring it back"}),
    ],
)
def test_a_choice_of_the_list_offers_what_one_may_do(
    state: State, own: bool, mine: bool, labels: set[str]
) -> None:
    of = view("together", Part(1, 12_400, 1), state=state, own=1 if own else None)
    layout = cards.detail_card(of, WORDS, mine=mine, picture=None)
    assert set(buttons(layout)) == labels
    if own:
        assert "You: **12.40 km**" in said(layout)


def listed(number: int, state: State, title: str = "Four weeks", joined: bool = False) -> Listed:
    of = view("together", challenge_id=number, state=state, title=title)
    return Listed(of.challenge, 5_000, joined)


def options(layout: ui.LayoutView) -> Sequence[Any]:
    return next(each.options for each in layout.walk_children() if isinstance(each, ui.Select))


def test_the_list_is_grouped_and_its_menu_opens_one() -> None:
    layout = cards.list_card(
        [listed(1, "open", joined=True), listed(2, "coming"), listed(3, "final")], WORDS, "mi"
    )
    shown = said(layout)
    assert shown.index("Under way") < shown.index("Coming") < shown.index("Over")
    assert "✓ Four weeks" in shown
    assert [each.value for each in options(layout)] == ["1", "2", "3"]
    assert options(layout)[0].description == "Together · 310.69 mi · 5,000 people · you are in"


def test_an_empty_list_says_how_to_begin() -> None:
    assert "/challenge create" in said(cards.list_card([], WORDS, "km"))


# Limits, and what people type.

LONGEST_TITLE = "*" * 80
MANY = [
    Part(LARGEST - number, 10**9, number, finished_at=number, team=number % 8 + 1) for number in range(5_000)
]
TEAMS = tuple(f"{number}" + "*" * 31 for number in range(8))


def longest(kind: Kind, state: State = "open") -> ChallengeView:
    extra: dict[str, Any] = {"teams": TEAMS} if kind == "teams" else {}
    made = view(
        kind,
        *MANY,
        state=state,
        own=LARGEST,
        title=LONGEST_TITLE,
        line="#" * 200,
        challenge_id=LARGEST,
        **extra,
    )
    return replace(made, result_channel_id=LARGEST, result_message_id=LARGEST)


def everything(of: ChallengeView) -> list[Callable[[], ui.LayoutView]]:
    return [
        lambda: cards.challenge_card(of, WORDS, delivery_id=LARGEST, picture=DRAWN),
        lambda: cards.preview_card(of, WORDS, picture=DRAWN, channel_id=LARGEST),
        lambda: cards.detail_card(of, WORDS, mine=True, picture=DRAWN),
        lambda: cards.standings_card(of, WORDS, 0),
        lambda: cards.standings_card(of, WORDS, 100),
        lambda: result_card(of, WORDS, delivery_id=LARGEST, picture=DRAWN),
        lambda: cards.joined_card(Joined(of, again=False, team=TEAMS[0]), WORDS),
        lambda: cards.ask_leave_card(of, WORDS),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_five_thousand_people_and_the_longest_words_stay_within_discord_s_limits(kind: Kind) -> None:
    of = longest(kind)
    for make in everything(of):
        layout = make()
        assert layout.content_length() <= 4_000
        assert layout.total_children_count <= 40


@pytest.mark.parametrize("kind", ["distance", "together", "teams"])
def test_a_result_of_thousands_names_as_many_as_fit_and_counts_the_rest(kind: Kind) -> None:
    shown = said(result(longest(kind)))
    named = shown.count("<@")
    more = sum(int(each.replace(",", "")) for each in re.findall(r"and ([\d,]+) more", shown))
    assert named + more == 5_000
    assert named > 70
    assert 3_500 < len(shown) <= 4_000


def test_twenty_five_challenges_of_the_longest_titles_fit_the_list() -> None:
    layout = cards.list_card([listed(LARGEST - n, "open", "_" * 80) for n in range(25)], WORDS, "km")
    assert layout.content_length() <= 4_000
    assert all(len(each.label) <= 100 and len(each.description) <= 100 for each in options(layout))
    twelve = cards.list_card([listed(LARGEST - n, "open", "_" * 80) for n in range(12)], WORDS, "km")
    assert said(twelve).count(r"\_") == 12 * 80
    assert twelve.content_length() <= 4_000


@pytest.mark.parametrize("kind", KINDS)
def test_what_people_type_is_shown_as_typed(kind: Kind) -> None:
    typed = "<@1> @everyone [x](https://y.example) `a` # b"
    extra: dict[str, Any] = {"teams": ("<@2>", "@here")} if kind == "teams" else {}
    of = view(kind, Part(3, 5_000, 3, team=1), title=typed, line=typed, own=3, **extra)
    for make in everything(of):
        shown = said(make())
        assert not re.search(r"@everyone|@here|<@[12]>|\]\(", shown)


def test_challenges_have_a_colour_of_their_own() -> None:
    colours = [value for name, value in vars(Accent).items() if name.isupper()]
    assert len({each.value for each in colours}) == len(colours)
    assert public(view("together")).to_components()[0]["accent_color"] == Accent.CHALLENGE.value  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("page", [0xFFFFFF, 0x2B2D31])
def test_their_colour_is_seen_on_light_and_dark_pages(page: int) -> None:
    def luminance(colour: int) -> float:
        parts = [(colour >> shift & 255) / 255 for shift in (16, 8, 0)]
        red, green, blue = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(Accent.CHALLENGE.value), luminance(page)))
    assert (lighter + 0.05) / (darker + 0.05) >= 3  # WCAG 2.2, 1.4.11


def test_a_route_that_the_host_took_away_still_shows_its_total() -> None:
    of = view("route", Part(1, 312_400, 1), route_key="gone")
    assert route_of("gone") is None
    assert "**312.40 of 1,033 km**, together" in said(public(of))
    assert "**312.40 of 1,033 km, together.**" in said(result(of))


def test_a_challenge_whose_maker_was_erased_names_nobody() -> None:
    of = view("together")
    assert "<@" not in said(public(replace(of, challenge=replace(of.challenge, maker_id=None))))
