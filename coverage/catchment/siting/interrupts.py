"""Ctrl-C among compiled code."""

from __future__ import annotations

INTERRUPTS = (KeyboardInterrupt, SystemError)
"""What Ctrl-C may arrive as; ask ``is_interrupt`` which it was."""


def is_interrupt(problem: BaseException) -> bool:
    """
    Whether Ctrl-C is behind an error.

    Where it is pressed while a compiled kernel hands its result back, Python says SystemError, at times twice, and
    names the cause of each.

    Examples
    --------
    >>> is_interrupt(KeyboardInterrupt()), is_interrupt(SystemError())
    (True, False)
    """
    cause: BaseException | None = problem
    while cause is not None and not isinstance(cause, KeyboardInterrupt):
        cause = cause.__cause__
    return cause is not None
