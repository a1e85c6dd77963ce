"""Where things are: lengths, planes and shapes."""
