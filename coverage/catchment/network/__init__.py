"""Roads: from a road file to distances along it."""
