"""Street maps with answers worked out by hand, for any program that finds the nearest site along streets."""
