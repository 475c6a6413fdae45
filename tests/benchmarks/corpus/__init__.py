"""Messages with and without secrets, drawn for the benchmark of the sanitizer, and how it scores.

`tuning` is what the sanitizer was improved on. `held_out` was written before any result was seen
and has other frames, other variants of keys and other harmless families. `fresh` was written when
that half had been scored, and again before anything was changed for what it had shown.
"""
