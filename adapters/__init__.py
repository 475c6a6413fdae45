"""The outside world: one file for one outside thing."""
