"""Places in an order in which neighbours on the ground are neighbours in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from catchment.model import Floats, Ints

# Steps of a bit-by-bit spread: 0b1011 becomes 0b1000101.
_SPREAD = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def z_order(xy: Floats) -> Ints:
    """
    Order of places along a Z-order curve over 1e-4 degrees (about 11 m); places of one cell keep their order.

    Parameters
    ----------
    xy
        lon, lat [degrees], shape (n, 2).

    Returns
    -------
    Indices into ``xy``, shape (n,).

    References
    ----------
    Morton, G. M. (1966), A computer oriented geodetic data base and a new technique in file sequencing, IBM.

    Examples
    --------
    >>> z_order(np.array([[3.0, 3.0], [0.0, 0.0], [3.0, 0.0], [0.0, 3.0]])).tolist()
    [1, 2, 3, 0]
    """
    cell = np.floor((xy + np.array([180.0, 90.0])) * 1e4).astype(np.uint64)
    key = _spread(cell[:, 0]) | (_spread(cell[:, 1]) << np.uint64(1))
    return np.argsort(key, kind="stable")


def _spread(number: NDArray[np.uint64]) -> NDArray[np.uint64]:
    for shift, mask in _SPREAD:
        number = (number | (number << np.uint64(shift))) & np.uint64(mask)
    return number
