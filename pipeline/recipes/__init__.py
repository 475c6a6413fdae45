"""The shelf of tasks: one folder each, found by its name. See ADDING.md."""
