"""Who: people at points, and the setting they live in."""
