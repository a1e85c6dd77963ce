"""Which sites a plan would have at given prices: the choice inside the Lagrangian bound, and what each site moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from catchment.model import Floats, Ints, Mask

_ROOM = 1 << 48  # what a row may charge a site at most: sums of thousands of sites still fit in 63 bits
_FIRST = 16  # part of the largest value that a price moves by at first,
_GROWS, _SHRINKS = 1.02, 0.9  # and how that changes while it goes on, and when it turns


@dataclass(frozen=True, eq=False)
class Prices:
    """What the rows of a choice charge: whole numbers of 1/scale unit."""

    price: Floats
    """Of each row, not negative, shape (rows,)."""
    step: Floats
    """By how much it was moved last, shape (rows,)."""
    up: Mask
    """Whether upwards, shape (rows,)."""


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
    prices: Prices | None = None
    """Of the rows beside the cells, ``None`` without any."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Parts of the sites with no site in common, each with a least and a most number; and rows that are paid for."""

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
    rows: csr_array
    """Whole factors of the sites: money, and groups that share sites with others, shape (rows, sites)."""
    row_most: Ints
    """The factors of the chosen sites add up to no more, shape (rows,)."""


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
    The sites of the largest values that keep to their cells; what rows limit is paid for at a price.

    For any prices q >= 0 of the rows no choice is worth more than q * row_most + the best sum of value - q * factors.
    Each price follows whether the last choice kept its row, in steps that grow while it goes one way, so that calls
    one after another come near the best prices. Within cells with a least and a most number the best choice is greedy,
    and the best one with (or without) a given site differs from it in that site and one other at most (the exchange
    property of M-natural-concave functions; Murota 2003).

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

    >>> from scipy.sparse import csr_array
    >>> cell, least, most = np.array([0, 0, 1]), np.array([0, 1]), np.array([1, 1])
    >>> cells = Cells(cell, least, most, np.zeros(3, bool), 2, csr_array((0, 3)), np.zeros(0))
    >>> chosen = best_in_cells(cells, np.array([9.0, 7.0, 1.0]))
    >>> sorted(chosen.sites.tolist()), chosen.worth, chosen.loss.tolist()
    ([0, 2], 10, [2.0, 2.0, inf])
    """
    if not len(cells.row_most):
        chosen = _chosen(cells, value)
        return Selection(chosen, int(value[chosen].astype(np.int64).sum()), _loss(cells, value, chosen))
    prices = _prices(cells, value, before)
    net = value - cells.rows.T @ prices.price
    chosen = _chosen(cells, net)
    paid = sum(int(price) * most for price, most in zip(prices.price, cells.row_most.tolist(), strict=True))
    return Selection(chosen, int(net[chosen].astype(np.int64).sum()) + paid, _loss(cells, net, chosen), prices)


def _prices(cells: Cells, value: Floats, before: Selection | None) -> Prices:
    """The next prices: up where a row was exceeded, down where it was not used up, each by steps of its own."""
    largest = np.maximum(abs(cells.rows).max(axis=1).toarray().ravel(), 1)
    highest = np.floor(_ROOM / np.maximum(largest, np.abs(cells.row_most)))
    if before is None or before.prices is None:
        step = np.clip(np.floor(value.max(initial=0) / (_FIRST * largest)), 1, highest)
        return Prices(np.zeros(len(step)), step, np.ones(len(step), bool))
    known, chosen = before.prices, np.zeros(len(value))
    chosen[before.sites] = 1
    over = cells.rows @ chosen - cells.row_most
    up = over > 0
    step = np.where(up == known.up, known.step * _GROWS + 1, np.maximum(known.step * _SHRINKS, 1))
    step = np.minimum(np.floor(step), highest)
    return Prices(np.clip(known.price + np.sign(over) * step, 0, highest), step, up)


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
