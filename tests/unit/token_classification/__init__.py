"""Tests of tagging words, and of the recipe that does."""
