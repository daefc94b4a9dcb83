"""Pictures of challenges: how far it is, names of any script, no text over another, and the same in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import combinations, pairwise
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.challenges import route_pictures
from bot.challenges.model import ALONE, Challenge, ChallengeView, Kind, Plan, TeamStanding
from bot.challenges.pictures import challenge_picture
from bot.challenges.route_pictures import route_picture
from bot.challenges.routes import Place, Route, routes
from bot.challenges.rules import ranked_teams
from bot.ui.pictures import Picture
from bot.ui.pictures.canvas import WIDTH, Canvas, Colour, Palette
from bot.ui.pictures.studio import LONGEST_ALT
from bot.ui.pictures.ways import Way
from bot.words import Catalogues

WORDS = Catalogues().choose("en")
Drawn = tuple[str, float, float, float, float]  # a text, and its left, top, right and bottom


def view(
    kind: Kind,
    total: int = 0,
    title: str = "Four weeks",
    teams: tuple[tuple[str, int, int], ...] = (),
    **extra: Any,
) -> ChallengeView:
    """`teams` are name, people and amount of each."""
    plan = Plan(
        **{
            "kind": kind,
            "measure": "metres",
            "title": title,
            "first_day": date(2026, 11, 16),
            "last_day": date(2026, 12, 13),
            **extra,
        }
    )
    return ChallengeView(
        challenge=Challenge(challenge_id=1, group_id=2, maker_id=3, plan=plan, state="open"),
        entrants=(),
        teams=ranked_teams(
            TeamStanding(number, name, people, amount, None)
            for number, (name, people, amount) in enumerate(teams, start=1)
        ),
        total=total,
        people=4,
        units="km",
        language="en",
    )


def together(total: int, target: int = 500_000, **extra: Any) -> ChallengeView:
    return view("together", total, target=target, **extra)


def pledge(total: int) -> ChallengeView:
    return view("pledge", total, currency="EUR", per_km=50, cap=50_000)


def along(key: str, total: int, **extra: Any) -> ChallengeView:
    return view("route", total, route_key=key, target=routes()[key].length, **extra)


def draw(of: ChallengeView) -> Picture:
    picture = challenge_picture(of, WORDS)
    assert picture is not None
    return picture


def pixels(picture: Picture, colour: Colour) -> int:
    image = Image.open(BytesIO(picture.png))
    assert image.width == WIDTH
    assert image.height <= 1_200
    found = image.getcolors(maxcolors=WIDTH * image.height) or []
    return sum(count for count, seen in found if seen == (*colour, 255))


def texts(make: Any) -> list[Drawn]:
    """Every text of the picture that `make` draws, with the room it takes."""
    found: list[Drawn] = []
    finish = Canvas.png

    def spy(canvas: Canvas) -> bytes:
        for x, y, text, size, bold, _colour in canvas._texts:
            wide = canvas.text_width(text, size=size, bold=bold)
            found.append((text, x, y - 0.75 * size, x + wide, y + 0.1 * size))
        return finish(canvas)

    with patch.object(Canvas, "png", spy):
        make()
    return found


def overlaps(found: list[Drawn]) -> Iterator[tuple[str, str]]:
    for (one, l1, t1, r1, b1), (other, l2, t2, r2, b2) in combinations(found, 2):
        if l1 < r2 and l2 < r1 and t1 < b2 and t2 < b1:
            yield one, other


@pytest.mark.parametrize("kind", sorted(ALONE))
def test_where_everyone_runs_alone_words_are_better_than_a_picture(kind: Kind) -> None:
    assert challenge_picture(view(kind, 5_000, target=50_000), WORDS) is None


def test_a_lap_fills_with_what_is_done_and_is_full_at_the_target() -> None:
    done = [
        pixels(draw(together(total)), Palette.MARK)
        for total in (0, 125_000, 250_000, 499_999, 500_000, 900_000)
    ]
    empty = [pixels(draw(together(total)), Palette.EMPTY) for total in (0, 499_000, 500_000)]
    assert done[0] == 0
    assert all(a < b for a, b in pairwise(done[:4]))
    assert done[1] * 1.8 < done[2] < done[1] * 2.2
    assert done[4] == done[5]
    assert empty[0] > empty[1] > 0
    assert empty[2] < 20  # at the edge, where the track is smooth


@pytest.mark.parametrize(
    ("of", "alt"),
    [
        (together(312_400), "Four weeks. 312.40 km of 500 km, together. 62%: 187.60 km to go."),
        (together(499_999), "Four weeks. 499.99 km of 500 km, together. 99%: 0.01 km to go."),
        (together(560_000), "Four weeks. 560.00 km of 500 km, together. 112%: Reached."),
        (
            together(19_200, 72_000, measure="seconds"),
            "Four weeks. 5 h 20 min of 20 h, together. 26%: 14 h 40 min to go.",
        ),
        (pledge(247_019), "Four weeks. €123.50 of at most €500.00. 24%: for 247.02 km, together."),
        (pledge(2_000_000), "Four weeks. €500.00 of at most €500.00. 100%: for 2,000.00 km, together."),
        (
            view("teams", teams=(("Owls", 2, 30_010), ("Larks", 1, 15_010))),
            "Four weeks. Place 1: Larks, 15.01 km on average, 1 person. Place 2: Owls, 15.01 km on average, 2 people.",
        ),
    ],
)
def test_the_same_is_said_in_words(of: ChallengeView, alt: str) -> None:
    assert draw(of).alt == alt


def test_a_route_says_where_one_is_and_what_lies_on_the_way() -> None:
    alt = draw(along("rhine", 312_400)).alt
    assert alt.startswith(
        "Four weeks. 312.40 of 1,033 km along The Rhine. Last reached: Strasbourg."
        " Next: Speyer, in 87.60 km · 720.60 km to go. On the way: Konstanz 0 km, Rhine Falls 48 km,"
    )
    assert "From Konstanz." in draw(along("rhine", 0)).alt
    assert "All the way to Hoek van Holland." in draw(along("rhine", 1_033_000)).alt
    assert "1,200.00 km along The Rhine." in draw(along("rhine", 1_200_000)).alt


@pytest.mark.parametrize("key", sorted(routes()))
def test_the_way_done_grows_to_the_end(key: str) -> None:
    length = routes()[key].length
    done = [pixels(draw(along(key, share * length // 100)), Palette.MARK) for share in (0, 25, 60, 100, 150)]
    assert done[0] == 0
    assert done[0] < done[1] < done[2] < done[3]
    assert done[3] == done[4]


@pytest.mark.parametrize("key", sorted(routes()))
@pytest.mark.parametrize("share", [0, 0.02, 0.3, 0.31, 0.5, 0.77, 1, 1.5])
def test_on_a_map_no_name_lies_over_another_and_the_ends_are_named(key: str, share: float) -> None:
    route = routes()[key]
    found = texts(lambda: draw(along(key, int(route.length * share))))
    assert list(overlaps(found)) == []
    assert all(left >= 0 and right <= WIDTH for _text, left, _top, right, _bottom in found)
    shown = [text for text, *_box in found]
    assert route.places[0].name in shown
    assert route.places[-1].name in shown


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_on_any_route_of_a_host_no_name_lies_over_another(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 60))
    metres = sorted(data.draw(st.sets(st.integers(1, 2_000), min_size=count - 1, max_size=count - 1)))
    names = data.draw(
        st.lists(st.sampled_from(["W" * 60, "Ulm", "夜の海" * 8, "الصقور"]), min_size=count, max_size=count)
    )
    places = tuple(Place(name, each * 1_000, "Line.") for name, each in zip(names, [0, *metres], strict=True))
    route = Route("made", names[0], "Line.", places)
    of = view(
        "route", data.draw(st.integers(0, 2_100_000)), title="W" * 80, route_key="made", target=route.length
    )
    found = texts(lambda: route_picture(of, route, WORDS))
    assert list(overlaps(found)) == []
    assert all(left >= 0 and right <= WIDTH for _text, left, _top, right, _bottom in found)


def test_each_route_winds_in_its_own_way() -> None:
    ways = [tuple(route_pictures._winding(each, 3)) for each in routes().values()]
    assert len(set(ways)) == len(ways)


NAMES = (
    "W" * 32,
    "夜ふくろうランナーズ",
    "الصقور السريعة",
    "Larks 🐦",
    "Ένα δύο",
    "नमस्ते दौड़",
    "Empty",
    "Ŝtelaj",
)


@pytest.mark.parametrize("count", [2, 8])
def test_teams_names_of_any_script_have_room_beside_their_figures(count: int) -> None:
    teams = tuple((name, number, 1_234_560 * number) for number, name in enumerate(NAMES[:count]))
    of = view("teams", title="W" * 80, teams=teams)
    found = texts(lambda: draw(of))
    assert list(overlaps(found)) == []
    assert all(left >= 0 and right <= WIDTH for _text, left, _top, right, _bottom in found)
    assert len(draw(of).alt) <= LONGEST_ALT


def bars(picture: Picture) -> list[int]:
    """How long the bar of each team is, from the top."""
    image = Image.open(BytesIO(picture.png)).convert("RGB")
    at: Any = image.load()
    fills = {Palette.MARK, Palette.MARK_MORE}
    found, inside = [], False
    for y in range(image.height):
        long = sum(at[x, y] in fills for x in range(0, WIDTH, 4))
        if (long > 5) != inside:
            inside = not inside
            if inside:
                found.append(0)
        if inside:
            found[-1] = max(found[-1], long)
    return found


def test_a_team_s_bar_is_as_long_as_its_mean() -> None:
    first, second, third = bars(
        draw(view("teams", teams=(("A", 2, 40_000), ("B", 4, 40_000), ("C", 1, 5_000))))
    )
    assert second / first == pytest.approx(0.5, abs=0.03)
    assert third / first == pytest.approx(0.25, abs=0.03)


def test_before_anybody_ran_no_team_has_a_bar_or_a_place() -> None:
    of = view("teams", teams=(("A", 2, 0), ("B", 0, 0)))
    assert bars(draw(of)) == []
    assert draw(of).alt == "Four weeks. A, 0.00 km on average, 2 people. B: nobody yet."
    assert [text for text, *_box in texts(lambda: draw(of))] == [
        "Four weeks",
        "A",
        "0.00 km",
        "B",
        "nobody yet",
    ]


@pytest.mark.parametrize(
    "of",
    [
        together(10**12, 10**12, title="W" * 80),
        together(999_999_999 * 3_600, 10**12, measure="seconds"),
        pledge(10**12),
    ],
)
def test_the_largest_figures_stay_inside_the_lap(of: ChallengeView) -> None:
    found = texts(lambda: draw(of))
    assert list(overlaps(found)) == []
    assert all(left >= 100 and right <= WIDTH - 40 for _text, left, _t, right, _b in found[1:])


def test_equal_views_give_equal_pictures() -> None:
    assert draw(along("elbe", 12_345)).png == draw(along("elbe", 12_345)).png


def test_a_route_that_the_host_took_away_shows_as_a_lap() -> None:
    of = along("rhine", 312_400)
    gone = replace(of, challenge=replace(of.challenge, plan=replace(of.challenge.plan, route_key="gone")))
    assert draw(gone).alt == draw(together(312_400, 1_033_000)).alt


def test_a_way_is_followed_by_its_length() -> None:
    way = Way([(0, 0), (10, 0), (10, 30)])
    assert [way.at(share) for share in (-1, 0, 0.125, 0.25, 0.5, 1, 2)] == [
        (0, 0), (0, 0), (5, 0), (10, 0), (10, 10), (10, 30), (10, 30),
    ]  # fmt: skip
    assert way.until(0.5) == [(0, 0), (10, 0), (10, 10)]
    assert way.until(0) == [(0, 0), (0, 0)]
