"""The dashboard and the alerts in docs/monitoring ask for metrics and labels that the bot has."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.clock import SystemClock
from bot.monitoring.watching import Watching

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "monitoring"
SCRAPED = {"instance", "job"}  # labels that Prometheus adds


def told(tmp_path: Path) -> tuple[set[str], dict[str, set[str]]]:
    """Every sample's name that a bot shows once each thing happened, and its labels."""
    watching = Watching(30)
    client: Any = SimpleNamespace(guilds=[], latencies=[], shards={})
    client.is_ready = client.is_closed = lambda: False
    watching.client(client, tmp_path, SystemClock())
    metrics = watching.metrics
    metrics.arrived(1, "command", "run log")
    metrics.answered(1)
    metrics.ended("command", "run log", "ok")
    metrics.delivery("reminder", "sent", 1.0)
    metrics.rest(200)
    metrics.transaction("write", 0.1, 0.1)
    metrics.lag(0.1)
    labels: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(metrics.text().decode()):
        for sample in family.samples:
            labels.setdefault(sample.name, set()).update(sample.labels)
    return set(labels), labels


def panels() -> list[dict[str, Any]]:
    dashboard = json.loads((FOLDER / "dashboard.json").read_text())
    return cast(list[dict[str, Any]], dashboard["panels"])


def alerts() -> list[str]:
    return re.findall(r"^ +expr: (.+)$", (FOLDER / "alerts.yml").read_text(), re.MULTILINE)


QUERIES = [target["expr"] for panel in panels() for target in panel["targets"]] + alerts()


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_what_the_bot_shows(query: str, tmp_path: Path) -> None:
    names, labels = told(tmp_path)
    asked = set(re.findall(r"\bsecondwind_\w+", query))
    assert asked <= names
    assert asked or query.startswith("up{")
    known = SCRAPED.union(*(labels[name] for name in asked))
    wanted = {part.strip() for group in re.findall(r"by \(([^)]*)\)", query) for part in group.split(",")}
    wanted.update(re.findall(r"(\w+)(?:=~|!=|=)\"", query))
    assert wanted <= known
    assert query.count("(") == query.count(")")
    assert query.count("{") == query.count("}")


def test_every_metric_is_on_the_dashboard_or_the_processs_own(tmp_path: Path) -> None:
    names, _ = told(tmp_path)
    shown = set(re.findall(r"\bsecondwind_\w+", " ".join(QUERIES)))
    base = {re.sub(r"_(bucket|count|sum|created)$", "", name) for name in names}
    base = {name for name in base if not name.startswith("secondwind_process_")}
    base = {name for name in base if f"{name}_total" not in base}
    assert base == {re.sub(r"_bucket$", "", name) for name in shown if "_process_" not in name}


def test_panels_do_not_lie_on_one_another() -> None:
    places: set[tuple[int, int]] = set()
    for panel in panels():
        grid = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(grid["x"], grid["x"] + grid["w"])
            for y in range(grid["y"], grid["y"] + grid["h"])
        }
        assert not cells & places
        assert grid["x"] + grid["w"] <= 24
        places |= cells


def test_every_alert_says_what_to_do() -> None:
    text = (FOLDER / "alerts.yml").read_text()
    count = text.count("- alert: ")
    assert count == len(alerts()) == text.count("summary: ") == text.count("description: ") > 0


def test_an_alert_on_the_first_of_a_kind_looks_for_counters_that_are_new() -> None:
    """`increase` sees nothing of a counter that was not there before: the bot's first show at 1."""
    firsts = [query for query in alerts() if "increase(" in query and "> 0" in query]
    assert len(firsts) == 3
    for query in firsts:
        counter, window = re.findall(r"increase\((.+?)\[(\w+)\]\)", query)[0]
        assert f"or ({counter} unless {counter} offset {window})" in query
