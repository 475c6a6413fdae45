"""Services that people have accounts at, found by file name. See ADDING.md."""
