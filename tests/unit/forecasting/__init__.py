"""Tests of the forecasting ensemble and of the recipe that uses it."""
