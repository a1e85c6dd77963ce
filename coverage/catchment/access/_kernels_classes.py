"""Compiled loop of classes: stretches of people parted by the sources that reach them."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@njit(cache=True, nogil=True)
def split_by_sources(source_ptr: Ints, first: Ints, last: Ints, stretch_count: int) -> Ints:
    """
    A label for each stretch; two have the same if the same sources reach them.

    Run r of a source takes the stretches ``first[r]:last[r]``. Partition refinement: a source moves what it reaches
    of a class into a new one; labels of classes that are left empty are used again.

    Paige, Tarjan (1987), Three partition refinement algorithms, https://doi.org/10.1137/0216062.
    """
    label = np.zeros(stretch_count, np.int64)
    # There are never more classes than stretches, but those of one source stand beside the ones they come from.
    size = np.zeros(2 * stretch_count + 1, np.int64)
    child = np.full(len(size), -1, np.int64)
    free = np.arange(len(size) - 1, -1, -1)
    free_count = len(free) - 1  # label 0 is taken
    size[0] = stretch_count
    parents = np.empty(len(size), np.int64)
    for source in range(len(source_ptr) - 1):
        parent_count = 0
        for run in range(source_ptr[source], source_ptr[source + 1]):
            for stretch in range(first[run], last[run]):
                parent = label[stretch]
                if child[parent] < 0:
                    free_count -= 1
                    child[parent] = free[free_count]
                    parents[parent_count] = parent
                    parent_count += 1
                label[stretch] = child[parent]
                size[parent] -= 1
                size[child[parent]] += 1
        for entry in range(parent_count):
            parent = parents[entry]
            child[parent] = -1
            if size[parent] == 0:
                free[free_count] = parent
                free_count += 1
    return label
