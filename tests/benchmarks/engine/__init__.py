"""What the benchmarks of the engine are made of: a worker, and databases with many jobs."""
