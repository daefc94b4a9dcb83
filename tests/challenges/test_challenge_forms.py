"""What makers type into forms: read as meant, read back as itself, or refused with what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from discord import ui
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.challenges.form_cards import chooser_card, making_form
from bot.challenges.forms import (
    _MARK_OF_LIST,
    FIELDS,
    LEAST_METRES,
    LEAST_SECONDS,
    _cleaned,
    _says_something,
    read_plan,
    wording_of,
)
from bot.challenges.loading import ChallengeFrame
from bot.challenges.model import ALONE, KINDS, Kind, Measure, Plan
from bot.challenges.money import MOST_MINOR, currencies
from bot.challenges.routes import routes
from bot.challenges.rules import (
    LONGEST_LINE,
    LONGEST_TEAM_NAME,
    LONGEST_TITLE,
    MOST_METRES,
    MOST_METRES_EACH,
    MOST_SECONDS,
    MOST_SECONDS_EACH,
    check_plan,
)
from bot.challenges.targets import read_target, type_target
from bot.challenges.templates import TEMPLATES
from bot.checkins.units import Units
from bot.errors import Refusal
from bot.ui.doors import sentence_of
from bot.words import Catalogues

ENGLISH = Catalogues().choose("en")
TODAY = date(2026, 11, 18)  # a Wednesday
FRAME = ChallengeFrame(
    now=datetime(2026, 11, 18, 12, 0, tzinfo=UTC),
    zone=ZoneInfo("Europe/Berlin"),
    units="km",
    group_units="km",
    language="en",
    day_starts_minute=240,
    week_starts_on=0,
    open=0,
    open_own=0,
    members_make=True,
)
MILES = replace(FRAME, group_units="mi")
GOOD: dict[Kind, dict[str, str]] = {
    "distance": {"title": "Fifty each", "target": "50 km", "start": "", "end": "4 weeks", "line": ""},
    "minutes": {"title": "Ten hours", "target": "600", "start": "", "end": "31 Dec", "line": ""},
    "days": {"title": "Twelve days", "target": "12", "start": "", "end": "30 days", "line": "Walks count."},
    "together": {"title": "To the sea", "target": "500 km", "start": "Monday", "end": "2 months", "line": ""},
    "teams": {
        "title": "Early or late",
        "teams": "Owls, Larks",
        "measure": "minutes",
        "start": "",
        "end": "4 weeks",
    },
    "route": {"title": "", "route": "rhine", "start": "", "end": "12 weeks", "line": ""},
    "pledge": {"title": "Trees", "per_km": "0.50 EUR", "cap": "500", "start": "", "end": "30 days"},
}


def read(kind: Kind, frame: ChallengeFrame = FRAME, **fields: str) -> Plan:
    return read_plan(kind, {**GOOD[kind], **fields}, frame, "en")


def refused(kind: Kind, frame: ChallengeFrame = FRAME, **fields: str) -> str:
    with pytest.raises(Refusal) as refusal:
        read(kind, frame, **fields)
    return sentence_of(refusal.value, ENGLISH)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_read_from_its_own_fields(kind: Kind) -> None:
    assert set(GOOD[kind]) == set(FIELDS[kind])
    plan = read(kind)
    assert plan.kind == kind
    assert read_plan(kind, wording_of(plan, FRAME, "en"), FRAME, "en") == plan


def test_what_is_typed_becomes_what_is_meant() -> None:
    assert read("distance") == Plan(
        kind="distance",
        measure="metres",
        title="Fifty each",
        first_day=TODAY,
        last_day=TODAY + timedelta(days=27),
        target=50_000,
    )
    assert read("minutes").target == 36_000
    assert read("minutes").last_day == date(2026, 12, 31)
    assert read("days").line == "Walks count."
    together = read("together")
    assert (together.first_day, together.last_day) == (date(2026, 11, 23), date(2027, 1, 22))
    assert read("teams").teams == ("Owls", "Larks")
    assert read("teams").measure == "seconds"
    route = read("route")
    assert (route.title, route.target, route.route_key) == ("The Rhine", 1_033_000, "rhine")
    pledge = read("pledge")
    assert (pledge.currency, pledge.per_km, pledge.cap, pledge.measure) == ("EUR", 50, 50_000, "metres")


@pytest.mark.parametrize(
    ("typed", "measure", "target"),
    [
        ("500", "metres", 500_000),
        ("500 km", "metres", 500_000),
        ("500k", "metres", 500_000),
        ("1 000 km", "metres", 1_000_000),
        ("1,000,000 m", "metres", 1_000_000),
        ("310.5 mi", "metres", 499_701),
        ("1800 m", "metres", 1_800),
        ("50 h", "seconds", 180_000),
        ("50 hours", "seconds", 180_000),
        ("10h30", "seconds", 37_800),
        ("10 h 30 min", "seconds", 37_800),
        ("10:30 h", "seconds", 37_800),
        ("90 min", "seconds", 5_400),
        ("200 days", "days", 200),
        ("٢٠٠ days", "days", 200),
    ],
)
def test_a_target_together_says_what_is_counted(typed: str, measure: str, target: int) -> None:
    plan = read("together", target=typed)
    assert (plan.measure, plan.target) == (measure, target)


def test_a_bare_number_is_in_the_groups_unit() -> None:
    assert read("together", MILES, target="100").target == 160_934
    assert read("distance", MILES, target="100").target == 160_934
    assert read("minutes", MILES, target="600 m").target == 36_000
    assert read("days", MILES, target="12 days").target == 12


@given(
    st.sampled_from(["metres", "seconds", "days"]), st.integers(1, MOST_METRES), st.sampled_from(["km", "mi"])
)
def test_a_target_as_it_would_be_typed_reads_back_exactly(measure: Any, amount: int, units: Units) -> None:
    typed = type_target(measure, amount, units)
    assert read_target(typed, "together", units, "en") == (measure, amount)


@pytest.mark.parametrize(
    ("metres", "units", "typed"),
    [
        (500_000, "km", "500 km"),
        (12_500, "km", "12.5 km"),
        (12_340, "km", "12.34 km"),
        (50, "km", "0.05 km"),
        (12_345, "km", "12345 m"),
        (160_934, "mi", "100 mi"),
        (21_098, "mi", "13.11 mi"),
        (21_100, "mi", "21100 m"),
        (21_082, "mi", "13.1 mi"),
    ],
)
def test_a_target_is_typed_as_people_would(metres: int, units: Units, typed: str) -> None:
    assert type_target("metres", metres, units) == typed


@pytest.mark.parametrize(
    ("kind", "typed", "says"),
    [
        ("distance", "", "not a distance I can read"),
        ("distance", "far", "not a distance I can read"),
        ("distance", "10 h", "not a distance I can read"),
        ("minutes", "", "not a time I can read"),
        ("minutes", "10 km", "not a time I can read"),
        ("minutes", "10:30", "not a time I can read"),
        ("days", "a few", "not a number of days I can read"),
        ("days", "5 km", "not a number of days I can read"),
        ("days", "2.5", "Days are counted whole"),
        ("together", "500 miles an hour", "not a target I can read"),
        ("together", "9" * 60, "not a target I can read"),
        ("together", "1,000 km", "thousands from decimals"),
        ("together", "1.000 km", "thousands from decimals"),
        *((kind, "0", "more than zero") for kind in ("distance", "minutes", "days", "together")),
        *((kind, "-5", "more than zero") for kind in ("distance", "minutes", "days", "together")),
        *((kind, "−5", "more than zero") for kind in ("distance", "minutes", "days", "together")),
        ("distance", "0.0001 km", "more than zero"),
        ("distance", "30000 km", "larger than anybody could reach"),
        ("minutes", "9000 h", "larger than anybody could reach"),
        ("together", "2000000 km", "larger than anybody could reach"),
        ("together", "1000001 h", "larger than anybody could reach"),
        ("together", "1000001 days", "larger than anybody could reach"),
        ("days", "31", "It lasts 30 days, so nobody can keep 31"),
    ],
)
def test_a_target_of_nothing_too_much_or_something_else_is_refused(kind: Kind, typed: str, says: str) -> None:
    assert says in refused(kind, target=typed)


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("", "today", TODAY, TODAY),
        ("", "1 day", TODAY, TODAY),
        ("", "a week", TODAY, date(2026, 11, 24)),
        ("", "4 weeks", TODAY, date(2026, 12, 15)),
        ("", "in 4 weeks", TODAY, date(2026, 12, 16)),
        ("", "one month", TODAY, date(2026, 12, 17)),
        ("tomorrow", "30 days", date(2026, 11, 19), date(2026, 12, 18)),
        ("2027-01-31", "1 month", date(2027, 1, 31), date(2027, 2, 27)),
        ("1 Nov", "31 Dec", date(2026, 11, 1), date(2026, 12, 31)),
        ("19 Oct", "2026-11-18", date(2026, 10, 19), TODAY),
        ("2027-11-18", "366 days", date(2027, 11, 18), date(2028, 11, 17)),
        ("Sat 9:00", "Sun", date(2026, 11, 21), date(2026, 11, 22)),
        ("", "12 months", TODAY, date(2027, 11, 17)),
    ],
)
def test_days_are_read_as_a_runner_says_them(start: str, end: str, first: date, last: date) -> None:
    plan = read("together", start=start, end=end)
    assert (plan.first_day, plan.last_day) == (first, last)


def test_today_is_the_makers_running_day() -> None:
    night = replace(
        FRAME, now=datetime(2026, 11, 19, 1, 30, tzinfo=UTC)
    )  # 2:30 in Berlin, before the day turns
    assert read("together", night, start="", end="1 day").first_day == TODAY


@pytest.mark.parametrize(
    ("start", "end", "says"),
    [
        ("", "yesterday", "It ends before it starts. Give an end on or after Wed, Nov 18, 2026"),
        ("2026-12-10", "2026-12-01", "It ends before it starts"),
        ("1 Nov", "10 Nov", "That last day has passed"),
        ("2026-10-18", "4 weeks", "more than 30 days back"),
        ("2028-01-01", "4 weeks", "more than 366 days ahead"),
        ("", "2029-01-01", "more than 732 days ahead"),
        ("", "367 days", "lasts a year at most"),
        ("", "13 months", "lasts a year at most"),
        ("", "53 weeks", "lasts a year at most"),
        ("", "999999 months", "lasts a year at most"),
        ("", "99999999 days", "can't read that last day"),
        ("", "0 days", "lasts a day at least"),
        ("", "-3 days", "can't read that last day"),
        ("", "", "Say when it ends"),
        ("", "\u200b", "can't read that last day"),
        ("", "soon", "can't read that last day"),
        ("30 Feb", "4 weeks", "The calendar has no such date"),
        ("x" * 200, "4 weeks", "can't read that first day"),
    ],
)
def test_days_that_cannot_be_are_refused(start: str, end: str, says: str) -> None:
    assert says in refused("together", start=start, end=end)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "route"])
@pytest.mark.parametrize(
    "title",
    ["", "   ", "**__**", "# -", "```", "\u200b\u2060", "\u202e", "ㅤ", "⠀", "\u0301", "<@123456789>", "<#1> <t:5:R>",
     "</run log:12>", "<:run:123>", "\ud800"],
)  # fmt: skip
def test_a_title_of_markup_or_of_nothing_is_refused(kind: Kind, title: str) -> None:
    assert "needs a title" in refused(kind, title=title)


@pytest.mark.parametrize("title", ["**", "\u200b", "<@1>"])
def test_a_route_takes_its_name_for_no_title_but_not_for_an_unreadable_one(title: str) -> None:
    assert read("route", title="  ").title == "The Rhine"
    assert "needs a title" in refused("route", title=title)


def test_a_title_in_any_script_or_picture_is_one() -> None:
    for title in ("一起跑", "נרוץ", "५ किमी", "🏃", "**5K**", "<3 running"):
        assert read("days", title=title).title == title


def test_long_words_are_cut_to_what_fits() -> None:
    tower = "e" + "\u0301\u0302\u0303" + "🏃🏽‍♀️ Zürich ﷽ " * 300
    plan = read("days", title=tower, line=tower)
    assert plan.line is not None
    assert len(plan.title) == LONGEST_TITLE
    assert len(plan.line) <= LONGEST_LINE
    assert plan.title.endswith("…")
    teams = read("teams", teams="\n".join(f"{number}{'𝕏' * 500}" for number in range(8))).teams
    assert [len(each) for each in teams] == [LONGEST_TEAM_NAME] * 8


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("Owls, Larks", ("Owls", "Larks")),
        ("Owls\nLarks\r\nSwifts\n", ("Owls", "Larks", "Swifts")),
        ("Owls;Larks,, Swifts ,", ("Owls", "Larks", "Swifts")),
        ("鸮、云雀", ("鸮", "云雀")),
        (",".join("abcdefgh"), tuple("abcdefgh")),
    ],
)
def test_teams_are_named_one_a_line_or_parted_by_commas(typed: str, names: tuple[str, ...]) -> None:
    assert read("teams", teams=typed).teams == names


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "at least two teams"),
        ("Owls", "at least two teams"),
        ("Owls, \u200b", "at least two teams"),
        (",".join("abcdefghi"), "At most eight teams"),
        ("Owls, Larks, OWLS", "Two teams have the same name"),
        ("Straße, STRASSE", "Two teams have the same name"),
        ("Owls, O\u200bwls", "Two teams have the same name"),
        (f"{'x' * 40}a, {'x' * 40}b", "Two teams have the same name"),
        ("Owls, **", "needs letters or figures"),
        ("Owls, <@5>", "needs letters or figures"),
    ],
)
def test_teams_that_cannot_be_are_refused(typed: str, says: str) -> None:
    assert says in refused("teams", teams=typed)


@pytest.mark.parametrize("measure", ["", "metres", "speed"])
def test_teams_without_a_measure_are_refused(measure: str) -> None:
    assert "Choose what counts" in refused("teams", measure=measure)


@pytest.mark.parametrize("key", ["", "nile", "The Rhine", "../rhine", "x" * 300])
def test_a_route_that_does_not_exist_is_refused(key: str) -> None:
    assert "don't know that route" in refused("route", route=key)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"per_km": ""}, "Say what a kilometre brings"),
        ({"cap": ""}, "A pledge has a cap"),
        ({"per_km": "0.005 EUR"}, "steps of 0.01"),
        ({"per_km": "0 EUR"}, "more than zero"),
        ({"per_km": "-1 EUR"}, "more than zero"),
        ({"per_km": "1 DOGE"}, "I don't know the currency doge"),
        ({"per_km": "$1"}, "Several currencies"),
        ({"per_km": "99999999999999 EUR"}, "more money than a pledge can be"),
        ({"cap": "500 USD"}, "A kilometre brings EUR, and the cap is in USD"),
        ({"cap": "0.49"}, "The cap is less than one kilometre brings"),
        ({"cap": "0"}, "more than zero"),
        ({"cap": "lots"}, "not an amount I can read"),
    ],
)
def test_a_pledge_that_cannot_be_is_refused(fields: dict[str, str], says: str) -> None:
    assert says in refused("pledge", FRAME, **fields)


def test_a_pledge_takes_the_makers_currency_where_none_is_said() -> None:
    toronto = replace(FRAME, zone=ZoneInfo("America/Toronto"))
    plan = read("pledge", toronto, per_km="$1", cap="$500")
    assert (plan.currency, plan.per_km, plan.cap) == ("CAD", 100, 50_000)
    assert "Say the currency too" in refused("pledge", replace(FRAME, zone=ZoneInfo("UTC")), per_km="1")


MEASURES: tuple[Measure, ...] = ("metres", "seconds", "days")
titles = (
    st.text(min_size=1, max_size=100).map(lambda text: _cleaned(text, LONGEST_TITLE)).filter(_says_something)
)
teams = st.lists(
    st.text(
        st.characters(exclude_characters="\n\r,;|،、，；\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"),
        min_size=1,
        max_size=40,
    )
    .map(lambda text: _cleaned(text, LONGEST_TEAM_NAME))
    .filter(lambda name: _says_something(name) and not _MARK_OF_LIST.match(name)),
    min_size=2,
    max_size=8,
    unique_by=str.casefold,
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    kind = draw(st.sampled_from(KINDS))
    alone: dict[Kind, Measure] = {"minutes": "seconds", "days": "days"}
    measure = alone.get(kind, "metres")
    if kind in ("together", "teams"):
        measure = draw(st.sampled_from(MEASURES))
    first = TODAY + timedelta(days=draw(st.integers(-30, 366)))
    last = max(first + timedelta(days=draw(st.integers(0, 365))), TODAY)
    plan = Plan(
        kind=kind,
        measure=measure,
        title=draw(titles),
        first_day=first,
        last_day=last,
    )
    if "line" in FIELDS[kind]:
        plan = replace(plan, line=_cleaned(draw(st.text(max_size=300)), LONGEST_LINE) or None)
    if kind == "teams":
        return replace(plan, teams=tuple(draw(teams)))
    if kind == "route":
        route = draw(st.sampled_from(list(routes().values())))
        return replace(plan, route_key=route.key, target=route.length)
    if kind == "pledge":
        per_km = draw(st.integers(1, MOST_MINOR))
        cap = draw(st.integers(per_km, MOST_MINOR))
        return replace(plan, currency=draw(st.sampled_from(sorted(currencies()))), per_km=per_km, cap=cap)
    most = {"metres": MOST_METRES_EACH if kind in ALONE else MOST_METRES, "days": 1_000_000}.get(
        measure, MOST_SECONDS_EACH if kind in ALONE else MOST_SECONDS
    )
    if kind == "days":
        most = (last - first).days + 1
    least = {"metres": LEAST_METRES, "seconds": LEAST_SECONDS}.get(measure, 1)
    return replace(plan, target=draw(st.integers(least, most)))


@given(plans(), st.sampled_from([FRAME, MILES]), st.sampled_from(["en", "en-US", "de"]))
@settings(max_examples=150, deadline=None)
def test_a_plan_in_a_makers_words_is_the_same_plan(plan: Plan, frame: ChallengeFrame, language: str) -> None:
    check_plan(plan)
    filled = wording_of(plan, frame, language)
    assert tuple(filled) == FIELDS[plan.kind]
    assert read_plan(plan.kind, filled, frame, language) == plan


@given(plans(), st.integers(1, 360))
@settings(max_examples=60, deadline=None)
def test_a_form_sent_back_as_it_stood_changes_nothing_however_long_ago_it_began(
    plan: Plan, later: int
) -> None:
    frame = replace(FRAME, now=FRAME.now + timedelta(days=later))
    plan = replace(plan, line="Kept, though two kinds have no field for it.")
    assert read_plan(plan.kind, wording_of(plan, frame, "en"), frame, "en", before=plan) == plan
    assert read_plan(plan.kind, {}, frame, "en", before=plan) == plan


def test_a_change_changes_that_alone() -> None:
    began = read("together", start="1 Nov")
    later = replace(FRAME, now=FRAME.now + timedelta(days=50))
    filled = wording_of(began, later, "en")
    assert read_plan("together", {**filled, "target": "600 km"}, later, "en", before=began) == replace(
        began, target=600_000
    )
    with pytest.raises(Refusal, match=r"more than \{days\} days back"):
        read_plan("together", {**filled, "start": "2026-11-02"}, later, "en", before=began)


def test_another_route_brings_its_own_name_and_length() -> None:
    rhine = read("route")
    filled = {**wording_of(rhine, FRAME, "en"), "route": "elbe"}
    elbe = read_plan("route", filled, FRAME, "en", before=rhine)
    assert elbe.target == routes()["elbe"].length
    assert elbe.title == routes()["elbe"].name
    named = replace(rhine, title="Ours")
    filled = {**wording_of(named, FRAME, "en"), "route": "elbe"}
    assert read_plan("route", filled, FRAME, "en", before=named).title == "Ours"


def test_a_route_whose_file_is_gone_can_still_be_changed() -> None:
    gone = replace(read("route", title="Ours"), route_key="hosts_own", target=7_000)
    filled = {**wording_of(gone, FRAME, "en"), "line": "On we go."}
    assert read_plan("route", filled, FRAME, "en", before=gone) == replace(gone, line="On we go.")


@given(
    st.sampled_from(KINDS),
    st.dictionaries(st.sampled_from(sorted({*sum(FIELDS.values(), ())})), st.text(max_size=80)),
)
@settings(max_examples=100, deadline=None)
def test_whatever_is_sent_is_a_plan_that_can_be_stored_or_a_refusal(
    kind: Kind, fields: dict[str, str]
) -> None:
    try:
        plan = read_plan(kind, {**GOOD[kind], **fields}, FRAME, "en")
    except Refusal as refusal:
        assert "{" not in sentence_of(refusal, ENGLISH)  # noqa: PT017 - either end is right
        return
    check_plan(plan)
    assume(plan.title)
    assert read_plan(kind, wording_of(plan, FRAME, "en"), FRAME, "en") == plan


# The forms themselves.


def labels(modal: ui.Modal) -> list[dict[str, Any]]:
    return list(modal.to_dict()["components"])


def check_limits(modal: ui.Modal) -> None:
    """Discord's limits of a form (docs: labels 45, descriptions and placeholders 100, titles 45, five fields)."""
    made = modal.to_dict()
    assert len(made["title"]) <= 45
    assert 1 <= len(made["components"]) <= 5
    for each in made["components"]:
        assert 1 <= len(each["label"]) <= 45
        assert len(each.get("description") or "") <= 100
        inside = each["component"]
        if "options" in inside:
            assert 1 <= len(inside["options"]) <= 25
            assert sum(option["default"] for option in inside["options"]) <= 1
            for option in inside["options"]:
                assert 1 <= len(option["label"]) <= 100
                assert 1 <= len(option["value"]) <= 100
                assert len(option.get("description") or "") <= 100
        else:
            assert len(inside.get("placeholder") or "") <= 100
            assert len(inside.get("value") or "") <= inside["max_length"] <= 4_000


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("frame", [FRAME, MILES])
def test_an_empty_form_has_the_fields_that_are_read(kind: Kind, frame: ChallengeFrame) -> None:
    modal = making_form(kind, ENGLISH, frame)
    check_limits(modal)
    assert modal.custom_id == f"sw:challenge.form:{kind}"
    assert tuple(each["component"]["custom_id"] for each in labels(modal)) == FIELDS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_the_longest_values_fit_their_form(kind: Kind) -> None:
    title, line = "𝕏" * LONGEST_TITLE, "𝕏" * LONGEST_LINE
    plan = replace(read(kind), title=title, line=line)
    if kind == "teams":
        plan = replace(plan, teams=tuple(f"{number}{'𝕏' * (LONGEST_TEAM_NAME - 1)}" for number in range(8)))
    elif kind == "pledge":
        plan = replace(plan, per_km=MOST_MINOR, cap=MOST_MINOR)
    elif kind != "route":
        plan = replace(plan, target=MOST_METRES + 1)
    modal = making_form(kind, ENGLISH, MILES, filled=wording_of(plan, MILES, "en"), challenge_id=2**63 - 1)
    check_limits(modal)
    assert modal.custom_id == f"sw:challenge.changed:{2**63 - 1}"


@given(plans())
@settings(max_examples=40, deadline=None)
def test_a_form_filled_with_a_plan_submits_that_plan(plan: Plan) -> None:
    modal = making_form(
        plan.kind, ENGLISH, FRAME, filled=wording_of(plan, FRAME, "en"), challenge_id=7, posted=True
    )
    check_limits(modal)
    assert modal.custom_id == "sw:challenge.edited:7"
    sent: dict[str, str] = {}
    for each in labels(modal):
        inside = each["component"]
        chosen = [option["value"] for option in inside.get("options", ()) if option["default"]]
        sent[inside["custom_id"]] = chosen[0] if "options" in inside else inside.get("value") or ""
    assert read_plan(plan.kind, sent, FRAME, "en") == plan


def test_a_route_whose_file_is_gone_stays_in_its_form() -> None:
    gone = replace(read("route"), route_key="hosts_own")
    modal = making_form("route", ENGLISH, FRAME, filled=wording_of(gone, FRAME, "en"), challenge_id=7)
    check_limits(modal)
    options = next(each["component"]["options"] for each in labels(modal) if "options" in each["component"])
    assert [each["value"] for each in options if each["default"]] == ["hosts_own"]


def test_the_chooser_offers_every_kind_and_every_template() -> None:
    view = chooser_card(ENGLISH)
    items = list(view.walk_children())
    ids = [item.custom_id for item in items if isinstance(item, ui.Button)]
    assert ids == [
        *(f"sw:challenge.template:{key}" for key in TEMPLATES),
        *(f"sw:challenge.kind:{kind}" for kind in KINDS),
    ]
    assert len(items) <= 40
    assert all(len(item.label or "") <= 80 for item in items if isinstance(item, ui.Button))
    assert sum(len(item.content) for item in items if isinstance(item, ui.TextDisplay)) <= 4_000
