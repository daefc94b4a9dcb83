"""Money as people type and read it; inside it is whole minor units of a currency (cents, or whole yen).

Which currencies there are and how many decimals they have is Babel's knowledge (CLDR); all arithmetic is exact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from babel.core import get_global
from babel.numbers import format_currency, get_currency_precision

from bot.challenges.figures import split_figures
from bot.errors import Refusal
from bot.locales import locale_of, plain

MOST_MINOR: Final = 10**13  # above it is a slip of the hand in every currency
_LONGEST_TYPED = 40

# Signs that people type for one currency. One that several use stands in `_SHARED`: there the code has to be said.
_SIGNS: Final[Mapping[str, str]] = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "us$": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD",
    "ca$": "CAD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "mx$": "MXN", "r$": "BRL", "nt$": "TWD", "zł": "PLN",
    "zl": "PLN", "kč": "CZK", "ft": "HUF", "₹": "INR", "₺": "TRY", "₴": "UAH", "₩": "KRW", "₪": "ILS", "฿": "THB",
    "₫": "VND", "₱": "PHP", "₦": "NGN", "₽": "RUB", "₸": "KZT", "₾": "GEL", "₼": "AZN", "₵": "GHS", "₡": "CRC",
    "₲": "PYG", "₮": "MNT", "cn¥": "CNY", "jp¥": "JPY", "円": "JPY", "元": "CNY", "yen": "JPY",
    "pound": "GBP", "pounds": "GBP", "quid": "GBP",
}  # fmt: skip
_DOLLARS: Final = frozenset({
    "USD", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "FJD", "GYD", "HKD", "JMD", "KYD", "LRD", "NAD", "NZD",
    "SBD", "SGD", "SRD", "TTD", "TWD", "XCD", "ARS", "CLP", "COP", "CUP", "DOP", "MXN", "UYU",
})  # fmt: skip
_FRANCS: Final = frozenset({"CHF", "XAF", "XOF", "XPF", "BIF", "DJF", "GNF", "KMF", "RWF"})
_KRONOR: Final = frozenset({"SEK", "NOK", "DKK", "ISK"})
_SHARED: Final[Mapping[str, frozenset[str]]] = {
    "$": _DOLLARS,
    "dollar": _DOLLARS,
    "dollars": _DOLLARS,
    "kr": _KRONOR,
    "kr.": _KRONOR,
    "¥": frozenset({"JPY", "CNY"}),
    "￥": frozenset({"JPY", "CNY"}),
    "fr": _FRANCS,
    "fr.": _FRANCS,
    "rs": frozenset({"INR", "PKR", "LKR", "NPR", "MUR", "SCR"}),
    "lei": frozenset({"RON", "MDL"}),
}

# What people say around an amount: by what, and that it is the most.
_BY_KILOMETRE = re.compile(
    r" ?(?:/|\b(?:per|a|an|each|every|for each)\b) ?(?:km|k|kms|kilomet(?:er|re)s?)\.?$"
)
_BY_MILE = re.compile(r" ?(?:/|\b(?:per|a|each|every|for each)\b) ?(?:mi|miles?)\.?$")
_AT_MOST = re.compile(r"^(?:up to|at most|max\.?|maximum) | (?:max\.?|maximum|at most)$")
_NO_COINS = re.compile(r"(?<=[0-9])[.,]-+(?![0-9])")  # "5,-" and "CHF 1.-"
_CENTS: Final = frozenset({"c", "ct", "cts", "cent", "cents", "¢"})

_MONEY = re.compile(
    r"(?P<before>[^0-9]*?) ?(?P<number>(?:(?<![a-z])[.,])?[0-9][0-9.,' ]*)(?P<after>[^0-9]*)", re.ASCII
)
# Babel leaves out the space that CLDR puts between a code and its figures.
_CODE_BESIDE_FIGURES = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` is whole minor units (more than 0) of `currency`, an ISO 4217 code."""

    minor: int
    currency: str


@lru_cache(maxsize=1)
def currencies() -> frozenset[str]:
    """The codes of every currency that is money somewhere today."""
    return frozenset(
        code
        for used in get_global("territory_currencies").values()
        for code, _since, until, tender in used
        if until is None and tender
    )


def currency_of(territory: str | None) -> str | None:
    """What people pay with in a territory (ISO 3166), the one used longest where there are several; else None."""
    used = get_global("territory_currencies").get(territory or "", ())
    return next((code for code, _since, until, tender in used if until is None and tender), None)


def currency_near(zone: str, language: str) -> str | None:
    """What people pay with where a time zone is, else where a language is spoken ("pt-BR"); None where neither says."""
    territory = get_global("zone_territories").get(zone)
    return currency_of(territory) or currency_of(locale_of(language).territory)


def digits_of(currency: str) -> int:
    """How many decimals a currency has: 2 for EUR, 0 for JPY, 3 for KWD."""
    return get_currency_precision(currency)


def read_money(text: str, *, default_currency: str | None = None) -> Money:
    """What a person typed as an amount: "0.50 EUR", "€1", "1 zł", "12,50", "CHF 1'000".

    `default_currency` is meant where no currency is named, or by a sign that several share, such as "$".
    Raises Refusal in words: what is no amount, an unknown or unclear currency, parts smaller than its smallest coin.
    """
    typed = _bare(plain(text, _LONGEST_TYPED) or "")
    if "-" in typed and any(character.isdigit() for character in typed):
        raise _nothing()
    match = _MONEY.fullmatch(typed)
    if match is None:
        raise _unreadable()
    before, number, after = (match[part].strip() for part in ("before", "number", "after"))
    coin = None if before else _coin_of(after, default_currency)
    if coin is not None:
        minor, currency = _whole_coins(number), coin
    else:
        currency = _currency([before, after], default_currency)
        minor = _minor(number, currency)
    if minor < 1:
        raise _nothing()
    if minor > MOST_MINOR:
        raise Refusal("That is more money than a pledge can be. Check the number.")
    return Money(minor, currency)


def format_money(minor: int, currency: str, language: str) -> str:
    """Minor units as a language writes them: "€0.50", "0,50 €", "¥1,200"."""
    shown = format_currency(decimal_of(minor, currency), currency, locale=locale_of(language))
    return _CODE_BESIDE_FIGURES.sub("\N{NO-BREAK SPACE}", shown)


def type_money(minor: int, currency: str) -> str:
    """Minor units as one would type them, for a form: "0.50 EUR". `read_money` reads it back in every language."""
    amount = f"{decimal_of(minor, currency):f}"
    # three decimals could be thousands where the currency has two; where it has three they are what they look like
    return f"{amount.removesuffix('.00')} {currency}"


def decimal_of(minor: int, currency: str) -> Decimal:
    """Minor units as a number of the currency itself, exactly."""
    return Decimal(minor).scaleb(-digits_of(currency))


def _bare(typed: str) -> str:
    """The amount without what people say around it. Raises Refusal for one by the mile."""
    if _BY_MILE.search(typed):
        raise Refusal("Pledges go by the kilometre, in every group. A mile is about 1.61 of them.")
    return _NO_COINS.sub("", _AT_MOST.sub("", _BY_KILOMETRE.sub("", typed)))


def _coin_of(word: str, default: str | None) -> str | None:
    """The currency whose hundredths a word names; None for other words."""
    if word in ("p", "pence"):
        return "GBP"
    if word not in _CENTS:
        return None
    if default is None or digits_of(default) != 2:
        raise Refusal("Say the currency too: type it like 0.50 EUR or 1 USD.")
    return default


def _whole_coins(number: str) -> int:
    figures = split_figures(number)
    if figures is None or figures[1].strip("0"):
        raise _unreadable()
    return int(figures[0] or "0")


def _currency(signs: list[str], default: str | None) -> str:
    """The one currency that all signs name."""
    meant: frozenset[str] | None = None
    for sign in filter(None, signs):
        named = _named(sign)
        meant = named if meant is None else meant & named
    if meant is None:
        if default is None:
            raise Refusal("Say the currency too: type it like 0.50 EUR or 1 USD.")
        return default
    if not meant:
        raise Refusal("That names two currencies. Type it like 0.50 EUR or 1 USD.")
    if len(meant) == 1:
        return next(iter(meant))
    if default in meant:
        return default
    raise Refusal("Several currencies go by that sign. Type the code instead, like 1 USD or 1 CAD.")


def _named(sign: str) -> frozenset[str]:
    if sign in _SIGNS:
        return frozenset({_SIGNS[sign]})
    if sign in _SHARED:
        return _SHARED[sign]
    if sign.upper() in currencies():
        return frozenset({sign.upper()})
    raise Refusal(
        "I don't know the currency {currency}. Type its code of three letters, like 0.50 EUR or 1 USD.",
        currency=sign,
    )


def _minor(number: str, currency: str) -> int:
    """The exact minor units of a typed number. Raises Refusal for parts of one, and for what can mean two amounts."""
    digits = digits_of(currency)
    figures = split_figures(number, thousandths=digits == 3)
    if figures is None:
        raise _unreadable()
    whole, part = figures
    if part[digits:].strip("0"):
        raise Refusal(
            "Amounts in {currency} go in steps of {smallest}. Type it without smaller parts.",
            currency=currency,
            smallest=decimal_of(1, currency),
        )
    return int(whole + part[:digits].ljust(digits, "0"))


def _nothing() -> Refusal:
    return Refusal("An amount is more than zero. Type it like 0.50 EUR.")


def _unreadable() -> Refusal:
    return Refusal("That is not an amount I can read. Type it like 0.50 EUR, €1 or 5 USD.")
