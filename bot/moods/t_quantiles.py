"""Two-sided quantiles of Student's t, from a table.

The rows are those of any statistical table (for instance NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2);
between them the quantile is interpolated in 1/df, in which it is nearly straight. Tests compare it with a numerical
integration of the density.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Final, Literal

Confidence = Literal[95, 99]

# Degrees of freedom, then the quantile that leaves out 5% and 1% on both sides together.
_TABLE: Final = (
    (1, 12.7062, 63.6567),
    (2, 4.3027, 9.9248),
    (3, 3.1824, 5.8409),
    (4, 2.7764, 4.6041),
    (5, 2.5706, 4.0321),
    (6, 2.4469, 3.7074),
    (7, 2.3646, 3.4995),
    (8, 2.3060, 3.3554),
    (9, 2.2622, 3.2498),
    (10, 2.2281, 3.1693),
    (11, 2.2010, 3.1058),
    (12, 2.1788, 3.0545),
    (13, 2.1604, 3.0123),
    (14, 2.1448, 2.9768),
    (15, 2.1314, 2.9467),
    (16, 2.1199, 2.9208),
    (17, 2.1098, 2.8982),
    (18, 2.1009, 2.8784),
    (19, 2.0930, 2.8609),
    (20, 2.0860, 2.8453),
    (22, 2.0739, 2.8188),
    (24, 2.0639, 2.7969),
    (26, 2.0555, 2.7787),
    (28, 2.0484, 2.7633),
    (30, 2.0423, 2.7500),
    (40, 2.0211, 2.7045),
    (60, 2.0003, 2.6603),
    (120, 1.9799, 2.6174),
)
_UNBOUNDED: Final = (1.9600, 2.5758)  # the normal distribution's
_DEGREES: Final = tuple(row[0] for row in _TABLE)


def t_quantile(df: float, confidence: Confidence) -> float:
    """How many standard errors an interval of this confidence reaches to each side.

    Args:
        df: degrees of freedom, at least 1; fractions are what an effective number of values comes to.
        confidence: per cent.

    Raises:
        ValueError: for fewer degrees of freedom.
    """
    if df < 1:
        raise ValueError("a t distribution has at least one degree of freedom")
    column = 1 if confidence == 95 else 2
    place = bisect_left(_DEGREES, df)
    if place < len(_TABLE) and _DEGREES[place] == df:
        return _TABLE[place][column]
    below = _TABLE[place - 1]
    above_inverse, above = (
        (1 / _TABLE[place][0], _TABLE[place][column])
        if place < len(_TABLE)
        else (0.0, _UNBOUNDED[column - 1])
    )
    share = (1 / below[0] - 1 / df) / (1 / below[0] - above_inverse)
    return below[column] + share * (above - below[column])
