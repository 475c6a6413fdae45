"""Tests of the tabular ensemble and of the recipe that uses it."""
