"""Places where a training runs, found by file name. See ADDING.md."""
