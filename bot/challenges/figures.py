"""Figures as people type them in a form: "1 000,50", "1'000", "12.5"; refused where they can mean two numbers."""

from __future__ import annotations

import re

from bot.errors import Refusal

_GROUPED = re.compile(r"[0-9]{1,3}(?:([., '])[0-9]{3})(?:\1[0-9]{3})*", re.ASCII)
_DECIMAL = re.compile(r"([0-9]{0,16})(?:[.,]([0-9]*))?", re.ASCII)


def split_figures(typed: str, *, thousandths: bool = False) -> tuple[str, str] | None:
    """The digits before and after the decimal sign; None where it is no number.

    "1,000" can be a thousand or one with three decimals: raises Refusal. `thousandths`: three decimals are usual
    here, so that a point with three digits is a decimal one.
    """
    grouped = _GROUPED.fullmatch(typed)
    if grouped and typed[0] != "0":
        sign = grouped[1]
        if sign in " '" or typed.count(sign) > 1:
            return re.sub("[^0-9]", "", typed), ""
        if not (thousandths and sign == "."):
            raise Refusal("I can't tell thousands from decimals there. Type it without a sign, like 1000.")
    # the last sign parts decimals where another one parts thousands before it: "1,000.50", "1'000,50"
    cut = max(typed.rfind("."), typed.rfind(","))
    if cut > 0 and (groups := _GROUPED.fullmatch(typed[:cut])) and groups[1] != typed[cut]:
        typed = re.sub("[^0-9]", "", typed[:cut]) + typed[cut:]
    match = _DECIMAL.fullmatch(typed)
    if match is None or not (match[1] or match[2]):
        return None
    return match[1], match[2] or ""
