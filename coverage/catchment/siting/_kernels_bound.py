"""Compiled loops of the Lagrangian bound: what sites are worth, and the step against classes served too often."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Indices = NDArray[np.int32]
Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def site_values(site_ptr: Ints, site_class: Indices, price: Floats) -> Floats:
    """Prices of all classes of each site together, shape (sites,); exact for whole prices below 2^53 together."""
    value = np.zeros(len(site_ptr) - 1)
    for site in range(len(value)):
        total = 0.0
        for entry in range(site_ptr[site], site_ptr[site + 1]):
            total += price[site_class[entry]]
        value[site] = total
    return value


@njit(cache=True, nogil=True)
def times_served(site_ptr: Ints, site_class: Indices, chosen: Ints, class_count: int) -> Floats:
    """How many of some sites serve each class, shape (classes,)."""
    times = np.zeros(class_count)
    for site in chosen:
        for entry in range(site_ptr[site], site_ptr[site + 1]):
            times[site_class[entry]] += 1
    return times
