"""Places where models live, found by file name. See ADDING.md."""
