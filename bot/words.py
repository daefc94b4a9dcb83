"""Every word that people see: English in the code, other languages in gettext catalogues.

A language is offered when its catalogue lies in bot/locale/<language>/LC_MESSAGES/second_wind.mo; nothing else
has to change. `make words` extracts the English sentences into bot/locale/second_wind.pot.
"""

from __future__ import annotations

import gettext
from pathlib import Path

from babel import Locale
from babel.numbers import format_decimal
from discord import Locale as DiscordLocale
from discord import app_commands

from bot.locales import locale_of

DOMAIN = "second_wind"
SOURCE_LANGUAGE = "en"
LOCALE_DIRECTORY = Path(__file__).with_name("locale")


class Words:
    """The sentences of one language.

    The names `say` and `count` are what the catalogue's extraction looks for: write the English sentence out
    at the call, with named {places} for whatever changes.
    """

    def __init__(self, language: str, catalogue: gettext.NullTranslations) -> None:
        self.language = language
        self._catalogue = catalogue

    def say(self, message: str, /, **values: object) -> str:
        """The sentence in this language, its {places} filled."""
        translated = self._catalogue.gettext(message)
        return translated.format(**values) if values else translated

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """The form of the sentence that fits the number `n`, which also fills {n}, from 1,000 on with separators."""
        shown = str(n) if -1_000 < n < 1_000 else format_decimal(n, locale=self.locale)
        return self._catalogue.ngettext(one, many, n).format(n=shown, **values)

    @property
    def locale(self) -> Locale:
        """Babel's locale of this language, for dates and numbers."""
        return locale_of(self.language)


class Catalogues:
    """All languages that are there, and the choice among them."""

    def __init__(self, directory: Path = LOCALE_DIRECTORY) -> None:
        self._words = {SOURCE_LANGUAGE: Words(SOURCE_LANGUAGE, gettext.NullTranslations())}
        for compiled in sorted(directory.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")):
            language = compiled.parent.parent.name
            with compiled.open("rb") as file:
                self._words[language] = Words(language, gettext.GNUTranslations(file))

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages on offer, as BCP 47 tags, the source language first."""
        return tuple(self._words)

    def choose(self, *wanted: str | DiscordLocale | None) -> Words:
        """The words of the first wanted language that is on offer ("de-AT" takes "de"), else English."""
        for each in wanted:
            tag = str(each) if each else ""
            for candidate in (tag, tag.split("-", 1)[0]):
                if candidate in self._words:
                    return self._words[candidate]
        return self._words[SOURCE_LANGUAGE]


class CommandTranslator(app_commands.Translator):
    """Gives Discord the names and descriptions of commands in every language on offer."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: DiscordLocale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        words = self._catalogues.choose(locale)
        if words.language == SOURCE_LANGUAGE:
            return None
        translated = words.say(string.message)
        return None if translated == string.message else translated
