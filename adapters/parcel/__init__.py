"""A training as one file that is carried elsewhere, and what comes back of it."""
