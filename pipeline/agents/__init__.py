"""The nine agents, one file each, found by the name of their stage."""
