"""Which sites a plan would have at given prices: the choice inside the Lagrangian bound, and what each site moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from catchment.model import Floats, Ints, Mask

_ROOM = 1 << 52  # whole numbers up to here are exact in floating point


@dataclass(frozen=True, eq=False)
class Selection:
    """The choice of sites that is worth most at given values."""

    sites: Ints
    """Indices, shape (k,)."""
    worth: int
    """No choice is worth more."""
    loss: Floats
    """By how much less a choice is worth at least that has this site, if it is not among ``sites``, or that has not,
    if it is; infinite if there is no such choice, shape (sites,)."""
    money: tuple[int, int, bool] = (0, 1, True)
    """The price of a unit of money, by how much it was changed last, and whether upwards."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Parts of the sites with no site in common, each with a least and a most number; and a purse for all."""

    cell: Ints
    """Of each site, shape (sites,)."""
    least: Ints
    """Shape (cells,)."""
    most: Ints
    """Shape (cells,)."""
    must: Mask
    """Sites of every choice, shape (sites,)."""
    budget: int
    """At most so many sites in all, no fewer than ``least`` and ``must`` ask for."""
    cost: Ints
    """Shape (sites,)."""
    most_cost: int | None


def most_valuable(value: Floats, budget: int) -> Selection:
    """
    The sites of the largest values; fewer than there are.

    Examples
    --------
    >>> chosen = most_valuable(np.array([5.0, 9.0, 7.0]), 2)
    >>> sorted(chosen.sites.tolist()), chosen.worth, chosen.loss.tolist()
    ([1, 2], 16, [2.0, 4.0, 2.0])
    """
    order = np.argpartition(value, len(value) - budget)
    top, rest = order[len(value) - budget :], order[: len(value) - budget]
    loss = value[top].min(initial=np.inf) - value
    loss[top] = value[top] - value[rest].max()
    return Selection(top, int(value[top].astype(np.int64).sum()), loss)


def best_in_cells(cells: Cells, value: Floats, before: Selection | None = None) -> Selection:
    """
    The sites of the largest values that keep to their cells; money is paid for at a price.

    For any price q >= 0 of money no choice is worth more than q * most_cost + the best sum of value - q * cost. The
    price follows what the last choice spent, so that calls one after another come near the best price. Within cells
    with a least and a most number the best choice is greedy, and the best one with (or without) a given site differs
    from it in that site and one other at most (the exchange property of M-natural-concave functions; Murota 2003).

    Parameters
    ----------
    cells
        What the choice keeps to.
    value
        Of each site, whole and not negative, shape (sites,).
    before
        The last choice, of the same cells at other values.

    Examples
    --------
    Sites 0 and 1 are one cell of at most one, site 2 another of at least one.

    >>> cells = Cells(np.array([0, 0, 1]), np.array([0, 1]), np.array([1, 1]), np.zeros(3, bool), 2, np.zeros(3), None)
    >>> chosen = best_in_cells(cells, np.array([9.0, 7.0, 1.0]))
    >>> sorted(chosen.sites.tolist()), chosen.worth, chosen.loss.tolist()
    ([0, 2], 10, [2.0, 2.0, inf])
    """
    money = _money(cells, value, before)
    net = value if cells.most_cost is None else value - float(money[0]) * cells.cost
    chosen = _chosen(cells, net)
    purse = 0 if cells.most_cost is None else money[0] * cells.most_cost
    return Selection(chosen, int(net[chosen].astype(np.int64).sum()) + purse, _loss(cells, net, chosen), money)


def _money(cells: Cells, value: Floats, before: Selection | None) -> tuple[int, int, bool]:
    """The next price of money: up while too much is spent, down while too little, in ever finer steps."""
    if not cells.most_cost:
        return 0, 1, True
    highest = _ROOM // cells.most_cost
    if before is None:
        return 0, min(max(int(value.max(initial=0)) // cells.most_cost, 1), highest), True
    price, step, was_up = before.money
    up = int(cells.cost[before.sites].sum()) > cells.most_cost
    step = min(2 * step, highest) if up == was_up else max(step // 3, 1)
    return (min(price + step, highest) if up else max(price - step, 0)), step, up


def _chosen(cells: Cells, net: Floats) -> Ints:
    order = np.lexsort((-net, ~cells.must, cells.cell))
    cell = cells.cell[order]
    rank = np.arange(len(order)) - np.searchsorted(cell, np.arange(len(cells.least)))[cell]
    forced = (rank < cells.least[cell]) | cells.must[order]
    free = order[~forced & (rank < cells.most[cell]) & (net[order] > 0)]
    sure = order[forced]
    room = max(cells.budget - len(sure), 0)
    chosen: Ints = np.concatenate([sure, free[np.argsort(-net[free], kind="stable")[:room]]])
    return chosen


def _loss(cells: Cells, net: Floats, chosen: Ints) -> Floats:
    """What moving each site in or out costs, with the best other site moved the other way."""
    inside = np.zeros(len(net), bool)
    inside[chosen] = True
    count = np.bincount(cells.cell[chosen], minlength=len(cells.least))
    cheapest, best = np.full(len(count), np.inf), np.full(len(count), -np.inf)
    np.minimum.at(cheapest, cells.cell[inside & ~cells.must], net[inside & ~cells.must])
    np.maximum.at(best, cells.cell[~inside], net[~inside])
    spare, open_ = count > cells.least, count < cells.most
    leaves = 0.0 if len(chosen) < cells.budget else cheapest[spare].min(initial=np.inf)
    comes = best[open_].max(initial=0.0)
    of_entry = np.minimum(cheapest, np.where(open_, leaves, np.inf))
    of_leave = np.maximum(best, np.where(spare, comes, -np.inf))
    loss: Floats = np.where(inside, net - of_leave[cells.cell], of_entry[cells.cell] - net)
    loss[inside & cells.must] = np.inf
    return loss
