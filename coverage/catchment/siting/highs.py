"""The door to HiGHS: mixed-integer programs from arrays, with no modelling layer in between."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

if TYPE_CHECKING:
    import threading

    from catchment.model import Floats, Ints, Mask


_TRIES = 100


@dataclass(frozen=True, eq=False)
class Program:
    """Maximise ``profit @ x`` where ``rows @ x <= most`` and 0 <= x <= 1."""

    profit: Floats
    """Shape (columns,)."""
    whole: Mask
    """Columns that must be 0 or 1, shape (columns,)."""
    row_ptr: Ints
    """Row r has the entries ``row_ptr[r]:row_ptr[r + 1]``, shape (rows + 1,)."""
    column: Ints
    """Shape (entries,)."""
    factor: Floats
    """Shape (entries,)."""
    most: Floats
    """Shape (rows,)."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What HiGHS found until it ended or was stopped."""

    x: Floats | None
    """The best solution it has, ``None`` without one, shape (columns,)."""
    bound: float
    """No solution has a larger profit, within the tolerances of floating point."""
    interrupted: bool
    """Whether Ctrl-C ended it."""


def solve_program(
    program: Program,
    *,
    start: Floats,
    smallest_gain: float,
    time_limit_s: float,
    node_limit: int,
) -> Answer:
    """
    Branch and bound until no solution is better than the best by ``smallest_gain`` or more, or until a limit.

    One thread and a fixed seed: the same program gives the same answer unless time runs out. While it runs, Ctrl-C
    stops it and the answer is what there is by then.

    Parameters
    ----------
    program
        What to solve.
    start
        A whole solution, shape (columns,).
    smallest_gain
        By how much better a solution must be to count.
    time_limit_s, node_limit
        When to end before that.
    """
    solver = highspy.Highs()  # type: ignore[no-untyped-call]  # highspy's own annotations are not complete
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("parallel", "off")
    solver.setOptionValue("mip_rel_gap", 0.0)
    # Plans come from our own search, and a restart of the tree takes longer than the nodes it saves.
    solver.setOptionValue("mip_heuristic_effort", 0.0)
    solver.setOptionValue("mip_allow_restart", False)
    # Ends once no solution is left that is better by a gain; a little less, for the sums are in floating point.
    solver.setOptionValue("mip_abs_gap", 0.999 * smallest_gain)
    solver.setOptionValue("mip_feasibility_tolerance", 1e-9)
    solver.setOptionValue("primal_feasibility_tolerance", 1e-9)
    solver.setOptionValue("dual_feasibility_tolerance", 1e-9)
    solver.setOptionValue("time_limit", time_limit_s)
    solver.setOptionValue("mip_max_nodes", node_limit)
    solver.passModel(_model(program))
    known = highspy.HighsSolution()
    known.col_value = start.tolist()
    solver.setSolution(known)
    solver.HandleUserInterrupt = True
    interrupted = _run(solver)
    info = solver.getInfo()
    found = np.array(solver.getSolution().col_value)
    bound = float(info.mip_dual_bound)
    # Stopped before it has a bound it says 0: only one that leaves room above the start is one, short of the proof.
    proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    known_bound = proven or bound >= float(program.profit @ start) + 0.999 * smallest_gain
    return Answer(found if len(found) == len(start) else None, bound if known_bound else math.inf, interrupted)


def _run(solver: highspy.Highs) -> bool:
    """Run in a thread of its own, since only the main one hears Ctrl-C; whether it did."""
    thread = _started(solver)
    try:
        while thread.is_alive():
            thread.join(0.05)
    except KeyboardInterrupt:
        solver.cancelSolve()  # type: ignore[no-untyped-call]  # as above
        thread.join()
        return True
    return False


def _started(solver: highspy.Highs) -> threading.Thread:
    """
    The thread of the solver.

    All solvers of a process share one lock, which one that is being thrown away by another thread holds for a moment.
    """
    for _ in range(_TRIES):
        if not solver.is_solver_running():
            break
        time.sleep(0.01)
    return solver.startSolve()


def _model(program: Program) -> highspy.HighsLp:
    columns, rows = len(program.profit), len(program.most)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = columns, rows
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = program.profit
    model.col_lower_, model.col_upper_ = np.zeros(columns), np.ones(columns)
    model.row_lower_, model.row_upper_ = np.full(rows, -highspy.kHighsInf), program.most
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = program.row_ptr.astype(np.int32)
    model.a_matrix_.index_ = program.column.astype(np.int32)
    model.a_matrix_.value_ = program.factor
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    model.integrality_ = [kinds[whole] for whole in program.whole.tolist()]
    return model
