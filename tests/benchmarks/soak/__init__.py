"""A house under mixed load for a long time: its processes, and how they are measured."""
