"""What is counted and timed. Labels are names out of the program (commands, actions, kinds), never anybody's values.

Times are seconds by a clock that only grows. Each process has a registry of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

Outcome = Literal["ok", "refused", "limited", "unavailable", "trouble", "bug", "too_late"]
OTHER: Final = "other"
# Up to Discord's three seconds, and a little beyond them.
ANSWER_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0)
DATABASE_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0)
LATE_SECONDS = (1.0, 5.0, 15.0, 30.0, 60.0, 300.0, 1_800.0, 7_200.0, 86_400.0)
LAG_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
# What becomes of a try of a delivery so that it is due no more.
OVER = ("sent", "found", "refused", "not_sent")
# Answers of which the bot is not told within so long are forgotten.
REMEMBERED = 5_000


class Metrics:
    """All of them. Whoever counts calls a method; whoever asks gets `text`."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        interactions = Counter(
            "secondwind_interactions",
            "Commands, presses, forms and suggestions by name and by what became of them",
            ("kind", "name", "outcome"),
            registry=registry,
        )
        answers = Histogram(
            "secondwind_first_answer_seconds",
            "From the arrival of an interaction until Discord has its first answer",
            ("kind", "name"),
            buckets=ANSWER_SECONDS,
            registry=registry,
        )
        # every command goes through here: what has these labels is looked up once
        self._outcome, self._answer = cache(interactions.labels), cache(answers.labels)
        self._arrived: dict[int, tuple[float, str, str]] = {}
        self._make_deliveries(registry)
        self._make_beneath(registry)
        ProcessCollector(namespace="secondwind", registry=registry)

    def _make_deliveries(self, registry: CollectorRegistry) -> None:
        self._deliveries = Counter(
            "secondwind_deliveries",
            "Posts and reminders by kind and by what became of a try",
            ("kind", "outcome"),
            registry=registry,
        )
        self._late = Histogram(
            "secondwind_delivery_lateness_seconds",
            "How late what was sent was",
            ("kind",),
            buckets=LATE_SECONDS,
            registry=registry,
        )
        self._due = 0
        Gauge(
            "secondwind_deliveries_due",
            "Deliveries due and not sent yet, this process's share",
            registry=registry,
        ).set_function(lambda: self._due)

    def _make_beneath(self, registry: CollectorRegistry) -> None:
        rest = Counter(
            "secondwind_rest_requests",
            "Requests to Discord by the class of the answer",
            ("answer",),
            registry=registry,
        )
        database = Histogram(
            "secondwind_database_seconds",
            "Reads and writes: waiting for their turn, and at work",
            ("operation", "phase"),
            buckets=DATABASE_SECONDS,
            registry=registry,
        )
        self._rest = cache(rest.labels)
        self._phases = {
            operation: (database.labels(operation, "wait"), database.labels(operation, "work"))
            for operation in ("read", "write")
        }
        self._lag = Histogram(
            "secondwind_loop_lag_seconds",
            "How late the event loop comes back",
            buckets=LAG_SECONDS,
            registry=registry,
        )

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)

    def gauge(self, name: str, meaning: str, value: Callable[[], float]) -> None:
        """A figure that is looked up when somebody asks. Raises ValueError for a name that is there already."""
        Gauge(f"secondwind_{name}", meaning, registry=self.registry).set_function(value)

    def arrived(self, interaction: int, kind: str, name: str) -> None:
        """An interaction came in."""
        self._arrived[interaction] = (time.perf_counter(), kind, name)
        if len(self._arrived) > REMEMBERED:
            del self._arrived[next(iter(self._arrived))]

    def answered(self, interaction: int) -> None:
        """Discord has its first answer; a second one says nothing new."""
        known = self._arrived.pop(interaction, None)
        if known is not None:
            began, kind, name = known
            self._answer(kind, name).observe(time.perf_counter() - began)

    def ended(self, kind: str, name: str, outcome: Outcome) -> None:
        """What became of an interaction."""
        self._outcome(kind, name, outcome).inc()

    def due(self, count: int) -> None:
        """So many deliveries are due now; what becomes of each is told by `delivery`."""
        self._due = count

    def delivery(self, kind: str, outcome: str, late: float | None = None) -> None:
        """What became of a try of a delivery; `late` in seconds where it was sent."""
        self._deliveries.labels(kind, outcome).inc()
        if outcome in OVER:
            self._due = max(0, self._due - 1)
        if late is not None:
            self._late.labels(kind).observe(max(0.0, late))

    def rest(self, status: int | None) -> None:
        """An answer of Discord's; None: there was none."""
        answer = "none" if status is None else "429" if status == 429 else f"{status // 100}xx"
        self._rest(answer).inc()

    def transaction(self, operation: str, waited: float, took: float) -> None:
        """A read or a write: seconds until its turn, and at work."""
        wait, work = self._phases[operation]
        wait.observe(waited)
        work.observe(took)

    def lag(self, seconds: float) -> None:
        """So late the event loop came back."""
        self._lag.observe(max(0.0, seconds))
