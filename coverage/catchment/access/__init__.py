"""Who is served, who is not, and why."""

from catchment.caches import keep_kernels

keep_kernels()  # before anything in this room imports numba
