"""Smaller problems with the same best plans: what decides nothing is left out, what is equal is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.crowd import pointers
from catchment.geo.order import z_order
from catchment.siting import _kernels_cover
from catchment.siting.cover import CoverProblem, some_sites

if TYPE_CHECKING:
    from catchment.model import Floats, Indices, Ints, Mask


@dataclass(frozen=True, eq=False)
class Reduced:
    """A smaller problem, and where its sites and classes come from."""

    problem: CoverProblem
    site: Indices
    """The site of the larger problem that each is, shape (sites,)."""
    class_of: Indices
    """The class here of each of the larger problem, -1 where it decides nothing, shape (classes of the larger,)."""


def reduced(problem: CoverProblem, *, sites: Indices | None = None, served: Mask | None = None) -> Reduced:
    """
    A problem whose plans of at most so many sites cover as many people as those of the larger one, and no more.

    Classes of nobody and of no site are left out, classes served by the same sites become one, and so do sites: one
    whose classes another serves too is not needed. That is so where only the number of sites is limited; with
    quotas, costs or distances between sites the other one might not be free to stand for it. Left-out classes make
    more sites equal, and left-out sites more classes, so it is done until nothing changes.

    Parameters
    ----------
    problem
        The larger one.
    sites
        Only these sites, in this order; by default all in an order in space, which is the same however the problem's
        own are ordered.
    served
        Classes that are served already and count no more, shape (classes,).

    Examples
    --------
    Three sites serve classes {0, 1}, {1} and {2, 3}; nobody is in the last class.

    >>> from catchment.siting.cover import problem_of_pairs
    >>> row = [(0, 0), (1, 0), (2, 0)]
    >>> problem = problem_of_pairs([0, 0, 1, 2, 2], [0, 1, 1, 2, 3], [1, 2, 4, 0], row)
    >>> small = reduced(problem)
    >>> small.site.tolist(), small.problem.units.tolist(), small.class_of.tolist()
    ([0, 2], [3, 4], [0, 0, 1, -1])
    """
    site = in_space(problem) if sites is None else sites
    counted = problem.units > 0
    if served is not None:
        counted &= ~served
    part, class_of = merged(problem, site, counted)
    while True:
        replaced = _kernels_cover.replaced_sites(part.site_ptr, part.site_class, *part.of_classes)
        if not replaced.any():
            return Reduced(part, site.astype(np.int32), class_of)
        left = np.flatnonzero(~replaced)
        site = site[left]
        part, again = merged(part, left, np.ones(len(part.units), bool))
        class_of = np.where(class_of >= 0, again[class_of], -1).astype(np.int32) if len(again) else class_of


def in_space(problem: CoverProblem) -> Ints:
    """Sites along a curve through space; those in one place by what they serve, then by their own order."""
    xy = problem.xy
    value = _kernels_cover.alone(problem.site_ptr, problem.site_class, problem.units)
    order = np.lexsort((-value, xy[:, 1], xy[:, 0]))
    return order[z_order(_on_globe(xy[order]))]


def _on_globe(xy: Floats) -> Floats:
    """The plane shrunk to the square that the curve runs through."""
    if not len(xy):
        return xy
    low, high = xy.min(axis=0), xy.max(axis=0)
    square: Floats = (xy - low) / max(float((high - low).max()), 1e-300) * 90
    return square


def merged(problem: CoverProblem, site: Ints | Indices, counted: Mask) -> tuple[CoverProblem, Indices]:
    """Some sites and the classes counted, equal classes merged, and the class there of each class here, -1 without."""
    part = some_sites(problem, site)
    kept = counted[part.site_class]
    number = part.site_class[kept]
    owner = np.repeat(np.arange(len(site)), np.diff(part.site_ptr))[kept]
    site_ptr = pointers(np.bincount(owner, minlength=len(site)))
    ptr, sites = _kernels_cover.transposed(site_ptr, number, len(problem.units))
    first, label = _equal_classes(ptr, sites)
    units = np.zeros(len(first), np.int64)
    found = label >= 0
    np.add.at(units, label[found], problem.units[found])
    of_first = np.full(len(problem.units), -1, np.int32)
    of_first[first] = np.arange(len(first))
    new = of_first[number]
    site_ptr = pointers(np.bincount(owner[new >= 0], minlength=len(site)))
    by_site = np.lexsort((new[new >= 0], owner[new >= 0]))
    return CoverProblem(site_ptr, new[new >= 0][by_site], units, part.xy), label


def _equal_classes(ptr: Ints, sites: Indices) -> tuple[Ints, Indices]:
    """
    One class of each lot that the same sites serve, in the order of their first sites, and the lot of each class.

    Two keys of 64 bits bring equal sets together; sets are then compared, so that no chance of the keys can merge
    what differs.
    """
    some = np.flatnonzero(np.diff(ptr))
    keys = _kernels_cover.set_keys(ptr, sites)[some]
    some = some[np.lexsort((some, keys[:, 1], keys[:, 0], sites[ptr[some]]))]
    new = np.ones(len(some), bool)
    new[1:] = ~_kernels_cover.equal_sets(ptr, sites, some[:-1], some[1:])
    label = np.full(len(ptr) - 1, -1, np.int32)
    label[some] = np.cumsum(new) - 1
    return some[new], label
