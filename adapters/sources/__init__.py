"""Places where data comes from, found by file name. See ADDING.md."""
