"""Money as typed: exact in the minor unit, and never a currency that was not meant."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.challenges.money import (
    MOST_MINOR,
    Money,
    currencies,
    currency_near,
    digits_of,
    format_money,
    read_money,
    type_money,
)
from bot.challenges.rules import metres_for, pledged
from bot.errors import Refusal
from bot.ui.doors import sentence_of
from bot.words import Catalogues

ENGLISH = Catalogues().choose("en")
codes = st.sampled_from(sorted(currencies()))
minors = st.integers(1, MOST_MINOR)


def refused(text: str, default: str | None = None) -> str:
    with pytest.raises(Refusal) as refusal:
        read_money(text, default_currency=default)
    return sentence_of(refusal.value, ENGLISH)


@pytest.mark.parametrize(
    ("typed", "minor", "currency"),
    [
        ("0.50 EUR", 50, "EUR"),
        ("0,50 €", 50, "EUR"),
        ("€1", 100, "EUR"),
        (".5€", 50, "EUR"),
        ("5. eur", 500, "EUR"),
        ("1 zł", 100, "PLN"),
        ("2 Euros", 200, "EUR"),
        ("£0.10", 10, "GBP"),
        ("CHF 1'000", 100_000, "CHF"),
        ("R$ 2,5", 250, "BRL"),
        ("US$3", 300, "USD"),
        ("$3 CAD", 300, "CAD"),
        ("1 000,50 EUR", 100_050, "EUR"),
        ("1,000.50 USD", 100_050, "USD"),
        ("1.000,50 EUR", 100_050, "EUR"),
        ("1,000,000 JPY", 1_000_000, "JPY"),
        ("12 JPY", 12, "JPY"),
        ("1.5 KWD", 1_500, "KWD"),
        ("1.505 KWD", 1_505, "KWD"),
        ("0.500 EUR", 50, "EUR"),
        ("٥ eur", 500, "EUR"),
        ("5\u202f000 €", 500_000, "EUR"),
    ],
)
def test_an_amount_is_read_as_people_write_it(typed: str, minor: int, currency: str) -> None:
    assert read_money(typed) == Money(minor, currency)


@given(codes, minors)
def test_what_is_typed_for_a_form_reads_back_to_the_last_coin(currency: str, minor: int) -> None:
    assert read_money(type_money(minor, currency)) == Money(minor, currency)


@given(codes, minors)
def test_minor_units_are_exactly_the_decimal_that_was_typed(currency: str, minor: int) -> None:
    amount = Decimal(minor) / 10 ** digits_of(currency)
    read = read_money(f"{amount:.4f} {currency}")
    assert Decimal(read.minor) == amount * 10 ** digits_of(currency)


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
@given(data=st.data())
@settings(max_examples=40)
def test_a_part_of_the_smallest_coin_is_refused_and_never_rounded(currency: str, data: st.DataObject) -> None:
    digits = digits_of(currency)
    part = data.draw(st.integers(1, 99_999).filter(lambda n: n % 10))
    typed = f"0.{'0' * digits}{part} {currency}" if digits else f"3.{part:05} {currency}"
    assert f"steps of {Decimal(1).scaleb(-digits):f}" in refused(typed)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("0.005 EUR", "Amounts in EUR go in steps of 0.01."),
        ("0.5 JPY", "Amounts in JPY go in steps of 1."),
        ("1.5005 KWD", "Amounts in KWD go in steps of 0.001."),
        ("0 EUR", "more than zero"),
        ("0.00 €", "more than zero"),
        ("-1 EUR", "more than zero"),
        ("€ −3", "more than zero"),
        ("1,000 EUR", "thousands from decimals"),
        ("1.000 EUR", "thousands from decimals"),
        ("1,505 KWD", "thousands from decimals"),
        ("200000000000 EUR", "more money than a pledge can be"),
        (f"{10**20} EUR", "not an amount I can read"),
        ("9" * 500 + " EUR", "not an amount I can read"),
        ("", "not an amount I can read"),
        ("EUR", "not an amount I can read"),
        ("1e3 EUR", "not an amount I can read"),
        ("½ EUR", "not an amount I can read"),
        ("1.2.3 EUR", "not an amount I can read"),
        ("1.2,345.6 EUR", "not an amount I can read"),
        ("5² EUR", "I don't know the currency"),
        ("5 BTC", "I don't know the currency btc"),
        ("5 DEM", "I don't know the currency dem"),
        ("5 XAU", "I don't know the currency xau"),
        ("5 @everyone", "I don't know the currency @\u2060everyone"),
        ("5", "Say the currency too"),
        ("€5 USD", "two currencies"),
        ("$1", "Several currencies go by that sign"),
        ("kr.5", "Several currencies go by that sign"),
        ("5 kr", "Several currencies go by that sign"),
        ("¥500", "Several currencies go by that sign"),
        ("$1 SEK", "two currencies"),
    ],
)
def test_what_is_no_clear_amount_is_refused_in_words(typed: str, says: str) -> None:
    assert says in refused(typed)


@pytest.mark.parametrize(
    ("typed", "default", "currency"),
    [
        ("5", "USD", "USD"),
        ("$5", "CAD", "CAD"),
        ("5 kr", "NOK", "NOK"),
        ("5 zł", "USD", "PLN"),
        ("¥5", "JPY", "JPY"),
    ],
)
def test_the_usual_currency_is_meant_where_nothing_says_another(
    typed: str, default: str, currency: str
) -> None:
    assert read_money(typed, default_currency=default).currency == currency


def test_a_sign_that_the_usual_currency_does_not_share_stays_unclear() -> None:
    assert "Several currencies" in refused("$5", "EUR")


@given(st.text(max_size=60))
def test_whatever_is_typed_is_an_amount_or_a_refusal(typed: str) -> None:
    try:
        read = read_money(typed)
    except Refusal:
        return
    assert 0 < read.minor <= MOST_MINOR
    assert read.currency in currencies()


@pytest.mark.parametrize(
    ("zone", "language", "currency"),
    [
        ("Europe/Berlin", "en", "EUR"),
        ("Europe/London", "en-US", "GBP"),
        ("America/Toronto", "en", "CAD"),
        ("Asia/Tokyo", "de", "JPY"),
        ("UTC", "pt-BR", "BRL"),
        ("UTC", "en", None),
    ],
)
def test_the_currency_near_is_that_of_the_zone_then_that_of_the_language(
    zone: str, language: str, currency: str | None
) -> None:
    assert currency_near(zone, language) == currency


@pytest.mark.parametrize(
    ("minor", "currency", "language", "shown"),
    [
        (50, "EUR", "en", "€0.50"),
        (123_450, "EUR", "de", "1.234,50\xa0€"),
        (1_200, "JPY", "en", "¥1,200"),
        (1_505, "KWD", "en", "KWD\xa01.505"),
        (100, "CAD", "en", "CA$1.00"),
        (10**13, "EUR", "en", "€100,000,000,000.00"),
    ],
)
def test_money_shows_as_the_language_writes_it(minor: int, currency: str, language: str, shown: str) -> None:
    assert format_money(minor, currency, language) == shown


@given(st.integers(0, 2 * 10**9), codes, st.integers(1, 10**9), st.integers(0, 10**12))
def test_what_is_pledged_is_exact_and_never_more_than_was_run_or_than_the_cap(
    metres: int, currency: str, per_km: int, more: int
) -> None:
    cap = per_km + more
    coin = Decimal(1).scaleb(-digits_of(currency))
    exact = Decimal(metres) / 1_000 * per_km * coin
    total = pledged(metres, per_km, cap) * coin
    assert total == min(cap * coin, exact.quantize(coin, ROUND_FLOOR))
    assert total <= exact
    assert (metres >= metres_for(cap, per_km)) == (total == cap * coin)
