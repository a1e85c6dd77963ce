"""Who runs it: the command line and the demo."""
