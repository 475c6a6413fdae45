"""The front of house: what a message means, what we say back, and the wiring."""
