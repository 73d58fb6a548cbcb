"""The limits of a funnel plot: how much the rates of businesses of a given size differ by chance.

Spiegelhalter, Funnel plots for comparing institutional performance (Statistics in Medicine 24, 2005): exact
binomial limits around the overall rate, widened if the businesses differ beyond chance
(overdispersion). Between whole numbers of clients the binomial tail is that of the incomplete beta function,
so the limits are smooth, and a count is outside exactly if its tail probability is small enough; the
interpolation of the paper puts 66 of 66 outside a centre of 97 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
LIMITS = (0.95, 0.998)
TRIMMED = 0.1
"""Share of the largest and of the smallest z that count as the next one (winsorised) in the spread."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a funnel plot: around the centre, at any number of clients.

    Parameters
    ----------
    centre : the share of all businesses together.
    spread : the overdispersion, 1 if businesses differ only by chance; limits are wider by its square root.
    """

    centre: float
    spread: float = 1.0

    def at(self, n: npt.ArrayLike, level: float) -> tuple[Floats, Floats]:
        """Return the lower and upper limit at each n, for a level such as 0.95; outside 0 to 1 if none is.

        >>> low, high = Limits(0.5).at([100], 0.95)
        >>> float(low[0].round(2)), float(high[0].round(2))
        (0.4, 0.6)
        """
        size = np.maximum(np.asarray(n, dtype=float), 1)
        if not 0 < self.centre < 1:  # all reached it, or nobody did: no business is outside
            return self.centre - 1 / size, self.centre + 1 / size
        high = _upper(size, self.centre, (1 - level) / 2)
        low = 1 - _upper(size, 1 - self.centre, (1 - level) / 2)
        wider = np.sqrt(self.spread)
        return self.centre - wider * (self.centre - low), self.centre + wider * (high - self.centre)


def _upper(n: Floats, centre: float, tail: float) -> Floats:
    """Return the smallest share x/n with P(X >= x) <= tail, by bisection; over 1 if there is none."""
    from scipy.special import betainc

    below, above = np.zeros(n.shape), n + 1
    for _ in range(50):
        middle = (below + above) / 2
        rare = betainc(np.maximum(middle, 1e-12), np.maximum(n - middle + 1, 1e-12), centre) <= tail
        below, above = np.where(rare, below, middle), np.where(rare, middle, above)
    found: Floats = above / n
    return found


def limits_of(reached: npt.ArrayLike, n: npt.ArrayLike) -> Limits:
    """Return the limits for some businesses at a step.

    The overdispersion is the mean of z², winsorised by a tenth on each side so that one outlier does not hide
    itself; never under 1.

    >>> limits_of([50, 50], [100, 100])
    Limits(centre=0.5, spread=1.0)
    """
    x, size = np.asarray(reached, dtype=float), np.asarray(n, dtype=float)
    known = size > 0
    x, size = x[known], size[known]
    centre = float(x.sum() / size.sum()) if len(size) else np.nan
    if len(size) < 3 or centre in (0.0, 1.0):
        return Limits(centre)
    z = np.sort((x - size * centre) / np.sqrt(size * centre * (1 - centre)))
    cut = int(np.ceil(len(z) * TRIMMED))
    z = np.clip(z, z[cut], z[-1 - cut])
    return Limits(centre, max(1.0, float(np.mean(z**2))))
