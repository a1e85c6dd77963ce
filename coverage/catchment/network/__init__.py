"""Roads: from a road file to distances along it."""

from catchment.caches import keep_kernels

keep_kernels()  # before anything in this room imports numba
