"""The walk of one run: read, assess, write. The only place where settings meet the algorithms."""
