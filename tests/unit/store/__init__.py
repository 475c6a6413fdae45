"""What only the real job table must stand: disks, other processes, damage."""
