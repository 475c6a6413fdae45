"""Tests of finding groups, and of the recipe that does."""
