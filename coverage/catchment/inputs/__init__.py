"""Files to values: ledgers, regions and population grids."""
