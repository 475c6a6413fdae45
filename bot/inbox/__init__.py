"""What arrives from a platform: kept at once, and handled when its turn comes."""
