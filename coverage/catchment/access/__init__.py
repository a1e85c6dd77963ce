"""Who is served, who is not, and why."""
