"""Routes: ours are whole and true to themselves, a host's are read or refused by name."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.challenges.extraction import extract
from bot.challenges.routes import (
    LONGEST_NAME,
    MOST_ROUTES,
    Place,
    Route,
    reached,
    route_of,
    routes,
    use_folder,
)
from bot.errors import HostError
from bot.ui.text import clean

OURS = ("danube", "elbe", "lantern_coast", "rhine", "west_highland_way")
GOOD = """
key = "canal_loop"
name = "Around the old canal"
line = "Once around, past every lock."
[[places]]
name = "Boathouse"
metres = 0
line = "The green door is where it begins."
[[places]]
name = "Three Locks"
metres = 4_200
line = "The keeper's dog runs along for a while."
"""


@pytest.fixture(autouse=True)
def _our_routes_alone_afterwards() -> Iterator[None]:
    yield
    use_folder(None)


def refusal(folder: Path, text: str | bytes) -> str:
    (folder / "mine.toml").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(HostError) as refused:
        use_folder(folder)
    assert refused.value.exit_code == 2
    line = str(refused.value)
    assert line.startswith(f"challenges.routes_folder: {folder}/mine.toml: ")
    assert "\n" not in line
    return line


def test_the_bot_comes_with_routes_of_several_lengths() -> None:
    assert tuple(routes()) == ("danube", "elbe", "lantern_coast", "rhine", "west_highland_way")
    lengths = {key: route.length for key, route in routes().items()}
    assert lengths["danube"] == 2_779_000
    assert lengths["rhine"] == 1_033_000
    assert 100_000 <= min(lengths.values()) <= 160_000


def test_the_invented_route_says_so() -> None:
    assert "invented" in routes()["lantern_coast"].name
    assert "made-up" in routes()["lantern_coast"].line


@pytest.mark.parametrize("key", OURS)
def test_a_route_of_ours_grows_from_place_to_place_and_every_place_has_words_of_its_own(key: str) -> None:
    route = routes()[key]
    metres = [place.metres for place in route.places]
    assert metres == sorted(set(metres))
    assert metres[0] == 0
    assert all(each % 1_000 == 0 for each in metres)
    lines = [place.line for place in route.places] + [route.line]
    assert len(set(lines)) == len(lines)
    assert all(clean(line) == line for line in lines)


@pytest.mark.parametrize("key", OURS)
@given(share=st.integers(0, 1_300))
def test_what_is_reached_lies_behind_and_what_is_next_ahead(key: str, share: int) -> None:
    route = routes()[key]
    metres = route.length * share // 1_000
    last, coming = reached(route, metres)
    assert last is not None
    assert last.metres <= metres
    assert (coming is None) == (metres >= route.length)
    if coming is not None:
        assert coming.metres > metres
        assert not [each for each in route.places if last.metres < each.metres < coming.metres]


def test_reaching_a_place_to_the_metre_is_reaching_it() -> None:
    places = (Place("A", 0, "a"), Place("B", 10, "b"), Place("C", 20, "c"))
    route = Route("x", "X", "x", places)
    assert reached(route, 9) == (places[0], places[1])
    assert reached(route, 10) == (places[1], places[2])
    assert reached(route, 20) == (places[2], None)


def test_a_key_that_nobody_knows_is_no_route() -> None:
    assert route_of("nile") is None
    assert route_of("") is None
    assert route_of(None) is None


def test_the_lines_of_a_route_reach_translators_and_its_names_do_not() -> None:
    found = list(extract(io.BytesIO(GOOD.encode()), (), (), {}))
    assert [(line, text) for line, _, text, _ in found] == [
        (4, "Once around, past every lock."),
        (8, "The green door is where it begins."),
        (12, "The keeper's dog runs along for a while."),
    ]
    assert found[1][3] == ["Route: Around the old canal, Boathouse"]


def test_a_hosts_routes_stand_beside_ours(tmp_path: Path) -> None:
    (tmp_path / "canal.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not a route")
    use_folder(tmp_path)
    route = route_of("canal_loop")
    assert route is not None
    assert (route.name, route.length) == ("Around the old canal", 4_200)
    assert tuple(routes()) == (*OURS, "canal_loop")
    use_folder(None)
    assert route_of("canal_loop") is None


def test_the_example_in_the_hosts_handbook_is_a_route(tmp_path: Path) -> None:
    handbook = (Path(__file__).parents[2] / "docs" / "hosting.md").read_text(encoding="utf-8")
    (tmp_path / "example.toml").write_text(
        handbook.partition("```toml\nkey")[2].partition("```")[0].join(["key", ""]), encoding="utf-8"
    )
    use_folder(tmp_path)
    route = route_of("canal_loop")
    assert route is not None
    assert route.length == 9_800


def test_what_a_host_wrote_is_shown_without_what_disrupts(tmp_path: Path) -> None:
    (tmp_path / "canal.toml").write_text(GOOD.replace("Three Locks", "Three\u202e Locks"), encoding="utf-8")
    use_folder(tmp_path)
    assert routes()["canal_loop"].places[1].name == "Three Locks"


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ('key = "canal_loop"\n', "", "the route has no key: add it."),
        ('"canal_loop"', '"Canal Loop"', "key has to be 1 to 40 of a to z"),
        ('"canal_loop"', "7", "key has to be 1 to 40 of a to z"),
        ('"canal_loop"', '"rhine"', "the key rhine is another route's: choose another."),
        ('name = "Around the old canal"', "name = 3", "name has to be text of 1 to 60 characters"),
        ('"Around the old canal"', '"\u200b"', "name has to be text of 1 to 60 characters"),
        ("Around the old canal", "x" * (LONGEST_NAME + 1), "name has to be text of 1 to 60 characters"),
        ("Once around, past every lock.", "x" * 201, "line has to be text of 1 to 200 characters"),
        ("metres = 0", "metres = 10", "place 1 is the start: its metres have to be 0."),
        ("4_200", "0", "metres have to grow from place to place, and do not at Three Locks."),
        ("4_200", "-5", "place 2: metres has to be a whole number"),
        ("4_200", "4.2", "place 2: metres has to be a whole number"),
        ("4_200", "true", "place 2: metres has to be a whole number"),
        ("4_200", "9_000_000_000", "place 2: metres has to be a whole number"),
        ("metres = 4_200\n", "", "place 2 has no metres: add it."),
        ("metres = 4_200", "metres = 4_200\nkm = 4", "place 2 has km, which means nothing: take it out."),
        ('name = "Around', 'nmae = "x"\nname = "Around', "the route has nmae, which means nothing"),
        (GOOD[GOOD.index('[[places]]\nname = "Three') :], "", "places has to be 2 to 60 entries"),
        (GOOD[GOOD.index("[[places]]") :], "places = [1, 2]", "place 1 has to begin with [[places]]."),
        (GOOD[GOOD.index("[[places]]") :], "places = 3", "places has to be 2 to 60 entries"),
        ("metres = 0", "metres =", "is not valid TOML"),
        ("metres = 0", "metres = " + "[" * 5_000, "is n"),
        ("Boathouse", "x" * 100_000, "is larger than 100 kB"),
    ],
)
def test_a_file_that_is_no_route_is_refused_by_name(was: str, now: str, says: str, tmp_path: Path) -> None:
    assert was in GOOD
    assert says in refusal(tmp_path, GOOD.replace(was, now))


def test_a_file_that_is_not_text_is_refused_by_name(tmp_path: Path) -> None:
    assert "is not UTF-8 text" in refusal(tmp_path, b"# caf\xe9")


def test_two_files_with_one_key_are_refused(tmp_path: Path) -> None:
    (tmp_path / "canal.toml").write_text(GOOD, encoding="utf-8")
    assert "canal_loop is another route's" in refusal(tmp_path, GOOD)


def test_more_routes_than_a_menu_holds_are_refused(tmp_path: Path) -> None:
    for number in range(MOST_ROUTES - len(OURS) + 1):
        (tmp_path / f"{number}.toml").write_text(
            GOOD.replace("canal_loop", f"loop_{number}"), encoding="utf-8"
        )
    with pytest.raises(HostError, match="more than the 20 routes that fit"):
        use_folder(tmp_path)
    (tmp_path / "0.toml").unlink()
    use_folder(tmp_path)
    assert len(routes()) == MOST_ROUTES


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(HostError, match=r"challenges\.routes_folder: .*nowhere cannot be read"):
        use_folder(tmp_path / "nowhere")


def test_a_refused_folder_leaves_the_routes_as_they_were(tmp_path: Path) -> None:
    refusal(tmp_path, "key = 1")
    assert tuple(routes()) == OURS
