"""How often the interval of a lift holds the truth, and how often a lift is claimed where there is none.

Runs are simulated: a mood before, rounded to the scale, and one after that is higher by the true lift and by an AR(1)
disturbance, rounded and cut off at the scale's ends. The truth is the mean difference of a long series without
autocorrelation, as rounding and the ends of the scale move it a little; autocorrelation does not.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import date
from statistics import fmean, stdev

from benchmarks.feelings_figure import Figure
from bot.moods.scales import MOOD
from bot.moods.statistics import LOOKS, Pair, autocorrelation, lift, lift_shown
from bot.moods.t_quantiles import t_quantile

AUTOCORRELATIONS = (0.0, 0.2, 0.4, 0.6)
NUMBERS = (8, 12, 20, 30, 40)
TRUE_LIFT, SPREAD, SPREAD_BEFORE = 0.8, 1.5, 1.5
RUNS = 100
_DAY = date(2026, 11, 18)


def simulated(
    chance: random.Random, n: int, autocorrelation_of: float, true_lift: float, spread: float = SPREAD
) -> Iterator[Pair]:
    """`n` runs of one person in the order of time."""
    disturbance = chance.gauss(0, spread)
    fresh = spread * math.sqrt(1 - autocorrelation_of**2)
    for number in range(n):
        before = _on_scale(chance.gauss(0, SPREAD_BEFORE))
        yield Pair(number, _DAY, before, _on_scale(before + true_lift + disturbance))
        disturbance = autocorrelation_of * disturbance + chance.gauss(0, fresh)


def _on_scale(value: float) -> int:
    return min(MOOD.most, max(MOOD.least, round(value)))


def coverage(people: int, n: int, phi: float, truth: float, chance: random.Random) -> tuple[float, float]:
    """The share of people whose 95% interval holds the truth: ours, and the plain t interval."""
    ours = plain = 0
    for _ in range(people):
        pairs = list(simulated(chance, n, phi, TRUE_LIFT))
        found = lift(pairs)
        assert found is not None
        assert found.interval95 is not None
        low, high = found.interval95
        ours += low <= truth <= high
        changes = [pair.change for pair in pairs]
        reach = t_quantile(n - 1, 95) * stdev(changes) / math.sqrt(n)
        plain += abs(fmean(changes) - truth) <= reach
    return ours / people, plain / people


def claimed(people: int, phi: float, true_lift: float, chance: random.Random) -> tuple[float, float]:
    """The share of people who at any look of 100 runs are told of a rise, and of a rise or a fall."""
    rises = either = 0
    looks = [look for look in LOOKS if look <= RUNS]
    for _ in range(people):
        pairs = list(simulated(chance, RUNS, phi, true_lift))
        claims = {lift_shown(pairs[:look], ()).claim for look in looks}
        rises += "rise" in claims
        either += bool(claims - {None})
    return rises / people, either / people


def the_truth(true_lift: float = TRUE_LIFT, draws: int = 200_000) -> float:
    """The mean difference as the scale shows it."""
    return fmean(pair.change for pair in simulated(random.Random(1), draws, 0.0, true_lift))


def figures(people: int = 4_000, seed: int = 1) -> list[Figure]:
    """The two rows, with the tables behind them printed first."""
    chance, truth = random.Random(seed), the_truth()
    print(
        f"95% interval of the lift, {people:,} people a cell: share that holds the truth (plain t interval)"
    )
    print("autocorrelation " + "".join(f"{f'n = {n}':>17}" for n in NUMBERS))
    worst, worst_alike = 1.0, 1.0
    for phi in AUTOCORRELATIONS:
        cells = [coverage(people, n, phi, truth, chance) for n in NUMBERS]
        measured = autocorrelation([each.change for each in simulated(chance, 50_000, phi, TRUE_LIFT)])
        print(
            f"{phi:.1f} (seen {measured:.2f})  "
            + "".join(f"{f'{ours:.3f} ({plain:.3f})':>17}" for ours, plain in cells),
            flush=True,
        )
        least = min(ours for ours, _ in cells)
        if phi == AUTOCORRELATIONS[-1]:
            worst_alike = least
        else:
            worst = min(worst, least)
    print(
        f"a lift claimed at any look of {RUNS} runs with none, {people:,} people: a rise (a rise or a fall)"
    )
    most = 0.0
    for phi in AUTOCORRELATIONS:
        rise, either = claimed(people, phi, 0.0, chance)
        most = max(most, rise)
        print(f"{phi:.1f}  {rise:.3f} ({either:.3f})", flush=True)
    found = claimed(people // 4, 0.3, TRUE_LIFT, chance)[0]
    print(f"and a true lift of {TRUE_LIFT} at 0.3 is claimed within {RUNS} runs for {found:.0%} of people")
    return [
        Figure(
            "coverage of the 95% interval, n = 8 to 40, autocorrelation to 0.4; at 0.6",
            f"{worst:.1%}; {worst_alike:.1%}",
            "90%; 85%",
            worst >= 0.90 and worst_alike >= 0.85,
        ),
        Figure(
            "false claims of a lift over 100 runs with none, worst autocorrelation of 0 to 0.6",
            f"{most:.1%} of people",
            "at most 5%",
            most <= 0.05,
        ),
    ]
