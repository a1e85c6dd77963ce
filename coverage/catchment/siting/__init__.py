"""Where next: places to look for premises, and which of them serve most."""
