"""Chat platforms, found by file name. See ADDING.md."""
