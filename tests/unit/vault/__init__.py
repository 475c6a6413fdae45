"""What only the real vault must stand: rows moved and changed, lost keys, other processes."""
