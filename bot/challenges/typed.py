"""Forms that were refused, so that each opens again as it was filled in: in memory alone, and for a while. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

KEPT_FOR: Final = timedelta(minutes=15)
MOST_KEPT: Final = 500


class Typed:
    """The latest refused forms; `whose` is group, person and which form."""

    def __init__(self) -> None:
        self._forms: OrderedDict[tuple[int, int, str], tuple[datetime, Mapping[str, str]]] = OrderedDict()

    def keep(self, whose: tuple[int, int, str], fields: Mapping[str, str], now: datetime) -> None:
        """Remember what was typed; beyond `MOST_KEPT` the oldest is forgotten."""
        self._forms[whose] = (now, dict(fields))
        self._forms.move_to_end(whose)
        while len(self._forms) > MOST_KEPT:
            self._forms.popitem(last=False)

    def look(self, whose: tuple[int, int, str], now: datetime) -> Mapping[str, str] | None:
        """What they typed; it stays, as a form can be closed again to look something up."""
        kept = self._forms.get(whose)
        return None if kept is None or now - kept[0] > KEPT_FOR else kept[1]

    def drop(self, whose: tuple[int, int, str]) -> None:
        """The form was taken."""
        self._forms.pop(whose, None)
