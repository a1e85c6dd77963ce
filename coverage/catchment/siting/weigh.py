"""The four criteria of places weighed into a score, and what is not known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from catchment.model import CRITERIA, Criteria, Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model import CriteriaWeights, Floats


def scored(columns: Mapping[str, Floats], weights: CriteriaWeights) -> Criteria:
    """
    The score of every place: the weighted mean of its known criteria.

    ``sum of weight * criterion / sum of weights``, both over what is known of the place; NaN where nothing is that
    has a weight. Beside it stands what share of the weights is known: a score of little is no better for that.

    Parameters
    ----------
    columns
        The four criteria by their names, in [0, 1] or NaN, each of shape (n,).
    weights
        How much each counts.

    Examples
    --------
    Two criteria of equal weight, then one of them unknown.

    >>> from catchment.model import CriteriaWeights
    >>> columns = {name: np.array([0.2, 0.2]) for name in CRITERIA} | {"transport": np.array([0.4, np.nan])}
    >>> equal = CriteriaWeights(convenience=1, transport=1, conspicuousness=0, street_front=0)
    >>> scored(columns, equal).frame["score"].round(3).tolist()
    [0.3, 0.2]
    >>> scored(columns, equal).frame["known"].tolist()
    [1.0, 0.5]
    """
    values = np.column_stack([np.asarray(columns[name], np.float64) for name in CRITERIA])
    weight = np.array([getattr(weights, name) for name in CRITERIA], np.float64)
    counted = np.where(np.isnan(values), 0.0, weight)
    # Added up from left to right, so that a score does not depend on how many places there are.
    total, summed = (np.cumsum(terms, axis=1)[:, -1] for terms in (counted, counted * np.nan_to_num(values)))
    score = np.divide(summed, total, out=np.full(len(values), np.nan), where=total > 0)
    known = total / weight.sum()
    frame = pd.DataFrame({**dict(zip(CRITERIA, values.T, strict=True)), "score": score, "known": known})
    return Criteria(frame, weights)


_MISSING = {
    "convenience": "finding.criterion_convenience",
    "transport": "finding.criterion_transport",
    "conspicuousness": "finding.criterion_conspicuousness",
    "street_front": "finding.criterion_street_front",
}


def criteria_findings(criteria: Criteria) -> list[Finding]:
    """Which criteria are unknown of how many places: their weight is left out there."""
    unknown = {name: int(criteria.frame[name].isna().sum()) for name in CRITERIA}
    total = len(criteria)
    return [
        Finding("note", _MISSING[name], {"count": count, "total": total}) for name, count in unknown.items() if count
    ]
