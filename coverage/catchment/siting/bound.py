"""What no plan can exceed: the Lagrangian bound, in whole numbers, for every number of sites at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.siting import _kernels_bound
from catchment.siting.selection import Selection, most_valuable

if TYPE_CHECKING:
    from collections.abc import Callable

    from catchment.model import Floats, Ints, Mask
    from catchment.siting.cover import CoverProblem

_EXACT = 44  # prices together have so many bits: any sum of 512 of them is exact in 53, and whole sums fit in 63
_MEMORY = 0.95  # share of the old direction in the new one
_PATIENCE = 100  # rounds without a better bound before the step is halved
_SMALLEST_STEP = 1e-4


@dataclass(frozen=True, eq=False)
class Bound:
    """Prices that prove how many people a plan of so many sites can cover at most, and which sites it may have."""

    price: Floats
    """What serving each class is worth to a site, whole numbers of 1/``scale`` unit, shape (classes,)."""
    scale: int
    units: int
    """No plan covers more people [1/1024 person]."""
    out: Mask
    """Sites of no plan that covers more people than the one known, shape (sites,)."""
    sure: Mask
    """Sites of every plan that covers more people than the one known, shape (sites,)."""
    rounds: int
    """How many were taken."""


def lagrangian_bound(
    problem: CoverProblem,
    budget: int,
    *,
    covered_units: int,
    price_units: Floats | None = None,
    rounds: int = 20_000,
    stopped: Callable[[], bool] = lambda: False,
    watch: Callable[[int], None] | None = None,
    choose: Callable[[Floats, Selection | None], Selection] | None = None,
) -> Bound:
    """
    A bound near that of the linear relaxation, with no linear program solved.

    For any prices 0 <= price <= units of the classes, a plan y of at most p sites covers at most

        sum of (units - price) over classes + sum of the p largest site values,

    where the value of a site is what its classes are priced at together: a class that is served pays its price at
    least once, and one that is not pays nothing. Prices are whole numbers of a fraction of a unit, so that the bound
    is evaluated without rounding; it is then rounded down to what people can add up to, which keeps it a bound. The
    prices follow a deflected subgradient (classes that the p best sites serve more than once become cheaper) by
    Polyak's step towards the plan known.

    A site whose presence, or absence, lowers the bound so far that no better plan is left is out, or sure.

    Parameters
    ----------
    problem
        Whom to serve.
    budget
        At most so many sites, fewer than there are.
    covered_units
        What a plan that is known covers; only better ones are of interest [1/1024 person].
    price_units
        Prices to begin with, by class [1/1024 person], shape (classes,).
    rounds
        At most so many.
    stopped
        Asked now and then; true ends the work with the best bound found so far.
    watch
        Told of that bound now and then, for whoever interrupts the work [1/1024 person].
    choose
        The choice of sites worth most at given values, after the choice before it: by default the ``budget`` largest
        ones. With it the bound is for plans that keep to what it keeps to.

    References
    ----------
    Galvao, ReVelle (1996), https://doi.org/10.1016/0377-2217(94)00159-6; Held, Wolfe, Crowder (1974).

    Examples
    --------
    Of three sites that serve {0, 1}, {1, 2} and {2}, people 10, 20 and 40, two cover 70 at most, and so does a plan.

    >>> from catchment.siting.cover import problem_of_pairs
    >>> problem = problem_of_pairs([0, 0, 1, 1, 2], [0, 1, 1, 2, 2], [10, 20, 40], np.zeros((3, 2)))
    >>> lagrangian_bound(problem, 2, covered_units=70).units
    70
    """
    step_units = max(int(np.gcd.reduce(problem.units)), 1)
    scale = _scale(problem)
    whole = problem.units * float(scale)
    first = _first_prices(problem, budget) if price_units is None else price_units
    price: Floats = np.clip(np.rint(first * scale), 0, whole)
    target = (covered_units // step_units + 1) * step_units * scale
    direction, best, best_price = np.zeros(len(whole)), math.inf, price
    out, sure = np.zeros(len(problem), bool), np.zeros(len(problem), bool)
    step, waited, taken = 1.0, 0, 0
    chosen: Selection | None = None
    while taken < rounds and step >= _SMALLEST_STEP and best >= target and not (taken % 16 == 0 and stopped()):
        if watch is not None and taken and taken % 16 == 0:
            watch(int(best) // scale)
        taken += 1
        value = _kernels_bound.site_values(problem.site_ptr, problem.site_class, price)
        chosen = most_valuable(value, budget) if choose is None else choose(value, chosen)
        top, bound = chosen.sites, int(whole.sum() - price.sum()) + chosen.worth
        moved = bound - chosen.loss < target
        sure[top] |= moved[top]
        moved[top] = False
        out |= moved
        waited = 0 if bound < best - 1e-6 * abs(best) else waited + 1
        if bound < best:
            best, best_price = bound, price
        if waited > _PATIENCE:
            step, waited, price = step / 2, 0, best_price
            direction[:] = 0
        served = _kernels_bound.times_served(problem.site_ptr, problem.site_class, top, len(whole))
        direction = _MEMORY * direction + (1 - _MEMORY) * (served - 1)
        free = np.where(((price <= 0) & (direction > 0)) | ((price >= whole) & (direction < 0)), 0, direction)
        length = float(np.square(free).sum())  # a BLAS product would depend on how many threads it takes
        if length == 0:
            break
        price = np.clip(np.rint(price - step * (bound - covered_units * scale) / length * free), 0, whole)
    units = min(int(best) // scale if taken else problem.coverable_units, problem.coverable_units)
    return Bound(best_price, scale, units // step_units * step_units, out, sure, taken)


def plain_bound(problem: CoverProblem) -> Bound:
    """The bound of full prices: no plan covers more than its sites do one by one, nor more than all sites together."""
    nothing = np.zeros(len(problem), bool)
    return Bound(problem.units.astype(np.float64), 1, problem.coverable_units, nothing, nothing, 0)


def bound_curve(problem: CoverProblem, bound: Bound, most: int) -> Ints:
    """
    What no plan of 0, 1, ... ``most`` sites can exceed, all from one vector of prices [1/1024 person].

    Near the budget that the prices were found for it is as good as their bound; elsewhere it is looser, never wrong.

    Parameters
    ----------
    problem, bound
        A problem, and prices of its classes from ``lagrangian_bound``.
    most
        The largest number of sites.

    Returns
    -------
    Never falling, and rising less and less but for rounding, shape (most + 1,).

    Examples
    --------
    >>> from catchment.siting.cover import problem_of_pairs
    >>> problem = problem_of_pairs([0, 0, 1, 1, 2], [0, 1, 1, 2, 2], [10, 20, 40], np.zeros((3, 2)))
    >>> bound_curve(problem, lagrangian_bound(problem, 2, covered_units=70), 3).tolist()
    [0, 60, 70, 70]
    """
    step_units = max(int(np.gcd.reduce(problem.units)), 1)
    proven = _prefix_bounds(problem, bound.price, bound.scale, most)
    plain = _prefix_bounds(problem, problem.units.astype(np.float64), 1, most)
    curve: Ints = np.minimum(np.minimum(proven, plain) // step_units * step_units, problem.coverable_units)
    return curve


def _prefix_bounds(problem: CoverProblem, price: Floats, scale: int, most: int) -> Ints:
    """What the prices allow plans of 0, 1, ... sites, rounded down, shape (most + 1,)."""
    value = np.sort(_kernels_bound.site_values(problem.site_ptr, problem.site_class, price))[::-1]
    worth = np.zeros(most + 1, np.int64)
    worth[1 : len(value) + 1] = value[:most]
    unserved = int(problem.units.sum()) * scale - int(price.sum())
    total: Ints = np.cumsum(worth) + unserved
    bounds: Ints = total // scale
    return bounds


def _scale(problem: CoverProblem) -> int:
    """Into how many parts a unit is divided, a power of two."""
    bits = int(problem.units.sum()).bit_length()
    return 1 << min(max(_EXACT - bits, 0), 20)


def _first_prices(problem: CoverProblem, budget: int) -> Floats:
    """The more sites serve a class, the less each of them gets for it."""
    serving = np.maximum(np.diff(problem.of_classes[0]), 1)
    share: Floats = np.minimum(1.0, len(problem) / (budget * serving))
    return problem.units.astype(np.float64) * share
