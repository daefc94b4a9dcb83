"""The library: every message keeps the tone, every fact has its source, and a broken file is refused by name."""

from __future__ import annotations

import difflib
import io
import re
import shutil
import tomllib
from itertools import combinations
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg

from bot.encouragement.extraction import extract
from bot.encouragement.library import CATEGORIES, PLACES, Category, Message, library, load
from bot.encouragement.rules import KEPT_APART
from bot.encouragement.situation import CONDITIONS, Situation, bits, holding
from bot.words import Catalogues

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "bot/encouragement/library"
MESSAGES = tuple(library().messages.values())
FACTS = tuple(library().facts.values())

# Whole words, for each language on offer.
BANNED = {
    "en": (
        "should|must|no excuses|lazy|only|finally|don't break|failed|failure|fail|cheat|cheated|burn"
        "|burns|burnt|earn|earned|earning|fat|weight|calories|shame|guilt|guilty|body|bodies|slim|thin|skinny"
    )
}
LEAST: dict[Category, int] = {
    "pre_run": 35,
    "post_run": 45,
    "group": 35,
    "weekly_opener": 15,
    "fact": 26,
}


def found(pattern: str, texts: list[str]) -> list[str]:
    return [text for text in texts if re.search(rf"(?i)\b(?:{pattern})\b", text.replace("’", "'"))]


def texts(*categories: Category) -> list[str]:
    return [message.text for message in MESSAGES if message.category in categories]


def test_every_category_has_enough_to_say() -> None:
    assert len(MESSAGES) >= 170
    for category in CATEGORIES:
        assert len(library().categories[category]) >= LEAST.get(category, 10), category


def test_words_for_a_low_mood_never_run_out() -> None:
    held = holding(Situation(low=True))
    fitting = [message for message in library().categories["low_day"] if not message.needs & ~held]
    assert len(fitting) > KEPT_APART


@pytest.mark.parametrize("language", Catalogues().languages)
def test_no_message_uses_a_banned_word(language: str) -> None:
    words = Catalogues().choose(language)
    facts = [part for fact in FACTS for part in (fact.claim, fact.caveat) if part]
    shown = [words.say(text) for text in [*(message.text for message in MESSAGES), *facts]]
    assert found(BANNED[language], shown) == []


@pytest.mark.parametrize(
    "planted",
    ["You must go.", "LAZY days are over", "At last you finally ran", "burn it off", "You don’t break it"],
)
def test_a_banned_word_that_is_planted_is_found(planted: str) -> None:
    assert found(BANNED["en"], [planted]) == [planted]


@pytest.mark.parametrize(
    "fine", ["Wait a minute", "Mustard on the side", "A fatherly nod", "You learn as you go"]
)
def test_a_banned_word_inside_another_is_none(fine: str) -> None:
    assert found(BANNED["en"], [fine]) == []


def test_messages_are_short_and_speak_in_a_calm_voice() -> None:
    for message in MESSAGES:
        assert 10 <= len(message.text) <= 200, message.key
        assert "!" not in message.text, message.key
        assert message.text == " ".join(message.text.split()), message.key
        assert message.text[-1] in ".?", message.key
        assert not re.search(r"[\U0001F000-\U0001FFFF☀-➿*_`<>#|~@]", re.sub(r"\{\w+\}", "", message.text)), (
            message.key
        )


def test_nobody_is_compared_with_anybody_else() -> None:
    assert (
        found(
            "faster than|slower than|than others|everyone else|anyone else|most runners|beat|beaten",
            texts(*CATEGORIES),
        )
        == []
    )


def test_words_after_an_effort_assume_nothing_about_the_mood() -> None:
    told = [message.text for message in library().categories["post_run"] if message.fact is None]
    assert (
        found("feel|feels|feeling|felt|happy|happier|glad|smile|smiling|enjoyed|mood|proud|relaxed", told)
        == []
    )


def test_words_that_can_follow_a_walk_never_call_it_a_run() -> None:
    run = bits(["run"])
    after: tuple[Category, ...] = ("post_run", "comeback", "milestone", "low_day")
    told = [message.text for message in MESSAGES if message.category in after and not message.needs & run]
    assert found("run|runs|ran|running|runner|runners|jog|jogged|jogging", told) == []
    walk = bits(["walk"])
    assert found("walk|walked", [m.text for m in MESSAGES if m.category in after and m.needs & run]) == []
    assert any(message.needs & walk for message in MESSAGES)


def test_a_comeback_never_says_how_long() -> None:
    told = texts("comeback")
    assert (
        found(
            r"\w*\d\w*|days?|weeks?|months?|years?|long|gap|absence|absent|missed|lapse|ago|away|since|while|last time",
            told,
        )
        == []
    )
    assert all(not message.places for message in library().categories["comeback"])


def test_a_streak_at_risk_names_the_skips_that_are_left() -> None:
    for message in library().categories["at_risk"]:
        assert "skips" in message.places, message.key
        # "no skips" may fill the place, so no sentence begins with it
        assert not re.search(r"(^|[.?] )\{skips\}", message.text), message.key


def test_nothing_counts_down() -> None:
    assert (
        found(
            r"hours? left|days? left|last chance|last day|running out|before it's too late|hurry up",
            texts(*CATEGORIES),
        )
        == []
    )


def test_places_are_known_and_guarded_by_what_fills_them() -> None:
    for message in MESSAGES:
        assert set(re.findall(r"\{(\w*)\}", message.text)) == set(message.places), message.key
        for place in message.places:
            assert place in PLACES
            needed = bits(PLACES[place])
            assert message.needs & needed == needed, message.key


def test_keys_and_texts_are_one_of_a_kind() -> None:
    assert len({message.text.casefold() for message in MESSAGES}) == len(MESSAGES)
    prefixes: dict[str, Category] = {}
    for key, message in library().messages.items():
        assert key == message.key
        assert re.fullmatch(r"[a-z]+-\d\d", key), key
        assert prefixes.setdefault(key.split("-")[0], message.category) == message.category


def near_twins(messages: tuple[Message, ...]) -> list[tuple[str, str]]:
    twins = []
    matcher = difflib.SequenceMatcher(autojunk=False)
    for one, other in combinations(messages, 2):
        matcher.set_seqs(one.text, other.text)
        if matcher.real_quick_ratio() >= 0.8 and matcher.quick_ratio() >= 0.8 and matcher.ratio() >= 0.8:
            twins.append((one.key, other.key))
    return twins


def test_no_message_says_nearly_what_another_says() -> None:
    for category in CATEGORIES:
        assert near_twins(library().categories[category]) == []
    one = library().messages["post-01"]
    twin = Message("post-99", "post_run", one.text.replace("whole plan", "entire plan"), None, (), 0, 0)
    assert near_twins((one, twin)) == [("post-01", "post-99")]


def test_every_usable_fact_is_told_with_its_source() -> None:
    assert {fact.id for fact in FACTS} == {f"F{n}" for n in range(1, 28) if n != 15}
    told = {message.fact for message in library().categories["fact"]}
    assert told == {fact.id for fact in FACTS}
    for fact in FACTS:
        assert re.search(r"(19|20)\d\d, \w", fact.source), fact.id
        assert fact.link is None or re.fullmatch(r"https://doi\.org/10\.\d{4,9}/[\w.%/-]+", fact.link), (
            fact.id
        )
        assert len(fact.claim) <= 300
        assert fact.claim.endswith(".")


def test_the_study_of_running_and_antidepressants_changes_nobodys_treatment() -> None:
    warning = "never change a treatment because of this"
    caveat = library().facts["F10"].caveat
    assert caveat is not None
    assert warning in caveat
    told = [message.text for message in MESSAGES if message.fact == "F10"]
    assert told
    assert all(warning in text for text in told)


def test_what_sounds_like_research_carries_its_fact() -> None:
    claims = (
        r"study|studies|trials?|experiments?|research|scientists?|science|median|cortisol|endorphins|per cent"
    )
    assert found(claims, [message.text for message in MESSAGES if message.fact is None]) == []
    assert [message.key for message in MESSAGES if message.fact is None and "%" in message.text] == []
    for message in MESSAGES:
        fact = library().fact_of(message)
        assert (fact is None) == (message.fact is None)


def planted(tmp_path: Path, name: str, old: str, new: str) -> Path:
    shutil.copytree(FOLDER, tmp_path / "library")
    file = tmp_path / "library" / name
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new, 1), encoding="utf-8")
    return tmp_path / "library"


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("post_run.toml", 'when = ["run"]', 'when = ["flying"]', "post-41"),
        ("post_run.toml", "{kept} of", "{kepd} of", "post-63"),
        ("post_run.toml", 'fact = "F1"', 'fact = "F15"', "F15"),
        ("post_run.toml", "post-01 =", "post-02 =", "post_run.toml"),
        ("group.toml", "group-01 =", "post-01 =", "post-01"),
        ("group.toml", '{ text = "A new year', '{ txt = "A new year', "group-45"),
        ("facts.toml", 'source = "Weinstein', 'sauce = "Weinstein', "F1"),
    ],
)
def test_a_broken_library_is_refused_and_names_the_fault(
    name: str, old: str, new: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        load(planted(tmp_path, name, old, new))


def test_every_condition_is_used_or_asked_by_a_rule() -> None:
    asked = 0
    for message in MESSAGES:
        asked |= message.needs | message.rules_out
    rules = {"group", "back", "record", "milestone", "resting", "low", "streak_begun", "skips_known"}
    assert {name for name, bit in CONDITIONS.items() if not asked & bit} <= rules


def test_translators_get_every_text_with_its_category() -> None:
    methods, _ = parse_mapping_cfg(io.StringIO((ROOT / "babel.cfg").read_text("utf-8")))  # type: ignore[no-untyped-call]
    comments = {
        message: notes
        for file, _line, message, notes, _context in extract_from_dir(ROOT / "bot/encouragement", methods)
        if file.endswith(".toml")
    }
    for message in MESSAGES:
        assert comments[message.text] == [f"Encouragement: {message.category.replace('_', ' ')}"]
    for fact in FACTS:
        assert comments[fact.claim] == [f"Fact {fact.id}: claim"]
        assert fact.caveat is None or any(fact.caveat == text for text in comments)


def test_extraction_names_the_line() -> None:
    with (FOLDER / "post_run.toml").open("rb") as file:
        lines = file.read().decode().splitlines()
        file.seek(0)
        for number, _function, text, _comments in extract(file, (), (), {}):
            assert text.split("'")[0].split('"')[0] in lines[number - 1]


def test_an_installed_bot_brings_its_library() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["bot"]
    packed = {path for pattern in patterns for path in (ROOT / "bot").glob(pattern)}
    assert set(FOLDER.iterdir()) <= packed
    assert {path.stem for path in FOLDER.iterdir()} == {*CATEGORIES, "facts"}
