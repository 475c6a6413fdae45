"""The ways in: what was said, typed as a command, pressed, or sent with a form."""
