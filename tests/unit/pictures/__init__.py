"""Figures of a result and the pictures drawn of them."""
