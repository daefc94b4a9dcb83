"""Languages: chosen by what people want, English where a sentence or a language is missing."""

from __future__ import annotations

from pathlib import Path

import discord
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from discord import app_commands

from bot.words import Catalogues, CommandTranslator


def german(folder: Path) -> Catalogues:
    catalogue = Catalog(locale="de")
    catalogue.add("Cheer", "Anfeuern")
    catalogue.add(("{n} run", "{n} runs"), ("{n} Lauf", "{n} Läufe"))
    target = folder / "de" / "LC_MESSAGES"
    target.mkdir(parents=True)
    with (target / "second_wind.mo").open("wb") as file:
        write_mo(file, catalogue)
    return Catalogues(folder)


def test_a_language_is_there_as_soon_as_its_catalogue_is(tmp_path: Path) -> None:
    catalogues = german(tmp_path)
    assert catalogues.languages == ("en", "de")
    words = catalogues.choose("de")
    assert words.say("Cheer") == "Anfeuern"
    assert words.count("{n} run", "{n} runs", 3) == "3 Läufe"


def test_the_first_wanted_language_that_is_there_is_taken(tmp_path: Path) -> None:
    catalogues = german(tmp_path)
    assert catalogues.choose(None, "fr", "de-AT", "en").language == "de"
    assert catalogues.choose("pt-BR").language == "en"
    assert catalogues.choose(discord.Locale.german).language == "de"
    assert catalogues.choose(discord.Locale.american_english, "de").language == "en"


def test_a_sentence_that_is_not_translated_is_english(tmp_path: Path) -> None:
    assert german(tmp_path).choose("de").say("Edit {what}", what="it") == "Edit it"


def test_english_counts_in_singular_and_plural() -> None:
    words = Catalogues().choose("en")
    assert [words.count("{n} run", "{n} runs", n) for n in (0, 1, 2)] == ["0 runs", "1 run", "2 runs"]


async def test_discord_is_told_names_of_commands_in_the_languages_on_offer(tmp_path: Path) -> None:
    translator = CommandTranslator(german(tmp_path))
    group = app_commands.Group(name="run", description="Runs")
    context: app_commands.TranslationContextTypes = app_commands.TranslationContext(
        app_commands.TranslationContextLocation.group_name, data=group
    )
    asked = app_commands.locale_str("Cheer")
    assert await translator.translate(asked, discord.Locale.german, context) == "Anfeuern"
    assert await translator.translate(asked, discord.Locale.french, context) is None
    assert await translator.translate(app_commands.locale_str("none"), discord.Locale.german, context) is None
